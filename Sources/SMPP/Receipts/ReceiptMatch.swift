/// A receipt as it came in, with what else finds its message.
package struct ReceivedReceipt: Hashable, Sendable {
    package var receipt: DeliveryReceipt
    /// The bind on which it came.
    package var bind: String
    /// The addresses of the `deliver_sm`: one of them is the message's recipient. Most carriers write it as the source.
    package var source: String
    package var destination: String
    /// Of the numbers in both, where they are kept masked (`SentNumber`).
    var sourceKey: UInt64?
    var destinationKey: UInt64?

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
    case unmatched(UnmatchedReason)
}

/// Why a receipt is of no message.
package enum UnmatchedReason: String, Hashable, Sendable, CaseIterable {
    /// No accepted segment that is still known has its id.
    case unknownID = "unknown_id"
    /// It names another number than the message with its id.
    case otherNumber = "other_number"
    /// Several messages fit, and nothing says which is meant; or one fits by an id whose form is not known, and its number proves nothing.
    case ambiguous
    /// It has no id, and no message to its number waits for one.
    case noID = "no_id"
}

/// A receipt with its outcome.
package struct SettledReceipt: Hashable, Sendable {
    package var received: ReceivedReceipt
    package var outcome: ReceiptOutcome
    /// Whether it came before the response with its id.
    package var isEarly: Bool
    /// The number under which it was parked; nil = it never was.
    package var ticket: Int?

    package init(received: ReceivedReceipt, outcome: ReceiptOutcome, isEarly: Bool = false, ticket: Int? = nil) {
        self.received = received
        self.outcome = outcome
        self.isEarly = isEarly
        self.ticket = ticket
    }
}

/// What `ReceiptMatcher.match` did with a receipt.
package enum ReceiptStep: Hashable, Sendable {
    case settled(ReceiptOutcome)
    /// It waits for responses. `displaced`: the oldest one that waited, where all places were taken.
    case parked(ticket: Int, displaced: SettledReceipt?)
}
