/// The messages of one bind: in turn between accounts, first come, first served within one, each with exactly one
/// outcome.
///
/// ```
///   submit ──▶ queued ──nextWrite──▶ all written ──answered, overdue──▶ complete | move
///                ▲  │  │                 │
///                │  │  └── deadline, displaced ──▶ complete        handOver ──▶ move
///                └─due── aside ◀── answered: retry
///
///   the request of a segment:  open ──answered──▶ decided
///                                │
///                                └── overdue, abandoned, its message completed ──▶ given up ──answered──▶ late
/// ```
package struct SubmitScheduler: Sendable {
    struct Entry {
        var generation: UInt32 = 0
        /// false = the entry is free.
        var isTaken = false
        var tag: UInt64 = 0
        /// Not an optional: each look at a part of one copies the whole.
        var progress = MessageProgress.gone
    }

    /// How many messages may wait in front of a full window.
    package let maxWaiting: Int
    /// In nanoseconds: both ways of every message need it.
    private let responseTimeout: Int64
    private let statuses: StatusTable

    package internal(set) var window: SubmitWindow
    package internal(set) var throttle = BindThrottle()
    package internal(set) var counters = SubmitCounters()
    /// Refusals by the name of their status: as many as the table of statuses has, whatever the carrier sends.
    package private(set) var refusals: [String: UInt64] = [:]
    /// From the write of a segment to the carrier's answer in time.
    package private(set) var responseTimes = TimeHistogram()
    /// How long answers take, smoothed, in nanoseconds; nil before the first.
    package private(set) var responseTime: UInt64?
    /// Messages without an outcome.
    package private(set) var messages = 0
    /// When the request was written that the last `tick` found overdue last; nil = it found none.
    private(set) var overdueSince: MonotonicTime?

    var entries: ContiguousArray<Entry> = []
    var queues = AccountQueues()
    private var free: [Int] = []
    /// Messages whose retry waits for its time; may hold keys of messages that are gone.
    private var delayed: [MessageKey] = []
    /// Not later than the first deadline of a message.
    private var messageDeadline: MonotonicTime?

    /// - Parameters:
    ///   - limits: of them the window, what may wait in front of it, and what is waited for too late.
    ///   - responseTimeout: when a response is overdue.
    package init(
        _ limits: BindLimits, responseTimeout: Duration, statuses: StatusTable, firstSequence: UInt32 = 1
    ) {
        window = SubmitWindow(
            capacity: limits.window, lateKept: limits.lateKept, maxLate: limits.late, firstSequence: firstSequence)
        maxWaiting = max(0, limits.waiting)
        self.responseTimeout = responseTimeout.nanoseconds
        self.statuses = statuses
    }

    /// Messages that are not yet written whole, or wait for a retry.
    package var waiting: Int { queues.count }

    /// Nothing is open and nothing waits.
    package var isEmpty: Bool { messages == 0 && window.count == 0 }

    /// When `tick` has something to do; nil = never, as things are.
    package var nextDeadline: MonotonicTime? {
        var earliest = window.nextDeadline
        if let messageDeadline { earliest = min(earliest ?? messageDeadline, messageDeadline) }
        for key in delayed where isLive(key) {
            if let time = entries[key.index].progress.resumeAt { earliest = min(earliest ?? time, time) }
        }
        return earliest
    }

    /// A sequence number for a request that is not a `submit_sm`.
    package mutating func takeSequence() -> UInt32 {
        window.takeSequence()
    }

    // MARK: Messages in

    /// Takes a message, where too many wait already instead of one of another account, or not at all.
    ///
    /// - Parameters:
    ///   - segments: at least 1.
    ///   - deadline: when the message is completed with what is known then.
    ///   - carried: its outcomes on the bind that it comes from, where something was written there and refused.
    ///   - account: whose it is, for fairness: the index of the account, 0 to 65,535.
    ///   - tag: the name by which a late response tells the message.
    package mutating func submit(
        segments: Int, deadline: MonotonicTime, carried: [SegmentOutcome]? = nil, account: Int = 0, tag: UInt64 = 0
    ) -> SubmitAdmission {
        precondition(segments > 0, "a message without segments")
        var displaced: Int?
        if waiting >= maxWaiting, waiting > 0 || window.count >= window.capacity {
            displaced = queues.newestOfLongest(above: queues.waiting(account: account) + 1) {
                !entries[$0].progress.wasWritten
            }
            guard displaced != nil else { return .refused }
        }
        let index: Int
        if let last = free.popLast() {
            index = last
        } else {
            index = entries.count
            entries.append(Entry())
        }
        entries[index].progress = MessageProgress(segments: segments, deadline: deadline, carried: carried)
        entries[index].isTaken = true
        entries[index].tag = tag
        queues.append(index, account: account)
        messages += 1
        messageDeadline = min(messageDeadline ?? deadline, deadline)
        guard let displaced else { return .taken(key(index)) }
        // Released after the newcomer has its entry: the edge never sees one index for both.
        let loser = key(displaced)
        release(loser)
        return .takenInPlaceOf(key(index), displaced: loser)
    }

    /// Whether `nextWrite` has something to write now.
    package mutating func isReadyToWrite(now: MonotonicTime) -> Bool {
        hasWork(now: now) && throttle.earliestWrite(now: now) == nil
    }

    /// The next segment to write; its slot and sequence number are taken with it.
    package mutating func nextWrite(now: MonotonicTime) -> SubmitWrite? {
        guard isReadyToWrite(now: now), let index = queues.next, let segment = entries[index].progress.nextToWrite
        else { return nil }
        let key = key(index)
        let submit = OpenSubmit(
            message: key, segment: segment, tag: entries[index].tag,
            deadline: now.adding(nanoseconds: responseTimeout), messageDeadline: entries[index].progress.deadline)
        guard let sequence = window.open(submit) else { return nil }
        entries[index].progress.wrote(segment)
        queues.passTurn()
        if entries[index].progress.nextToWrite == nil { queues.remove(index) }
        counters.written += 1
        throttle.wrote(now: now)
        return SubmitWrite(message: key, segment: segment, sequence: sequence, isLast: !hasWork(now: now))
    }

    // MARK: Responses

    /// The carrier answered the request with this sequence number.
    ///
    /// - Parameter congestion: the response's `congestion_state`, where it has one.
    package mutating func answered(
        sequence: UInt32, status: CommandStatus, messageID: String, congestion: UInt32? = nil, now: MonotonicTime
    ) -> SubmitStep {
        if let congestion { throttle.congested(congestion, now: now) }
        guard let submit = window.close(sequence) else {
            guard let missing = window.takeLate(sequence, now: now) else {
                counters.unexpected += 1
                return .nothing
            }
            return late(missing.tag, missing.segment, status, messageID, overdueBy: now - missing.givenUpAt)
        }
        let written = submit.deadline.adding(nanoseconds: -responseTimeout)
        responseTimes.add(from: written, to: now)
        let time = max(written, now).nanoseconds - written.nanoseconds
        responseTime = responseTime.map { $0 - $0 / 8 + time / 8 } ?? time
        let rule = status == .ok ? BridgeRetry.never : statuses.row(for: status).retry
        var pauseEnd = now
        if status == .ok {
            throttle.accepted(now: now)
        } else if rule == .afterBindBackoff {
            counters.throttled += 1
            pauseEnd = throttle.throttled(now: now)
        }
        let index = submit.message.index
        guard isLive(submit.message) else {
            counters.unknown += 1
            return late(submit.tag, submit.segment, status, messageID, overdueBy: now - submit.givenUpAt)
        }
        let verdict = SubmitVerdict.decide(
            status: status, messageID: messageID, rule: rule,
            attempts: entries[index].progress.attempts(of: submit.segment), pauseEnd: pauseEnd, now: now,
            deadline: entries[index].progress.deadline)
        if status != .ok { refusals[status.name, default: 0] += 1 }
        return apply(verdict, to: submit)
    }

    /// Time has passed: overdue responses, due retries, messages at their deadline.
    package mutating func tick(now: MonotonicTime) -> [SubmitStep] {
        var steps: [SubmitStep] = []
        overdueSince = nil
        while let submit = window.expire(now: now) {
            overdueSince = submit.deadline.adding(nanoseconds: -responseTimeout)
            giveUp(submit, .carrierTimeout, &steps)
        }
        requeueDelayed(now: now)
        if let messageDeadline, messageDeadline <= now {
            completeExpired(now: now, &steps)
        }
        return steps
    }
}

