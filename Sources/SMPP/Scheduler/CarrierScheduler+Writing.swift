/// Which message, on which bind, and when.
extension CarrierScheduler {
    /// The next segment to write; its slot and sequence number are taken with it. Call it until it gives nil.
    package mutating func nextWrite(now: MonotonicTime) -> CarrierWrite? {
        guard unwritten > 0, open < slots, pace.dueAt <= now, breaker.allows(now: now) else { return nil }
        return continueBegun(now: now) ?? beginNext(now: now)
    }

    /// All that `nextWrite` gave for this bind has left for the socket: other binds are next, and the pace counts from here where
    /// that was late.
    package mutating func left(_ bind: Int, now: @autoclosure () -> MonotonicTime) {
        if bind == cursor { turn(to: bind + 1) }
        guard awaitsLeaving else { return }
        awaitsLeaving = false
        let now = now()
        pace.left(now: now)
        for bind in binds.indices { binds[bind].pace?.left(now: now) }
    }

    private mutating func turn(to bind: Int) {
        cursor = wrapped(bind)
        inARow = 0
    }

    /// What `nextWrite` gave cannot be encoded: no byte of it was handed to a socket. Its slot is free again, and the
    /// rest of its message is not written.
    package mutating func couldNotWrite(_ write: CarrierWrite, now: MonotonicTime) {
        guard binds[write.bind].window.close(write.sequence) != nil else { return }
        open -= 1
        binds[write.bind].counters.written -= 1
        retractTrial(write.sequence, on: write.bind, now: now)
        let index = write.message.index
        guard isLive(write.message) else { return }
        unwritten -= entries[index].progress.toWrite
        entries[index].progress.couldNotWrite(write.segment)
        unwritten += entries[index].progress.toWrite
        binds[write.bind].forget(index)
        settle(index)
    }

    // MARK: Choice

    /// A message that has begun is finished before others begin on its bind.
    private mutating func continueBegun(now: MonotonicTime) -> CarrierWrite? {
        guard mayHaveBegun else { return nil }
        var isAnyBegun = false
        for step in binds.indices {
            let bind = wrapped(cursor + step)
            while binds[bind].begun >= 0, canWrite(bind, now: now) {
                let index = binds[bind].begun
                guard let segment = entries[index].progress.nextToWrite else {
                    binds[bind].forget(index)
                    continue
                }
                if entries[index].progress.deadline < now.adding(nanoseconds: responseMargin) {
                    runOutOfTime(index)
                    continue
                }
                return write(index, segment, on: bind, now: now)
            }
            if binds[bind].begun >= 0 { isAnyBegun = true }
        }
        mayHaveBegun = isAnyBegun
        return nil
    }

    /// The next message in turn begins, if it can be answered in time.
    private mutating func beginNext(now: MonotonicTime) -> CarrierWrite? {
        guard !isHandingOver, queues.next != nil, let bind = freeBind(now: now) else { return nil }
        let rate = throughput(now: now)
        while let index = queues.next {
            guard now <= beginBy(index, rate: rate), let segment = entries[index].progress.nextToWrite else {
                complete(index, notSent: CarrierRefusal(.notInTime, retryAfter: .seconds(1)))
                continue
            }
            queues.passTurn()
            queues.remove(index)
            entries[index].bind = Int32(bind)
            if bind != cursor { turn(to: bind) }
            inARow += 1
            if inARow >= Self.mostInARow { turn(to: bind + 1) }
            return write(index, segment, on: bind, now: now)
        }
        return nil
    }

    private mutating func freeBind(now: MonotonicTime) -> Int? {
        for step in binds.indices {
            let bind = wrapped(cursor + step)
            if binds[bind].state == .up, binds[bind].begun < 0, canWrite(bind, now: now) { return bind }
        }
        return nil
    }

    private func wrapped(_ bind: Int) -> Int { bind < binds.count ? bind : bind - binds.count }

    /// Whether the bind has a free slot that may be used.
    @inline(__always)
    private func canWrite(_ bind: Int, now: MonotonicTime) -> Bool {
        switch binds[bind].state {
        case .down, .closing: return false
        case .up, .draining: break
        }
        if let due = binds[bind].pace?.dueAt, due > now { return false }
        let window = binds[bind].window.capacity
        let usable = pace.congestionState(now: now) == 0 ? window : max(1, Int(Double(window) * pace.share(now: now)))
        return binds[bind].window.count < usable && binds[bind].silence.allows(now: now)
    }

    private mutating func write(_ index: Int, _ segment: Int, on bind: Int, now: MonotonicTime) -> CarrierWrite? {
        let key = key(index)
        let overdue = now.adding(nanoseconds: responseTimeout)
        let submit = OpenSubmit(
            message: key, segment: segment, tag: entries[index].tag, deadline: overdue,
            messageDeadline: entries[index].progress.deadline)
        guard let sequence = binds[bind].window.open(submit) else { return nil }
        entries[index].progress.wrote(segment)
        let hasMore = entries[index].progress.nextToWrite != nil
        if binds[bind].current == index {
            if !hasMore { binds[bind].current = -1 }
        } else if !binds[bind].pinned.isEmpty, binds[bind].pinned.first == index {
            if !hasMore { binds[bind].pinned.removeFirst() }
        } else if hasMore {
            binds[bind].current = index
            mayHaveBegun = true
        }
        unwritten -= 1
        open += 1
        binds[bind].counters.written += 1
        if overdueAt == nil { overdueAt = overdue }
        breaker.wrote(sequence, on: bind)
        binds[bind].silence.wrote(sequence, on: bind)
        pace.wrote(now: now)
        binds[bind].pace?.wrote(now: now)
        if pace.isKept || binds[bind].pace != nil { awaitsLeaving = true }
        return CarrierWrite(bind: bind, message: key, segment: segment, sequence: sequence)
    }

    /// What is left of a begun message could not be answered before its deadline.
    private mutating func runOutOfTime(_ index: Int) {
        unwritten -= entries[index].progress.toWrite
        entries[index].progress.runOutOfTime()
        binds[Int(entries[index].bind)].forget(index)
        settle(index)
    }

    /// The request that a carrier out of order was tried with came to nothing.
    mutating func retractTrial(_ sequence: UInt32, on bind: Int, now: MonotonicTime) {
        if breaker.isTrial(sequence, on: bind) { breaker.retract(now: now) }
        if binds[bind].silence.isTrial(sequence, on: bind) { binds[bind].silence.retract(now: now) }
    }
}
