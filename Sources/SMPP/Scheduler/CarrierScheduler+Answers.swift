/// What the carrier's answers mean for messages, pace and state.
extension CarrierScheduler {
    /// The carrier answered the request with this sequence number: `submit_sm_resp`, or `generic_nack`.
    ///
    /// - Parameter congestion: the response's `congestion_state`, where it has one.
    /// - Returns: the request, where it was accepted and its message still waits for it.
    @discardableResult
    package mutating func answered(
        bind: Int, sequence: UInt32, status: CommandStatus, messageID: String, congestion: UInt32? = nil,
        now: MonotonicTime
    ) -> OpenSubmit? {
        throughputAt = MonotonicTime(nanoseconds: 0)
        if let congestion { pace.congested(congestion, now: now) }
        guard let submit = binds[bind].window.close(sequence) else {
            answeredLate(bind: bind, sequence, status, messageID, now: now)
            return nil
        }
        open -= 1
        let writtenAt = submit.deadline.adding(nanoseconds: -responseTimeout)
        binds[bind].responseTimes.add(from: writtenAt, to: now)
        times.add(max(writtenAt, now).nanoseconds - writtenAt.nanoseconds, now: now)
        heard(on: bind, now: now)
        let isTrial = breaker.isTrial(sequence, on: bind)
        guard status != .ok else {
            accepted(writtenAt: writtenAt, now: now)
            let isAwaited = isLive(submit.message)
            if isAwaited {
                apply(.accepted(messageID: messageID), to: submit, on: bind)
            } else {
                outlived(submit, status, messageID, on: bind, now: now)
            }
            drainedIfEmpty(bind)
            return isAwaited ? submit : nil
        }
        let row = statuses.row(for: status)
        refused(row, status, isTrial: isTrial, on: bind, writtenAt: writtenAt, now: now)
        if isLive(submit.message) {
            binds[bind].refusals[row.name, default: 0] += 1
            apply(verdict(row, status, submit, now: now), to: submit, on: bind)
        } else {
            outlived(submit, status, messageID, on: bind, now: now)
        }
        drainedIfEmpty(bind)
        return nil
    }

    /// Answers on this bind to nothing that was asked.
    package func unexpected(on bind: Int) -> UInt64 { binds[bind].counters.unexpected }

    /// When the oldest request was written that is not answered; nil where none is open.
    package mutating func oldestOpen() -> MonotonicTime? {
        guard open > 0 else { return nil }
        var oldest: MonotonicTime?
        for bind in binds.indices {
            if let deadline = binds[bind].window.nextDeadline { oldest = min(oldest ?? deadline, deadline) }
        }
        return oldest?.adding(nanoseconds: -responseTimeout)
    }

    // MARK: The carrier

    /// An answer came, whatever it says.
    private mutating func heard(on bind: Int, now: MonotonicTime) {
        answeredAt = now
        binds[bind].answeredAt = now
        if !binds[bind].silence.isClosed { binds[bind].silence.close() }
    }

    private mutating func accepted(writtenAt: MonotonicTime, now: MonotonicTime) {
        acceptedAt = now
        refusedForSpeed = 0
        refusedByCarrier = 0
        if !breaker.isClosed {
            breaker.close()
            pace.resumed(now: now)
        }
        pace.answered(isRefused: false, writtenAt: writtenAt, now: now)
    }

    /// Counts what speaks against the carrier, and stops it.
    private mutating func refused(
        _ row: StatusRow, _ status: CommandStatus, isTrial: Bool, on bind: Int, writtenAt: MonotonicTime,
        now: MonotonicTime
    ) {
        let isForSpeed = row.retry == .afterBindBackoff
        let isCarriers: Bool
        switch row.statusClass {
        case .bind, .temporary: isCarriers = !isForSpeed
        case .ok, .request, .configuration, .refused: isCarriers = false
        }
        if isForSpeed {
            binds[bind].counters.throttled += 1
            throttledAt = now
            // A trial says nothing of the pace.
            if !isTrial { pace.answered(isRefused: true, writtenAt: writtenAt, now: now) }
        }
        guard isForSpeed || isCarriers else {
            // It minds the message: so it works.
            refusedForSpeed = 0
            refusedByCarrier = 0
            if !breaker.isClosed { breaker.close() }
            return
        }
        refusedAs = status
        if isTrial {
            isPaused = isForSpeed
            return breaker.failed(now: now)
        }
        refusedForSpeed = isForSpeed ? refusedForSpeed + 1 : 0
        refusedByCarrier = isForSpeed ? 0 : refusedByCarrier + 1
        guard breaker.isClosed else { return }
        // Longer than any second of the carrier's clock that is used up.
        let lately = 2_000_000_000 + times.percentile95
        let isAcceptedLately = acceptedAt.map { $0.adding(nanoseconds: lately) > now } ?? false
        let acceptsNothing = refusedForSpeed >= limits.throttle.run && !isAcceptedLately
        if isForSpeed, acceptsNothing || limits.throttle.stop {
            isPaused = true
            breaker.open(first: limits.throttle.pause, longest: limits.throttle.max, now: now)
            pace.stopped(acceptsNothing: acceptsNothing, now: now)
            reviewAt = now
        } else if refusedByCarrier >= limits.breaker.refusals {
            isPaused = false
            breaker.open(first: limits.breaker.pause, longest: limits.breaker.max, now: now)
            reviewAt = now
        }
    }