// MARK: - Bookkeeping

extension SubmitScheduler {
    func key(_ index: Int) -> MessageKey {
        MessageKey(index: index, generation: entries[index].generation)
    }

    func isLive(_ key: MessageKey) -> Bool {
        entries[key.index].generation == key.generation && entries[key.index].isTaken
    }

    /// Whether a message may be written as far as the window goes.
    mutating func hasWork(now: MonotonicTime) -> Bool {
        guard window.count < throttle.usableWindow(window.capacity, now: now) else { return false }
        while let index = queues.next {
            if entries[index].progress.deadline > now { return true }
            // A message at its deadline is left to `tick`, which completes it.
            queues.remove(index)
        }
        return false
    }

    private mutating func late(
        _ tag: UInt64, _ segment: Int, _ status: CommandStatus, _ messageID: String, overdueBy: Duration
    ) -> SubmitStep {
        counters.late += 1
        return .late(
            LateResponse(
                tag: tag, segment: segment, status: status, messageID: messageID, overdueBy: max(.zero, overdueBy)))
    }

    private mutating func apply(_ verdict: SubmitVerdict, to submit: OpenSubmit) -> SubmitStep {
        let index = submit.message.index
        switch verdict {
        case .accepted: counters.accepted += 1
        case .refused, .retry, .retryAfterPause, .otherBind: counters.refused += 1
        }
        entries[index].progress.answered(submit.segment, verdict)
        switch verdict {
        case .accepted:
            break
        case .refused, .otherBind:
            // What follows in the message is not written any more.
            queues.remove(index)
        case .retry:
            guard entries[index].progress.stop == nil else { break }
            if queues.state(of: index) != .aside { delayed.append(submit.message) }
            queues.setAside(index)
        case .retryAfterPause:
            if entries[index].progress.nextToWrite != nil { queues.putBack(index) }
        }
        return settle(submit.message)
    }

