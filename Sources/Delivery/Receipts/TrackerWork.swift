import Carriers
import Logging
import Messaging
import NIOCore
import SMPP

/// What a `ReceiptTracker` does on its event loop.
final class TrackerWork {
    private var matcher: ReceiptMatcher
    private var totals: ReceiptsSnapshot
    /// Runs when a receipt has waited long enough; armed while one waits.
    private var timer: (task: Scheduled<Void>, due: MonotonicTime)?
    /// Of warnings about receipts that are of no message, by why.
    private var budgets: [UnmatchedReason: LineBudget] = [:]
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

    var now: MonotonicTime { MonotonicTime(nanoseconds: eventLoop.now.uptimeNanoseconds) }

    func accepted(_ batch: [AcceptedSegment], _ answeredUpTo: MonotonicTime) {
        guard !isStopped else { return }
        // Out of the span a segment is lent, out of the array copied.
        let segments = batch.span
        for index in segments.indices {
            for settled in matcher.accepted(segments[index]) { report(settled, .ends) }
        }
        let forgotten = matcher.takeForgotten()
        if !forgotten.isEmpty { memory.keep(forgotten) }
        guard matcher.needsReview else { return }
        for settled in matcher.review(now: now, answeredUpTo: answeredUpTo) { report(settled, .ends) }
        armTimer()
    }

    func lost(_ tag: UInt64, _ segments: [Int], _ recipient: String, _ age: Duration) {
        for segment in segments {
            matcher.lost(tag: tag, segment: segment, recipient: recipient, at: now + (.zero - age))
        }
    }

    func found(_ tag: UInt64, _ segment: Int) {
        matcher.found(tag: tag, segment: segment)
    }

    func received(
        _ received: ReceivedReceipt, at time: MonotonicTime, _ answeredUpTo: MonotonicTime,
        _ reply: @escaping DeliveryReply
    ) {
        guard !isStopped else { return reply(.notKept) }
        totals.byState[received.receipt.state, default: 0] += 1
        switch matcher.match(received, at: time, answeredUpTo: answeredUpTo) {
        case .settled(let outcome):
            report(SettledReceipt(received: received, outcome: outcome), .none, reply)
        case .parked(let displaced):
            if let displaced { report(displaced, .ends) }
            tell(SettledReceipt(received: received, outcome: .unmatched(.unknownID)), .begins, reply)
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
        timer?.task.cancel()
        timer = nil
        for settled in matcher.expire(now: MonotonicTime(nanoseconds: .max)) { report(settled, .ends) }
    }

    private func armTimer() {
        guard !isStopped, let due = matcher.nextDeadline else { return }
        if let timer {
            guard due < timer.due else { return }
            timer.task.cancel()
        }
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(due.nanoseconds)) {
            self.expire()
        }
        timer = (task, due)
    }

    private func expire() {
        timer = nil
        for settled in matcher.expire(now: now) { report(settled, .ends) }
        armTimer()
    }

    /// One of no message that is known here may be of one that memory has forgotten.
    private func report(_ settled: SettledReceipt, _ wait: ReceiptWait, _ reply: DeliveryReply? = nil) {
        guard case .unmatched(let reason) = settled.outcome, reason != .ambiguous, !isStopped else {
            return count(settled, wait, reply)
        }
        let ids = matcher.foldedIDs(of: settled.received.receipt)
        guard !ids.isEmpty else { return count(settled, wait, reply) }
        let work = NIOLoopBound(self, eventLoop: eventLoop)
        memory.find(ids, settled.received) { [eventLoop] found in
            var settled = settled
            if let found { settled.outcome = found }
            let known = settled
            guard eventLoop.inEventLoop else { return eventLoop.execute { work.value.count(known, wait, reply) } }
            work.value.count(known, wait, reply)
        }
    }

    private func count(_ settled: SettledReceipt, _ wait: ReceiptWait, _ reply: DeliveryReply?) {
        let receipt = settled.received.receipt
        if settled.isEarly { totals.early += 1 }
        switch settled.outcome {
        case .matched(let match):
            totals.matched += 1
            if receipt.state.isFinal { totals.delays.add(match.delay) }
            log("receipt", receipt, of: match)
        case .duplicate(let match):
            totals.duplicates += 1
            log("the same receipt again", receipt, of: match)
        case .unmatched(let reason):
            totals.unmatchedReasons[reason, default: 0] += 1
            warn(of: reason, receipt)
        }
        tell(settled, wait, reply)
    }

    /// So many lines an hour for each reason: others can cause as many as they like.
    private static let warnings = 3

    /// Never a number, a text or an id of the carrier's.
    private func warn(of reason: UnmatchedReason, _ receipt: DeliveryReceipt) {
        let leftOut = budgets[reason, default: LineBudget(lines: Self.warnings, period: .seconds(3600))].take(now: now)
        guard let leftOut else { return log(reason.words, receipt, of: nil) }
        var metadata: Logger.Metadata = [
            "carrier": "\(totals.carrier)", "state": "\(receipt.state.rawValue)", "reason": "\(reason.rawValue)",
        ]
        if leftOut > 0 { metadata["left_out"] = "\(leftOut)" }
        logger.warning(reason.words, metadata: metadata)
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

extension UnmatchedReason {
    fileprivate var words: Logger.Message {
        switch self {
        case .unknownID: "a receipt is of no message that is known: its id was not given, or is forgotten"
        case .otherNumber: "a receipt is of no message: it names another number than the message with its id"
        case .ambiguous: "a receipt is of no message: several fit. See receipts.ids in the carrier's file"
        case .noID: "a receipt is of no message: it has no id, and no message to its number waits for one"
        }
    }
}