    // MARK: The message

    private mutating func verdict(
        _ row: StatusRow, _ status: CommandStatus, _ submit: OpenSubmit, now: MonotonicTime
    ) -> SubmitVerdict {
        let index = submit.message.index
        let attempts = entries[index].progress.attempts(of: submit.segment)
        switch row.retry {
        case .never:
            return .refused(status)
        case .otherBindOnce:
            return .otherBind(status)
        case .afterBindBackoff:
            let pause = limits.throttle.pause * (1 << min(attempts, 10))
            let due = max(now + pause, breaker.opensUntil ?? now)
            return isInTime(index, at: due, now: now) ? .retry(status, at: due) : .refused(status)
        case .times(let most, let after):
            let due = max(now + after, breaker.opensUntil ?? now)
            let mayTry = attempts < most && isInTime(index, at: due, now: now)
            return mayTry ? .retry(status, at: due) : .refused(status)
        }
    }

    /// Whether a segment that is written again then can be answered in time, with all that follows it.
    private mutating func isInTime(_ index: Int, at due: MonotonicTime, now: MonotonicTime) -> Bool {
        // What has begun in part is finished: only what its answers need is kept back.
        let reserve = entries[index].progress.hasMoreWritten ? 0 : entries[index].reserve
        return due
            <= beginBy(
                entries[index].progress.deadline, reserve: reserve,
                segments: entries[index].progress.toWrite + 1, rate: throughput(now: now))
    }

    private mutating func apply(_ verdict: SubmitVerdict, to submit: OpenSubmit, on bind: Int) {
        let index = submit.message.index
        switch verdict {
        case .accepted: binds[bind].counters.accepted += 1
        case .refused, .retry, .otherBind: binds[bind].counters.refused += 1
        }
        unwritten -= entries[index].progress.toWrite
        entries[index].progress.answered(submit.segment, verdict)
        unwritten += entries[index].progress.toWrite
        switch verdict {
        case .accepted: break
        case .refused, .otherBind: binds[Int(entries[index].bind)].forget(index)
        case .retry:
            // What follows in the message waits for the segment; other messages go on.
            guard entries[index].progress.stop == nil, let due = entries[index].progress.resumeAt else { break }
            binds[Int(entries[index].bind)].forget(index)
            queues.setAside(index)
            delay(submit.message, until: due)
        }
        settle(index)
    }

    /// A finished message leaves with its outcome; one that its bind did not carry goes to another, once.
    mutating func settle(_ index: Int) {
        guard entries[index].progress.isFinished else { return }
        if entries[index].progress.wantsOtherBind, let other = otherBind(than: Int(entries[index].bind)) {
            entries[index].progress.startOver(forRefusal: true)
            unwritten += entries[index].progress.toWrite
            pin(index, to: other)
            return
        }
        complete(index, notSent: CarrierRefusal(.notInTime, retryAfter: .seconds(1)))
    }

    /// The message goes on, or begins anew, on this bind before others begin there.
    mutating func pin(_ index: Int, to bind: Int) {
        queues.remove(index)
        entries[index].bind = Int32(bind)
        binds[bind].pinned.append(index)
        mayHaveBegun = true
    }

    private func otherBind(than bind: Int) -> Int? {
        let others = binds.indices.filter { $0 != bind && binds[$0].state == .up && binds[$0].silence.isClosed }
        return others.min { binds[$0].window.count < binds[$1].window.count }
    }

    private mutating func delay(_ key: MessageKey, until due: MonotonicTime) {
        delayed.removeAll { $0.key == key }
        var index = delayed.count
        while index > 0, delayed[index - 1].due > due { index -= 1 }
        delayed.insert((due, key), at: index)
    }

    // MARK: Late

    private mutating func answeredLate(
        bind: Int, _ sequence: UInt32, _ status: CommandStatus, _ messageID: String, now: MonotonicTime
    ) {
        guard let missing = binds[bind].window.takeLate(sequence, now: now) else {
            binds[bind].counters.unexpected += 1
            return
        }
        heard(on: bind, now: now)
        late(missing.tag, missing.segment, status, messageID, overdueBy: now - missing.givenUpAt, on: bind)
    }

    /// The answer is in time for its slot, but its message was told at its deadline.
    private mutating func outlived(
        _ submit: OpenSubmit, _ status: CommandStatus, _ messageID: String, on bind: Int,
        now: MonotonicTime
    ) {
        binds[bind].counters.unknown += 1
        late(submit.tag, submit.segment, status, messageID, overdueBy: now - submit.givenUpAt, on: bind)
    }

    private mutating func late(
        _ tag: UInt64, _ segment: Int, _ status: CommandStatus, _ messageID: String, overdueBy: Duration,
        on bind: Int
    ) {
        binds[bind].counters.late += 1
        let response = LateResponse(
            tag: tag, segment: segment, status: status, messageID: messageID, overdueBy: max(.zero, overdueBy))
        steps.append(.late(response, bind: bind))
    }
}
