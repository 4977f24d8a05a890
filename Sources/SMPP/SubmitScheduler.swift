internal import DequeModule

/// What to write next.
package struct SubmitWrite: Hashable, Sendable {
    package var message: MessageKey
    /// Index of the segment, from 0.
    package var segment: Int
    /// The sequence number, already taken.
    package var sequence: UInt32
}

/// What follows from an event for a message. The edge acts on it; the scheduler has already let the message go.
package enum SubmitStep: Hashable, Sendable {
    case nothing
    /// The message is decided.
    case complete(MessageKey, SubmissionResult)
    /// Another bind may take the message. `carried` holds its refused outcomes where something was written.
    case move(MessageKey, carried: [SegmentOutcome]?)
}

/// Totals of a bind since the start, in segments.
package struct SubmitCounters: Hashable, Sendable {
    package var written: UInt64 = 0
    package var accepted: UInt64 = 0
    package var refused: UInt64 = 0
    /// Written, and nobody knows.
    package var unknown: UInt64 = 0
    /// Responses that came after their request was given up or its message was completed.
    package var late: UInt64 = 0
    /// Responses to no request of ours.
    package var unexpected: UInt64 = 0
    /// Refusals for speed.
    package var throttled: UInt64 = 0

    package init() {}
}

/// The messages of one bind: first come, first served into the window, each with exactly one outcome.
///
/// ```
///   enqueue ──▶ queued ──nextWrite──▶ all written ──answered, overdue──▶ complete | move
///                 ▲  │                    │
///                 │  └── deadline ──▶ complete
///                 └── due ── delayed ◀── answered: retry
/// ```
package struct SubmitScheduler: Sendable {
    private enum Place { case queued, delayed, written }

    private struct Entry {
        var generation: UInt32 = 0
        /// The message's place in the order of arrival.
        var arrival: UInt64 = 0
        var place = Place.written
        /// nil = the place is free.
        var progress: MessageProgress?
    }

    /// How many messages may wait in front of a full window.
    package let maxWaiting: Int
    private let responseTimeout: Duration
    private let statuses: StatusTable

    package private(set) var window: SubmitWindow
    package private(set) var throttle = BindThrottle()
    package private(set) var counters = SubmitCounters()
    /// Messages that are not yet written whole, or wait for a retry.
    package private(set) var waiting = 0
    /// Messages without an outcome.
    package private(set) var messages = 0

    private var entries: ContiguousArray<Entry> = []
    private var free: [Int] = []
    /// In the order of arrival; may hold keys of messages that are gone.
    private var queue = Deque<MessageKey>()
    private var delayed: [MessageKey] = []
    private var arrivals: UInt64 = 0
    /// Not later than the first deadline of a message.
    private var messageDeadline: MonotonicTime?

    /// - Parameters:
    ///   - window: requests that may be open at once.
    ///   - maxWaiting: messages that may wait in front of it.
    ///   - responseTimeout: when a response is overdue.
    package init(
        window: Int, maxWaiting: Int, responseTimeout: Duration, statuses: StatusTable, firstSequence: UInt32 = 1
    ) {
        self.window = SubmitWindow(capacity: window, firstSequence: firstSequence)
        self.maxWaiting = max(0, maxWaiting)
        self.responseTimeout = responseTimeout
        self.statuses = statuses
    }

    /// Nothing is open and nothing waits.
    package var isEmpty: Bool { messages == 0 && window.count == 0 }

    /// When `tick` has something to do; nil = never, as things are.
    package var nextDeadline: MonotonicTime? {
        var earliest = window.nextDeadline
        if let messageDeadline { earliest = min(earliest ?? messageDeadline, messageDeadline) }
        for key in delayed where isLive(key) {
            if let time = entries[key.index].progress?.resumeAt { earliest = min(earliest ?? time, time) }
        }
        return earliest
    }

    /// A sequence number for a request that is not a `submit_sm`.
    package mutating func takeSequence() -> UInt32 {
        window.takeSequence()
    }

    // MARK: Messages in

    /// Takes a message; nil when too many wait already.
    package mutating func enqueue(
        segments: Int, deadline: MonotonicTime, carried: [SegmentOutcome]? = nil
    ) -> MessageKey? {
        precondition(segments > 0, "a message without segments")
        guard waiting < maxWaiting || (waiting == 0 && window.count < window.capacity) else { return nil }
        let index: Int
        if let last = free.popLast() {
            index = last
        } else {
            index = entries.count
            entries.append(Entry())
        }
        entries[index].progress = MessageProgress(segments: segments, deadline: deadline, carried: carried)
        entries[index].place = .queued
        entries[index].arrival = arrivals
        arrivals += 1
        let key = MessageKey(index: index, generation: entries[index].generation)
        queue.append(key)
        waiting += 1
        messages += 1
        messageDeadline = min(messageDeadline ?? deadline, deadline)
        return key
    }

    /// When the carrier's pace allows the next write, if something waits and the window has room for it; nil = at once or never.
    package mutating func paceEnd(now: MonotonicTime) -> MonotonicTime? {
        guard hasWork(now: now) else { return nil }
        return throttle.earliestWrite(now: now)
    }

    /// Whether `nextWrite` has something to write now.
    package mutating func isReadyToWrite(now: MonotonicTime) -> Bool {
        hasWork(now: now) && throttle.earliestWrite(now: now) == nil
    }

    /// The next segment to write; its slot and sequence number are taken with it.
    package mutating func nextWrite(now: MonotonicTime) -> SubmitWrite? {
        guard isReadyToWrite(now: now), let key = queue.first,
            let segment = entries[key.index].progress?.nextToWrite
        else { return nil }
        let submit = OpenSubmit(message: key, segment: segment, deadline: now + responseTimeout)
        guard let sequence = window.open(submit) else { return nil }
        entries[key.index].progress?.wrote(segment)
        if entries[key.index].progress?.nextToWrite == nil {
            queue.removeFirst()
            setPlace(key.index, .written)
        }
        counters.written += 1
        throttle.wrote(now: now)
        return SubmitWrite(message: key, segment: segment, sequence: sequence)
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
            if window.takeLate(sequence) { counters.late += 1 } else { counters.unexpected += 1 }
            return .nothing
        }
        let rule = status == .ok ? BridgeRetry.never : statuses.row(for: status).retry
        var pauseEnd = now
        if status == .ok {
            throttle.accepted(now: now)
        } else if rule == .afterBindBackoff {
            counters.throttled += 1
            pauseEnd = throttle.throttled(now: now)
        }
        let index = submit.message.index
        // Read field by field: a copy of the progress would cost a copy of its outcomes when they change.
        guard isLive(submit.message), let deadline = entries[index].progress?.deadline,
            let attempts = entries[index].progress?.attempts(of: submit.segment)
        else {
            counters.late += 1
            return .nothing
        }
        let verdict = SubmitVerdict.decide(
            status: status, messageID: messageID, rule: rule, attempts: attempts, pauseEnd: pauseEnd, now: now,
            deadline: deadline)
        return apply(verdict, to: submit)
    }

    /// Time has passed: overdue responses, due retries, messages at their deadline.
    package mutating func tick(now: MonotonicTime) -> [SubmitStep] {
        var steps: [SubmitStep] = []
        while let submit = window.expire(now: now) {
            giveUp(submit, .carrierTimeout, &steps)
        }
        requeueDelayed(now: now)
        if let messageDeadline, messageDeadline <= now {
            completeExpired(now: now, &steps)
        }
        return steps
    }

    // MARK: Ends

    /// The connection is gone: what is open is unknown, what was not written (or was refused) may move.
    package mutating func connectionLost() -> [SubmitStep] {
        var steps: [SubmitStep] = []
        while let submit = window.giveUpOldest() {
            giveUp(submit, .connectionLost, &steps)
        }
        window.restart()
        for key in liveKeys() {
            guard let progress = entries[key.index].progress else { continue }
            if progress.mayMove {
                steps.append(.move(key, carried: progress.wasWritten ? progress.outcomes : nil))
                release(key)
            } else {
                steps.append(complete(key, progress.result(notSent: .noBind)))
            }
        }
        forgetQueues()
        return steps
    }

    /// Every message is completed with what is known now; what was not written is not sent for `reason`.
    package mutating func abandon(_ reason: NotSentReason) -> [SubmitStep] {
        var steps: [SubmitStep] = []
        while let submit = window.giveUpOldest() {
            giveUp(submit, .carrierTimeout, &steps)
        }
        for key in liveKeys() {
            guard let progress = entries[key.index].progress else { continue }
            steps.append(complete(key, progress.result(notSent: reason)))
        }
        forgetQueues()
        return steps
    }
}

