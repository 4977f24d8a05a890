import Carriers
import Logging
import Messaging
import NIOCore
import SMPP

/// What a `ReceiptTracker` does on its event loop.
final class TrackerWork {
    private var matcher: ReceiptMatcher
    private var totals: ReceiptsSnapshot
    /// Of receipts that wait, by their tickets, as long as the carrier was not told that they are kept.
    private var replies: [Int: DeliveryReply] = [:]
    /// Runs when a receipt has waited long enough; armed while one waits.
    private var timer: (task: Scheduled<Void>, due: MonotonicTime)?
    /// Of warnings about receipts that are of no message, by why.
    private var budgets: [UnmatchedReason: LineBudget] = [:]
    private var isStopped = false
    /// Nil = no number is kept masked.
    var hash: NumberHash?
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
            for settled in matcher.accepted(segments[index]) { finish(settled) }
        }
        let forgotten = matcher.takeForgotten()
        if !forgotten.isEmpty { memory.keep(forgotten) }
        review(answeredUpTo)
    }

    func lost(_ tag: UInt64, _ segments: [Int], _ recipient: String, _ sender: SenderKey, _ age: Duration) {
        for segment in segments {
            let settled = matcher.lost(
                tag: tag, segment: segment, recipient: recipient, sender: sender, missedAt: now + (.zero - age),
                now: now)
            for settled in settled { finish(settled) }
        }
    }

    func learn(_ pairs: ArraySlice<(given: String, receipted: String)>) {
        for pair in pairs { matcher.learn(given: pair.given, receipted: pair.receipted) }
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
        var received = received
        if let hash { received.setKeys(hash) }
        review(answeredUpTo)
        switch matcher.match(received, at: time, answeredUpTo: answeredUpTo) {
        case .settled(let outcome):
            report(SettledReceipt(received: received, outcome: outcome), .none, reply)
        case .parked(let ticket, let displaced):
            if let displaced { finish(displaced) }
            replies[ticket] = reply
            review(answeredUpTo)
        }
    }

    /// What the answers that are in by now settle, and what needs to be held no longer.
    private func review(_ answeredUpTo: MonotonicTime) {
        guard matcher.needsReview else { return }
        for settled in matcher.review(now: now, answeredUpTo: answeredUpTo) { finish(settled) }
        release()
        armTimer()
    }

    /// A receipt that waited is settled. Nobody was told of one that was held.
    private func finish(_ settled: SettledReceipt) {
        guard let reply = settled.ticket.flatMap({ replies.removeValue(forKey: $0) }) else {
            return count(settled, .ends, nil)
        }
        report(settled, .none, reply)
    }

    /// Tells the carrier of receipts that wait on without it; one of no message that is known here may be of one that memory has
    /// forgotten.
    private func release() {
        while let (ticket, received) = matcher.nextReleased(now: now) {
            let unknown = SettledReceipt(received: received, outcome: .unmatched(.unknownID), ticket: ticket)
            let work = NIOLoopBound(self, eventLoop: eventLoop)
            find(unknown) { found in work.value.released(found) }
        }
    }

    private func released(_ settled: SettledReceipt) {
        guard let ticket = settled.ticket, let reply = replies.removeValue(forKey: ticket) else { return }
        if case .unmatched = settled.outcome { return tell(settled, .begins, reply) }
        if matcher.withdraw(ticket: ticket) { count(settled, .none, reply) }
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
        for settled in matcher.expire(now: MonotonicTime(nanoseconds: .max)) {
            // The carrier brings it again, and its message may be known then.
            if case .unmatched = settled.outcome,
                let reply = settled.ticket.flatMap({ replies.removeValue(forKey: $0) })
            {
                reply(.notKept)
            } else {
                finish(settled)
            }
        }
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
        for settled in matcher.expire(now: now) { finish(settled) }
        release()
        armTimer()
    }

    private func report(_ settled: SettledReceipt, _ wait: ReceiptWait, _ reply: DeliveryReply?) {
        guard case .unmatched = settled.outcome else { return count(settled, wait, reply) }
        let work = NIOLoopBound(self, eventLoop: eventLoop)
        find(settled) { work.value.count($0, wait, reply) }
    }

    /// One of no message that is known here may be of one that memory has forgotten.
    private func find(_ settled: SettledReceipt, _ then: @escaping @Sendable (SettledReceipt) -> Void) {
        guard case .unmatched(let reason) = settled.outcome, reason != .ambiguous, !isStopped else {
            return then(settled)
        }
        let (ids, least) = matcher.foldedIDs(of: settled.received.receipt)
        guard !ids.isEmpty else { return then(settled) }
        memory.find(ids, least, settled.received) { [eventLoop] found in
            var settled = settled
            if let found { settled.outcome = found }
            let known = settled
            guard eventLoop.inEventLoop else { return eventLoop.execute { then(known) } }
            then(known)
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
        case .ambiguous: "a receipt is of no message: several fit, or one by a guess. See receipts.ids of the carrier"
        case .noID: "a receipt is of no message: it has no id, and no message to its number waits for one"
        }
    }
}
