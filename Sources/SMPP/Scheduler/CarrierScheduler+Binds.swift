/// Binds come and go.
extension CarrierScheduler {
    /// The bind is bound and submits: a new connection, with sequence numbers from 1. Where the one before answered nothing, one
    /// message tries it first.
    package mutating func bindUp(_ bind: Int, now: MonotonicTime) {
        guard binds[bind].state == .down else { return }
        binds[bind].state = .up
        binds[bind].answeredAt = now
        binds[bind].hasDrained = false
        slots += binds[bind].window.capacity
        countOwnRates()
    }

    /// Nothing begins on the bind any more; what was begun there is finished. `CarrierStep.drained` tells when it is, and
    /// its connection is ended by `bindDown`. Where no other bind is left, what waits goes back.
    package mutating func bindDraining(_ bind: Int, now: MonotonicTime) {
        guard binds[bind].state == .up else { return }
        binds[bind].state = .draining
        binds[bind].hasDrained = false
        // What is to begin anew here may as well begin elsewhere.
        for index in Array(binds[bind].pinned) where canStartOver(index) { requeue(index) }
        countOwnRates()
        handBackWithoutBind(now: now)
        drainedIfEmpty(bind)
    }

    /// As `bindDraining`, but what was begun is not finished either: the carrier takes nothing any more.
    package mutating func bindClosing(_ bind: Int, now: MonotonicTime) {
        bindDraining(bind, now: now)
        guard binds[bind].state == .draining else { return }
        binds[bind].state = .closing
        drainedIfEmpty(bind)
    }

    /// A bind that drained goes on after all.
    package mutating func bindResumed(_ bind: Int) {
        guard binds[bind].state == .draining else { return }
        binds[bind].state = .up
        countOwnRates()
    }

    /// The wait of a bind that drains is over: what is open there is told as unknown, what was begun and not written as
    /// not sent. Answers that still come are late ones.
    package mutating func abandon(_ bind: Int, now: MonotonicTime) {
        guard binds[bind].state != .down else { return }
        while let submit = binds[bind].window.giveUpOldest(now: now) {
            open -= 1
            giveUp(submit, .carrierTimeout, on: bind)
        }
        leaveBind(bind, now: now)
        drainedIfEmpty(bind)
    }

    /// The connection is gone: what is open there is unknown, what never reached the socket is not sent.
    ///
    /// - Parameter neverLeft: the sequence numbers of requests of which no byte was handed to the socket.
    package mutating func bindDown(_ bind: Int, neverLeft: [UInt32] = [], now: MonotonicTime) {
        guard binds[bind].state != .down else {
            // What a connection took that never came to be bound.
            return binds[bind].window.restart()
        }
        slots -= binds[bind].window.capacity
        binds[bind].state = .down
        countOwnRates()
        if isQuiet(bind, now: now) { silence(bind, atOnce: true, now: now) }
        for sequence in neverLeft {
            guard let submit = binds[bind].window.close(sequence) else { continue }
            open -= 1
            binds[bind].counters.written -= 1
            retractTrial(sequence, on: bind, now: now)
            guard isLive(submit.message) else { continue }
            let index = submit.message.index
            unwritten -= entries[index].progress.toWrite
            entries[index].progress.neverLeft(submit.segment)
            unwritten += entries[index].progress.toWrite
        }
        if case .onTrial(let sequence, bind) = breaker.state { retractTrial(sequence, on: bind, now: now) }
        while let submit = binds[bind].window.dropOldest() {
            open -= 1
            giveUp(submit, .connectionLost, on: bind)
        }
        binds[bind].window.restart()
        binds[bind].silence.tryAtOnce(now: now)
        leaveBind(bind, now: now)
        handBackWithoutBind(now: now)
    }

    /// The carrier stops: nothing new is taken; what was taken is finished as long as a bind is there for it.
    package mutating func stop() {
        isStopping = true
    }

    /// After a stop: messages are taken again, by binds that come up.
    package mutating func start() {
        isStopping = false
    }

    /// Another scheduler is about to have what waits: nothing of it begins here until `handOver`. What was begun is finished.
    ///
    /// - Returns: when the other one may write: then the pace has room for more than what was begun here.
    package mutating func prepareHandOver(now: MonotonicTime) -> MonotonicTime {
        isHandingOver = true
        let begun = queues.inTurn().reduce(unwritten) { $0 - (isBegun($1) ? 0 : entries[$1].progress.toWrite) }
        return pace.dueAt(after: begun, now: now)
    }

    /// As `stop`; and all of which no byte was written goes back as `draining`, in turn.
    package mutating func handOver() {
        stop()
        isHandingOver = false
        for index in queues.inTurn() where !isBegun(index) {
            complete(index, notSent: CarrierRefusal(.draining))
        }
    }

