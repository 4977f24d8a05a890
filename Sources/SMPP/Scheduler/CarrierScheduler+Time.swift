/// What time brings: overdue responses, retries, deadlines.
extension CarrierScheduler {
    /// Time has passed; harmless when called too early.
    package mutating func tick(now: MonotonicTime) {
        if let overdueAt, overdueAt <= now { expire(now: now) }
        resumeDelayed(now: now)
        if let messageDeadline, messageDeadline <= now { completeExpired(now: now) }
        if queues.count > 0, reviewAt <= now { review(now: now) }
        throughputAt = MonotonicTime(nanoseconds: 0)
        if let pauseIsForgottenAt, pauseIsForgottenAt <= now { breaker.close() }
        pace.tick(forget: limits.throttle.forget, now: now)
    }

    /// When a pause counts as over although no message has tried the carrier since; nil = there is none, or one is trying.
    private var pauseIsForgottenAt: MonotonicTime? {
        @inline(__always) get { isPaused ? breaker.opensUntil.map { $0 + limits.throttle.forget } : nil }
    }

    /// When `tick` has something to do, or `nextWrite` may have; nil = never, as things are.
    package mutating func nextWake(now: MonotonicTime) -> MonotonicTime? {
        var earliest = pace.ticksAt(forget: limits.throttle.forget)
        func consider(_ time: MonotonicTime?) {
            if let time { earliest = min(earliest ?? time, time) }
        }
        consider(overdueAt)
        consider(pauseIsForgottenAt)
        consider(messageDeadline)
        consider(delayed.first?.due)
        if queues.count > 0 { consider(reviewAt) }
        guard unwritten > 0, open < slots else { return earliest }
        var write = pace.dueAt
        if let until = breaker.opensUntil { write = max(write, until) }
        if write > now { consider(write) }
        for bind in binds.indices {
            if let due = binds[bind].pace?.dueAt, due > now { consider(max(due, write)) }
            if let until = binds[bind].silence.opensUntil, until > now { consider(max(until, write)) }
        }
        return earliest
    }

    /// When the newest request on this bind was written that became overdue since the last call.
    package mutating func takeOverdue(on bind: Int) -> MonotonicTime? {
        guard let writtenAt = binds[bind].overdueWrittenAt else { return nil }
        binds[bind].overdueWrittenAt = nil
        return writtenAt
    }

    // MARK: Overdue

    private mutating func expire(now: MonotonicTime) {
        var earliest: MonotonicTime?
        for bind in binds.indices {
            while let due = binds[bind].window.nextDeadline, due <= now {
                let isHung = binds[bind].answeredAt <= due.adding(nanoseconds: -responseTimeout)
                binds[bind].overdueWrittenAt = due.adding(nanoseconds: -responseTimeout)
                expireOldest(bind, isHung: isHung, now: now)
            }
            if let due = binds[bind].window.nextDeadline { earliest = min(earliest ?? due, due) }
            drainedIfEmpty(bind)
        }
        overdueAt = earliest
    }

    /// The oldest request of a bind is overdue.
    ///
    /// - Parameter isHung: no answer at all came since it was written.
    private mutating func expireOldest(_ bind: Int, isHung: Bool, now: MonotonicTime) {
        let sequence = binds[bind].window.oldestSequence
        guard let submit = binds[bind].window.expire(now: now) else { return }
        open -= 1
        if breaker.isTrial(sequence, on: bind) {
            isPaused = false
            refusedAs = nil
            breaker.failed(now: now)
        }
        if binds[bind].silence.isTrial(sequence, on: bind) {
            binds[bind].silence.failed(now: now)
        } else if isHung {
            // A single lost answer is no hang: then the next message is the probe.
            silence(bind, atOnce: binds[bind].window.count == 0 && binds[bind].silence.isClosed, now: now)
            reviewAt = now
        }
        giveUp(submit, .carrierTimeout, on: bind)
    }

    /// Answers stay away from the bind.
    mutating func silence(_ bind: Int, atOnce: Bool, now: MonotonicTime) {
        let pause = limits.breaker.silence ?? limits.response * 2
        binds[bind].silence.open(first: pause, longest: limits.breaker.max, atOnce: atOnce, now: now)
    }

    // MARK: Retries, deadlines

    private mutating func resumeDelayed(now: MonotonicTime) {
        var count = 0
        while count < delayed.count, delayed[count].due <= now {
            let key = delayed[count].key
            count += 1
            guard isLive(key), queues.state(of: key.index) == .aside else { continue }
            entries[key.index].progress.resume()
            let bind = Int(entries[key.index].bind)
            if canStartOver(key.index) {
                requeue(key.index)
            } else if binds[bind].state == .down || entries[key.index].progress.nextToWrite == nil {
                queues.remove(key.index)
                settle(key.index)
            } else {
                pin(key.index, to: bind)
            }
        }
        if count > 0 { delayed.removeFirst(count) }
    }

    private mutating func completeExpired(now: MonotonicTime) {
        var earliest: MonotonicTime?
        for index in entries.indices where entries[index].isTaken {
            let deadline = entries[index].progress.deadline
            if deadline <= now {
                complete(index, notSent: CarrierRefusal(.notInTime, retryAfter: .seconds(1)))
            } else {
                earliest = min(earliest ?? deadline, deadline)
            }
        }
        messageDeadline = earliest
    }
}