    /// A finished message leaves with its outcome; an unfinished one goes on.
    private mutating func settle(_ key: MessageKey) -> SubmitStep {
        guard entries[key.index].progress.isFinished else { return .nothing }
        if entries[key.index].progress.wantsOtherBind {
            let outcomes = entries[key.index].progress.outcomes
            release(key)
            return .move(key, carried: outcomes)
        }
        return complete(key, entries[key.index].progress.result(notSent: .busy))
    }

    mutating func giveUp(_ submit: OpenSubmit, _ reason: UnknownReason, _ steps: inout [SubmitStep]) {
        counters.unknown += 1
        switch reason {
        case .carrierTimeout: break
        case .connectionLost: counters.lost += 1
        }
        guard isLive(submit.message) else { return }
        entries[submit.message.index].progress.gaveUp(submit.segment, reason)
        let step = settle(submit.message)
        if step != .nothing { steps.append(step) }
    }

    mutating func complete(_ key: MessageKey, _ result: SubmissionResult) -> SubmitStep {
        release(key)
        return .complete(key, result)
    }

    mutating func release(_ key: MessageKey) {
        queues.remove(key.index)
        entries[key.index].progress.end()
        entries[key.index].isTaken = false
        entries[key.index].generation &+= 1
        free.append(key.index)
        messages -= 1
        guard messages == 0 else { return }
        messageDeadline = nil
        delayed.removeAll()
    }

    private mutating func requeueDelayed(now: MonotonicTime) {
        guard !delayed.isEmpty else { return }
        var stillDelayed: [MessageKey] = []
        for key in delayed where isLive(key) && queues.state(of: key.index) == .aside {
            if let time = entries[key.index].progress.resumeAt, time > now {
                stillDelayed.append(key)
                continue
            }
            entries[key.index].progress.resume()
            if entries[key.index].progress.nextToWrite != nil {
                queues.putBack(key.index)
            } else {
                queues.remove(key.index)
            }
        }
        delayed = stillDelayed
    }

    private mutating func completeExpired(now: MonotonicTime, _ steps: inout [SubmitStep]) {
        var earliest: MonotonicTime?
        for index in entries.indices where entries[index].isTaken {
            let deadline = entries[index].progress.deadline
            if deadline <= now {
                steps.append(complete(key(index), entries[index].progress.result(notSent: .busy)))
            } else {
                earliest = min(earliest ?? deadline, deadline)
            }
        }
        messageDeadline = earliest
    }
}
