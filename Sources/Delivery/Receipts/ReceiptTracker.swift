package import Carriers
package import Logging
import Messaging
package import NIOCore
package import SMPP

/// Makes the key of a number's digits by which it is known where it is kept masked.
package typealias NumberHash = @Sendable (UInt64) -> UInt64

/// Joins what a carrier accepted with the receipts that it sends, on whichever of its binds they come.
///
/// One per carrier, confined to one event loop; its calls may come from any. It holds no more than its matcher's
/// limits say.
package final class ReceiptTracker: Sendable {
    package let carrier: String
    private let eventLoop: any EventLoop
    private let work: NIOLoopBoundBox<TrackerWork>

    /// - Parameters:
    ///   - rules: how the carrier's receipts write ids and numbers.
    ///   - memory: what holds the segments for which there is no more room here.
    ///   - handler: called on `eventLoop` for each receipt, with its reply where that is still due, and once more when one that
    ///     had to wait is settled; must not block.
    package init(
        carrier: String, rules: ReceiptRules, limits: ReceiptMatcher.Limits = ReceiptMatcher.Limits(),
        memory: ReceiptMemory = .none, eventLoop: any EventLoop, logger: Logger,
        handler: @escaping @Sendable (ReceiptEvent, DeliveryReply?) -> Void
    ) {
        self.carrier = carrier
        self.eventLoop = eventLoop
        work = .makeBoxSendingValue(
            TrackerWork(
                carrier: carrier, matcher: ReceiptMatcher(rules: rules, limits: limits), memory: memory,
                eventLoop: eventLoop, logger: logger, handler: handler),
            eventLoop: eventLoop)
    }

    /// Segments that the carrier accepted: many at once cost one hop between loops.
    ///
    /// - Parameter answeredUpTo: all that was written to the carrier before then has its answer.
    package func accepted(_ batch: [AcceptedSegment], answeredUpTo: MonotonicTime = MonotonicTime(nanoseconds: 0)) {
        guard !batch.isEmpty else { return }
        perform { $0.accepted(batch, answeredUpTo) }
    }

    /// A segment was accepted after its message had been told as unknown.
    package func acceptedLate(_ late: LateResponse) {
        perform { work in
            let segment = AcceptedSegment(
                tag: late.tag, segment: late.segment, carrierID: late.messageID, at: work.now)
            work.accepted([segment], MonotonicTime(nanoseconds: 0))
        }
    }

    /// Segments whose responses did not come.
    ///
    /// - Parameter age: since when.
    package func lost(
        tag: UInt64, segments: some Sequence<Int>, recipient: String, sender: SenderKey = .unknown,
        age: Duration = .zero
    ) {
        let segments = Array(segments)
        perform { $0.lost(tag, segments, recipient, sender, age) }
    }

    /// Receipts of an earlier process: the ids of responses, and those that their receipts had.
    package func learn(_ pairs: [(given: String, receipted: String)]) {
        guard !pairs.isEmpty else { return }
        let last = pairs.suffix(Self.enough)
        perform { $0.learn(last) }
    }

    /// More are not needed to learn how a carrier writes ids.
    private static let enough = 1_000

    /// By what masked numbers are known again.
    package func know(_ hash: @escaping NumberHash) {
        perform { $0.hash = hash }
    }

    /// A response came after all.
    package func found(tag: UInt64, segment: Int) {
        perform { $0.found(tag, segment) }
    }

    /// A `deliver_sm` or `data_sm` of the carrier.
    ///
    /// - Parameter signs: what makes a receipt.
    /// - Returns: false when it is no receipt: then it is only counted, and its reply is the caller's.
    @discardableResult
    package func deliver(
        _ delivery: InboundDelivery, signs: ReceiptSigns = .all, reply: @escaping DeliveryReply = { _ in }
    ) -> Bool {
        // Read on the caller's loop: the tracker's one has all binds to serve.
        guard let receipt = DeliveryReceipt(parsing: delivery.message, signs: signs) else {
            perform { $0.countOther() }
            return false
        }
        let received = ReceivedReceipt(
            receipt, bind: delivery.bind, source: delivery.message.source.value,
            destination: delivery.message.destination.value)
        let (time, answeredUpTo) = (delivery.at, delivery.answeredUpTo)
        perform { $0.received(received, at: time, answeredUpTo, reply) }
        return true
    }

    /// Totals since the start, and what is held now.
    package func snapshot() -> EventLoopFuture<ReceiptsSnapshot> {
        ask { $0.snapshot() }
    }

    /// Settles the receipts that wait and ends the tracker's timer; what comes later is let go.
    package func stop() -> EventLoopFuture<Void> {
        ask { $0.stop() }
    }

    private func ask<Answer: Sendable>(
        _ action: @escaping @Sendable (TrackerWork) -> Answer
    ) -> EventLoopFuture<Answer> {
        guard eventLoop.inEventLoop else { return eventLoop.submit { action(self.work.value) } }
        return eventLoop.makeSucceededFuture(action(work.value))
    }

    private func perform(_ action: @escaping @Sendable (TrackerWork) -> Void) {
        if eventLoop.inEventLoop {
            action(work.value)
        } else {
            eventLoop.execute { action(self.work.value) }
        }
    }
}
