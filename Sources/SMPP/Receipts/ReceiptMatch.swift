/// A receipt as it came in, with what else finds its message.
package struct ReceivedReceipt: Hashable, Sendable {
    package var receipt: DeliveryReceipt
    /// The bind on which it came.
    package var bind: String
    /// The addresses of the `deliver_sm`: one of them is the message's recipient. Most carriers write it as the source.
    package var source: String
    package var destination: String

    package init(_ receipt: DeliveryReceipt, bind: String = "", source: String = "", destination: String = "") {
        self.receipt = receipt
        self.bind = bind
        self.source = source
        self.destination = destination
    }
}

/// By what a receipt's message was found.
package enum ReceiptMatchForm: String, Hashable, Sendable, CaseIterable {
    /// The id is the response's, character by character.
    case exact
    /// The same without case, leading zeros and dashes.
    case folded
    /// The response's id is decimal, the receipt's is the same number in hexadecimal.
    case hexadecimal
    /// The response's id is hexadecimal, the receipt's is the same number in decimal.
    case decimal
    /// The response had no id; the recipient's number is the same.
    case number
}

/// Which accepted segment a receipt is about.
package struct ReceiptMatch: Hashable, Sendable {
    /// `MessageID.rawValue` of the message.
    package var tag: UInt64
    /// Index of the segment, from 0.
    package var segment: Int
    package var form: ReceiptMatchForm
    /// From the carrier's acceptance to the receipt, by our clock; 0 where the receipt came first.
    package var delay: Duration

    package init(tag: UInt64, segment: Int, form: ReceiptMatchForm, delay: Duration) {
        self.tag = tag
        self.segment = segment
        self.form = form
        self.delay = delay
    }
}

/// What a receipt turned out to be.
package enum ReceiptOutcome: Hashable, Sendable {
    case matched(ReceiptMatch)
    /// Its message had the same final state before.
    case duplicate(ReceiptMatch)
    /// No accepted segment that is still known has its id.
    case unmatched
}

/// A receipt with its outcome.
package struct SettledReceipt: Hashable, Sendable {
    package var received: ReceivedReceipt
    package var outcome: ReceiptOutcome

    package init(received: ReceivedReceipt, outcome: ReceiptOutcome) {
        self.received = received
        self.outcome = outcome
    }
}

/// What `ReceiptMatcher.match` did with a receipt.
package enum ReceiptStep: Hashable, Sendable {
    case settled(ReceiptOutcome)
    /// It waits for the response that gives its id. `displaced`: the oldest one that waited, where all places were
    /// taken.
    case parked(displaced: SettledReceipt?)
}

extension ReceivedReceipt {
    /// Whether it names another number than this recipient's; a masked one is nobody's.
    package func contradicts(_ recipient: String) -> Bool {
        guard let recipient = RecipientNumber(recipient) else { return false }
        let named = [source, destination].compactMap { RecipientNumber($0) }
        return !named.isEmpty && !named.contains { $0.agrees(with: recipient) }
    }
}
