package import Carriers
package import Logging
import Messaging
package import NIOCore
package import SMPP

/// Joins what a carrier accepted with the receipts that it sends, on whichever of its binds they come.
///
/// One per carrier, confined to one event loop; its calls may come from any. It holds no more than its matcher's
/// limits say.
package final class ReceiptTracker: Sendable {
    package let carrier: String
    private let eventLoop: any EventLoop
    private let work: NIOLoopBoundBox<TrackerWork>

    /// - Parameters:
    ///   - form: how the carrier's receipts write ids.
    ///   - memory: what holds the segments for which there is no more room here.
    ///   - handler: called on `eventLoop` for each receipt, with its reply where that is still due, and once more when one that
    ///     had to wait is settled; must not block.
    package init(
        carrier: String, form: ReceiptIDForm, limits: ReceiptMatcher.Limits = ReceiptMatcher.Limits(),
        memory: ReceiptMemory = .none, eventLoop: any EventLoop, logger: Logger,
        handler: @escaping @Sendable (ReceiptEvent, DeliveryReply?) -> Void
    ) {
        self.carrier = carrier
        self.eventLoop = eventLoop
        work = .makeBoxSendingValue(
            TrackerWork(
                carrier: carrier, matcher: ReceiptMatcher(form: form, limits: limits), memory: memory,
                eventLoop: eventLoop, logger: logger, handler: handler),
            eventLoop: eventLoop)
    }

    /// Segments that the carrier accepted. Many at once cost one hop between loops: `AcceptedFeeds` gathers them.
    package func accepted(_ batch: [AcceptedSegment]) {
        guard !batch.isEmpty else { return }
        perform { $0.accepted(batch) }
    }

    /// Segments whose responses did not come.
    ///
    /// - Parameter age: since when.
    package func lost(tag: UInt64, segments: some Sequence<Int>, recipient: String, age: Duration = .zero) {
        let segments = Array(segments)
        perform { $0.lost(tag, segments, recipient, age) }
    }

    /// A response came after all.
    package func found(tag: UInt64, segment: Int) {
        perform { $0.found(tag, segment) }
    }

    /// A `deliver_sm` or `data_sm` of the carrier.
    ///
    /// - Returns: false when it is no receipt: then it is only counted, and its reply is the caller's.
    @discardableResult
    package func deliver(_ delivery: InboundDelivery, reply: @escaping DeliveryReply = { _ in }) -> Bool {
        // Read on the caller's loop: the tracker's one has all binds to serve.
        guard let receipt = DeliveryReceipt(parsing: delivery.message) else {
            perform { $0.countOther() }
            return false
        }
        let received = ReceivedReceipt(
            receipt, bind: delivery.bind, source: delivery.message.source.value,
            destination: delivery.message.destination.value)
        perform { $0.received(received, reply) }
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

/// What a `ReceiptTracker` does on its event loop.
private final class TrackerWork {
    private var matcher: ReceiptMatcher
    private var totals: ReceiptsSnapshot
    /// Runs when a receipt has waited long enough; armed while one waits.
    private var timer: Scheduled<Void>?
    private var isStopped = false
    private let memory: ReceiptMemory
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let handler: @Sendable (ReceiptEvent, DeliveryReply?) -> Void

    init(
        carrier: String, matcher: ReceiptMatcher, memory: ReceiptMemory, eventLoop: any EventLoop, logger: Logger,
        handler: @escaping @Sendable (ReceiptEvent, DeliveryReply?) -> Void
    ) {
        self.matcher = matcher
        self.memory = memory
        self.eventLoop = eventLoop
        self.logger = logger
        self.handler = handler
        totals = ReceiptsSnapshot(carrier: carrier)
    }

    private var now: MonotonicTime { MonotonicTime(nanoseconds: eventLoop.now.uptimeNanoseconds) }

    func accepted(_ batch: [AcceptedSegment]) {
        guard !isStopped else { return }
        let now = now
        // Out of the span a segment is lent, out of the array copied.
        let segments = batch.span
        for index in segments.indices {
            let age = segments[index].age
            let settled = matcher.accepted(
                id: segments[index].carrierID, tag: segments[index].tag, segment: segments[index].segment,
                recipient: segments[index].destination, state: segments[index].state,
                at: age == .zero ? now : now + (.zero - age))
            for settled in settled { report(settled, .ends) }
        }
        let forgotten = matcher.takeForgotten()
        if !forgotten.isEmpty { memory.keep(forgotten) }
    }

    func lost(_ tag: UInt64, _ segments: [Int], _ recipient: String, _ age: Duration) {
        for segment in segments {
            matcher.lost(tag: tag, segment: segment, recipient: recipient, at: now + (.zero - age))
        }
    }

    func found(_ tag: UInt64, _ segment: Int) {
        matcher.found(tag: tag, segment: segment)
    }

    func received(_ received: ReceivedReceipt, _ reply: @escaping DeliveryReply) {
        guard !isStopped else { return reply(.notKept) }
        totals.byState[received.receipt.state, default: 0] += 1
        switch matcher.match(received, at: now) {
        case .settled(let outcome):
            report(SettledReceipt(received: received, outcome: outcome), .none, reply)
        case .parked(let displaced):
            totals.early += 1
            if let displaced { report(displaced, .ends) }
            tell(SettledReceipt(received: received, outcome: .unmatched), .begins, reply)
            armTimer()
        }
    }

    func countOther() {
        totals.otherMessages += 1
    }

    func snapshot() -> ReceiptsSnapshot {
        var snapshot = totals
        snapshot.parked = matcher.parkedCount
        snapshot.known = matcher.knownCount
        snapshot.idForm = matcher.formInWords
        return snapshot
    }

    func stop() {
        guard !isStopped else { return }
        isStopped = true
        timer?.cancel()
        timer = nil
        for settled in matcher.expire(now: MonotonicTime(nanoseconds: .max)) { report(settled, .ends) }
    }

    private func armTimer() {
        guard timer == nil, !isStopped, let deadline = matcher.nextDeadline else { return }
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(deadline.nanoseconds)) {
            self.expire()
        }
    }

    private func expire() {
        timer = nil
        for settled in matcher.expire(now: now) { report(settled, .ends) }
        armTimer()
    }

    private func report(_ settled: SettledReceipt, _ wait: ReceiptWait, _ reply: DeliveryReply? = nil) {
        guard case .unmatched = settled.outcome, !isStopped else { return count(settled, wait, reply) }
        let work = NIOLoopBound(self, eventLoop: eventLoop)
        memory.find(matcher.foldedIDs(of: settled.received.receipt), settled.received) { [eventLoop] found in
            let found = SettledReceipt(received: settled.received, outcome: found ?? settled.outcome)
            guard eventLoop.inEventLoop else { return eventLoop.execute { work.value.count(found, wait, reply) } }
            work.value.count(found, wait, reply)
        }
    }

    private func count(_ settled: SettledReceipt, _ wait: ReceiptWait, _ reply: DeliveryReply?) {
        let receipt = settled.received.receipt
        switch settled.outcome {
        case .matched(let match):
            totals.matched += 1
            if receipt.state.isFinal { totals.delays.add(match.delay) }
            log("receipt", receipt, of: match)
        case .duplicate(let match):
            totals.duplicates += 1
            log("the same receipt again", receipt, of: match)
        case .unmatched:
            totals.unmatched += 1
            log("a receipt of no message that is known", receipt, of: nil)
        }
        tell(settled, wait, reply)
    }

    private func tell(_ settled: SettledReceipt, _ wait: ReceiptWait, _ reply: DeliveryReply?) {
        handler(
            ReceiptEvent(
                carrier: totals.carrier, bind: settled.received.bind, receipt: settled.received.receipt,
                outcome: settled.outcome, wait: wait), reply)
    }

    /// Never a number, a text or an id of the carrier's.
    private func log(_ words: Logger.Message, _ receipt: DeliveryReceipt, of match: ReceiptMatch?) {
        logger.debug(
            words,
            metadata: [
                "carrier": "\(totals.carrier)", "state": "\(receipt.state.rawValue)",
                "message": "\(match.flatMap { MessageID(rawValue: $0.tag) }?.description ?? "-")",
            ])
    }
}
