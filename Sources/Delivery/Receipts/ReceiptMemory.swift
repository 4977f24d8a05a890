import Journal
import Messaging
import SMPP

/// Where a carrier's segments are that its tracker has no more room for.
package struct ReceiptMemory: Sendable {
    /// Keeps them, as far as that can be done now. Must not block.
    var keep: @Sendable ([ForgottenSegment]) -> Void
    /// Looks for the segment that a receipt means, by the ids that it may have (`ForgottenSegment.id`). Calls back once, from any
    /// thread, the caller's too, with nil where there is none or several may be meant. Must not block.
    var find: Find

    typealias Find =
        @Sendable (
            _ ids: [String], ReceivedReceipt, _ then: @escaping @Sendable (ReceiptOutcome?) -> Void
        ) -> Void

    /// Nothing is kept, and nothing found.
    package static let none = ReceiptMemory(keep: { _ in }, find: { $2(nil) })
}

extension ReceiptMemory {
    /// The journal, where there is one.
    ///
    /// - Parameter comparesNumbers: whether a receipt's number must be the message's.
    init(_ recorder: DeliveryRecorder, carrier: String, comparesNumbers: Bool) {
        keep = { recorder.keep($0, of: carrier) }
        find = { ids, received, then in
            guard let recall = recorder.recall else { return then(nil) }
            recall.find(ids, at: carrier) { found in
                then(
                    Self.outcome(
                        of: received, among: found, comparesNumbers: comparesNumbers, now: JournalClock.now()))
            }
        }
    }

    /// Nil also where several fit.
    static func outcome(
        of received: ReceivedReceipt, among found: [JournalRecall.Found], comparesNumbers: Bool, now: UInt64
    ) -> ReceiptOutcome? {
        let fitting = found.filter { found in
            !comparesNumbers || received.agreement(withRecipient: found.life.message.recipient) != .differs
        }
        guard fitting.count == 1, let only = fitting.first else { return nil }
        let accepted = only.life.outcome?.at ?? only.life.message.id.unixMilliseconds
        let match = ReceiptMatch(
            tag: only.life.message.id.rawValue, segment: only.segment, form: .folded,
            delay: .milliseconds(Int64(clamping: now - min(now, accepted))))
        let state = received.receipt.state
        let isRepeated = only.life.receipts.contains { $0.segment == only.segment && $0.state == state.rawValue }
        return state.isFinal && isRepeated ? .duplicate(match) : .matched(match)
    }
}