// MARK: - Bookkeeping

extension SubmitScheduler {
    private func isLive(_ key: MessageKey) -> Bool {
        entries[key.index].generation == key.generation && entries[key.index].progress != nil
    }

    /// Live messages in the order of arrival.
    private func liveKeys() -> [MessageKey] {
        entries.indices
            .filter { entries[$0].progress != nil }
            .sorted { entries[$0].arrival < entries[$1].arrival }
            .map { MessageKey(index: $0, generation: entries[$0].generation) }
    }

    /// Whether the head of the queue may be written as far as the window goes; drops what is no longer alive.
    private mutating func hasWork(now: MonotonicTime) -> Bool {
        guard window.count < throttle.usableWindow(window.capacity, now: now) else { return false }
        while let key = queue.first {
            // A message at its deadline is left to `tick`, which completes it.
            if isLive(key) {
                let isDue = entries[key.index].progress.map { $0.deadline > now && $0.nextToWrite != nil }
                if isDue == true { return true }
                setPlace(key.index, .written)
            }
            queue.removeFirst()
        }
        return false
    }

    private mutating func apply(_ verdict: SubmitVerdict, to submit: OpenSubmit) -> SubmitStep {
        let key = submit.message
        switch verdict {
        case .accepted: counters.accepted += 1
        case .refused, .retry, .retryAfterPause, .otherBind: counters.refused += 1
        }
        entries[key.index].progress?.answered(submit.segment, verdict)
        switch verdict {
        case .accepted, .refused, .otherBind:
            break
        case .retry:
            delay(key)
        case .retryAfterPause:
            requeue(key)
        }
        return settle(key)
    }

