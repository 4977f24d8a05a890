package import Carriers
import Journal
import Messaging
package import SMPP

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