    /// Nothing is written until then: another scheduler has the carrier's pace.
    package mutating func hold(until time: MonotonicTime) {
        pace.hold(until: time)
    }

    /// PDUs per second that are never exceeded; nil = no limit.
    package var rate: Double? { pace.ceiling }

    /// The carrier's rate is another one from now on; nil = none.
    package mutating func setRate(_ rate: Double?, now: MonotonicTime) {
        pace.setCeiling(rate, now: now)
        throughputAt = MonotonicTime(nanoseconds: 0)
    }

    private func isBegun(_ index: Int) -> Bool {
        entries[index].progress.wasWritten || entries[index].progress.open > 0
    }

    /// A sequence number for a request on this bind that is not a `submit_sm`.
    package mutating func takeSequence(on bind: Int) -> UInt32 {
        binds[bind].window.takeSequence()
    }

    /// Whether a response to this sequence number would find a message, in time or late.
    package func expects(_ sequence: UInt32, on bind: Int) -> Bool {
        binds[bind].window.expects(sequence)
    }

    /// Whether nothing is open on the bind and nothing begun there is left to be written.
    package func isEmpty(_ bind: Int) -> Bool {
        binds[bind].isEmpty
    }

    // MARK: Steps

    private mutating func countOwnRates() {
        ownRates = nil
        throughputAt = MonotonicTime(nanoseconds: 0)
        var sum = 0.0
        for bind in binds where bind.state == .up {
            guard let rate = bind.pace?.rate else { return }
            sum += rate
        }
        if sum > 0 { ownRates = sum }
    }

    mutating func drainedIfEmpty(_ bind: Int) {
        switch binds[bind].state {
        case .down, .up: return
        case .draining, .closing: break
        }
        guard !binds[bind].hasDrained, binds[bind].isEmpty else { return }
        binds[bind].hasDrained = true
        steps.append(.drained(bind: bind))
    }

    /// A segment will not be answered any more.
    mutating func giveUp(_ submit: OpenSubmit, _ reason: UnknownReason, on bind: Int) {
        binds[bind].counters.unknown += 1
        switch reason {
        case .carrierTimeout: break
        case .connectionLost: binds[bind].counters.lost += 1
        }
        guard isLive(submit.message) else { return }
        entries[submit.message.index].progress.gaveUp(submit.segment, reason)
        settle(submit.message.index)
    }

    /// Messages that were begun on a bind of which nothing is open any more: those that nobody has seen begin anew
    /// elsewhere, the others are told as they are.
    private mutating func leaveBind(_ bind: Int, now: MonotonicTime) {
        for index in entries.indices where entries[index].isTaken && Int(entries[index].bind) == bind {
            guard entries[index].progress.open == 0 else { continue }
            switch queues.state(of: index) {
            case .queued: continue
            case .aside:
                if entries[index].progress.mayMove { continue }
            case .absent:
                if canStartOver(index) {
                    requeue(index)
                    continue
                }
            }
            complete(index, notSent: CarrierRefusal(.noBind))
        }
    }

    /// Whether the message may begin anew on any bind.
    func canStartOver(_ index: Int) -> Bool {
        entries[index].progress.open == 0 && entries[index].progress.mayMove && entries[index].progress.stop == nil
    }

    /// The message begins anew, before those that came after it.
    mutating func requeue(_ index: Int) {
        let bind = Int(entries[index].bind)
        if bind >= 0 { binds[bind].forget(index) }
        unwritten -= entries[index].progress.toWrite
        entries[index].progress.startOver(forRefusal: false)
        unwritten += entries[index].progress.toWrite
        entries[index].bind = -1
        queues.putBack(index)
    }

    /// Where nothing can begin any more, what waits goes back.
    private mutating func handBackWithoutBind(now: MonotonicTime) {
        let isNoneUp = !binds.contains { $0.state == .up }
        guard isNoneUp else { return }
        let isDraining = isStopping || binds.contains { $0.state == .draining }
        let refusal = CarrierRefusal(isDraining ? .draining : .noBind)
        for index in entries.indices where entries[index].isTaken {
            switch queues.state(of: index) {
            case .absent: continue
            case .queued, .aside:
                // A message with something open, or accepted, waits on a bind that drains.
                if entries[index].progress.open > 0 || !entries[index].progress.mayMove, !isGone(index) { continue }
            }
            complete(index, notSent: refusal)
        }
    }

    private func isGone(_ index: Int) -> Bool {
        let bind = Int(entries[index].bind)
        return bind < 0 || binds[bind].state == .down
    }
}