    /// A finished message leaves with its outcome; an unfinished one goes on.
    private mutating func settle(_ key: MessageKey) -> SubmitStep {
        guard entries[key.index].progress?.isFinished == true, let progress = entries[key.index].progress else {
            return .nothing
        }
        if progress.wantsOtherBind {
            release(key)
            return .move(key, carried: progress.outcomes)
        }
        return complete(key, progress.result(notSent: .busy))
    }

    private mutating func giveUp(_ submit: OpenSubmit, _ reason: UnknownReason, _ steps: inout [SubmitStep]) {
        counters.unknown += 1
        guard isLive(submit.message) else { return }
        entries[submit.message.index].progress?.gaveUp(submit.segment, reason)
        let step = settle(submit.message)
        if step != .nothing { steps.append(step) }
    }

    private mutating func complete(_ key: MessageKey, _ result: SubmissionResult) -> SubmitStep {
        release(key)
        return .complete(key, result)
    }

    private mutating func release(_ key: MessageKey) {
        setPlace(key.index, .written)
        entries[key.index].progress = nil
        entries[key.index].generation &+= 1
        free.append(key.index)
        messages -= 1
        if messages == 0 { messageDeadline = nil }
    }

    private mutating func setPlace(_ index: Int, _ place: Place) {
        let was = entries[index].place != .written
        let isWaiting = place != .written
        entries[index].place = place
        if was && !isWaiting { waiting -= 1 }
        if !was && isWaiting { waiting += 1 }
    }

    /// A message whose retry waits for its time leaves the queue until then.
    private mutating func delay(_ key: MessageKey) {
        switch entries[key.index].place {
        case .delayed:
            return
        case .queued:
            queue.removeAll { $0 == key }
        case .written:
            break
        }
        setPlace(key.index, .delayed)
        delayed.append(key)
    }

    /// A message comes back to the queue before those that arrived later.
    private mutating func requeue(_ key: MessageKey) {
        guard entries[key.index].place == .written, entries[key.index].progress?.nextToWrite != nil else { return }
        setPlace(key.index, .queued)
        let arrival = entries[key.index].arrival
        let place = queue.firstIndex { isLive($0) && entries[$0.index].arrival > arrival } ?? queue.count
        queue.insert(key, at: place)
    }

    private mutating func requeueDelayed(now: MonotonicTime) {
        guard !delayed.isEmpty else { return }
        var stillDelayed: [MessageKey] = []
        for key in delayed where isLive(key) {
            if let time = entries[key.index].progress?.resumeAt, time > now {
                stillDelayed.append(key)
                continue
            }
            entries[key.index].progress?.resume()
            setPlace(key.index, .written)
            requeue(key)
        }
        delayed = stillDelayed
    }

    private mutating func completeExpired(now: MonotonicTime, _ steps: inout [SubmitStep]) {
        var earliest: MonotonicTime?
        for index in entries.indices {
            guard let progress = entries[index].progress else { continue }
            if progress.deadline <= now {
                let key = MessageKey(index: index, generation: entries[index].generation)
                steps.append(complete(key, progress.result(notSent: .busy)))
            } else {
                earliest = min(earliest ?? progress.deadline, progress.deadline)
            }
        }
        messageDeadline = earliest
        queue = queue.filter { isLive($0) }
        delayed = delayed.filter { isLive($0) }
    }

    private mutating func forgetQueues() {
        queue.removeAll()
        delayed.removeAll()
        messageDeadline = nil
    }
}
