package import Carriers
import Journal
import Messaging
package import SMPP

/// A segment that a carrier accepted, for its receipt.
package struct AcceptedSegment: Hashable, Sendable {
    /// `MessageID.rawValue` of the message.
    package var tag: UInt64
    /// Its index in the message, from 0.
    package var segment: Int
    /// As the response gave it; empty or `-` for none.
    package var carrierID: String
    /// The recipient's number: without an id, only it finds the receipt; with one, it decides where ids leave a doubt.
    package var destination: String?
    /// How long ago it was accepted.
    package var age = Duration.zero

    package init(
        tag: UInt64, segment: Int, carrierID: String, destination: String? = nil, age: Duration = .zero
    ) {
        self.tag = tag
        self.segment = segment
        self.carrierID = carrierID
        self.destination = destination
        self.age = age
    }
}

/// A receipt whose message is known, or for certain not known.
package struct ReceiptEvent: Hashable, Sendable {
    package var carrier: String
    /// The bind on which it came.
    package var bind: String
    package var receipt: DeliveryReceipt
    package var outcome: ReceiptOutcome
    package var wait = ReceiptWait.none
}

/// Whether a receipt came before the response with its id.
package enum ReceiptWait: Hashable, Sendable {
    /// It did not.
    case none
    /// It did: its message is not known so far.
    case begins
    /// It did, and was told with `begins` before.
    case ends
}

/// What becomes of a `deliver_sm`; called once, from any thread.
package typealias DeliveryReply = @Sendable (DeliveryAnswer.Verdict) -> Void

/// The receipts of one carrier since the start.
package struct ReceiptsSnapshot: Hashable, Sendable {
    package var carrier: String
    /// Receipts that came, by what they said; states that none had are left out.
    package var byState: [ReceiptState: UInt64] = [:]
    /// Receipts whose segment was found.
    package var matched: UInt64 = 0
    /// Receipts that said the same again.
    package var duplicates: UInt64 = 0
    /// Receipts of no segment that is still known.
    package var unmatched: UInt64 = 0
    /// Receipts that came before their response, whatever became of them then.
    package var early: UInt64 = 0
    /// `deliver_sm` and `data_sm` that were no receipts.
    package var otherMessages: UInt64 = 0
    /// Receipts that wait for their response now.
    package var parked = 0
    /// Accepted segments that a receipt may still name.
    package var known = 0
    /// How receipts write ids: "hexadecimal, learnt from 25 receipts".
    package var idForm = ""
    /// From the acceptance of a segment to its final receipt.
    package var delays = ReceiptDelays()

    package init(carrier: String) {
        self.carrier = carrier
    }
}

extension ReceiptRecord {
    /// A receipt as the journal keeps it.
    init(_ event: ReceiptEvent, at now: UInt64) {
        let receipt = event.receipt
        let match: ReceiptMatch?
        var isDuplicate = false
        switch event.outcome {
        case .matched(let found): match = found
        case .duplicate(let found):
            match = found
            isDuplicate = true
        case .unmatched: match = nil
        }
        self.init(
            message: match.flatMap { MessageID(rawValue: $0.tag) }, segment: match?.segment, at: now,
            carrier: event.carrier, carrierID: receipt.messageID ?? "", state: receipt.state.rawValue,
            error: receipt.error ?? receipt.networkError.map { "\($0.code)" },
            delay: match.map { UInt64(max(0, $0.delay.nanoseconds / 1_000_000)) }, isDuplicate: isDuplicate)
    }
}
