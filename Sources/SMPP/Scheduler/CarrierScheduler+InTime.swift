/// What can be answered in time, and whether the carrier is one to wait for.
extension CarrierScheduler {
    /// How much time a message that comes now needs to have left when it is begun after waiting, in nanoseconds: at most
    /// half of what it comes with.
    @inline(__always)
    func reserve(until deadline: MonotonicTime, now: MonotonicTime) -> Int64 {
        min(reserve, max(0, now.nanoseconds(until: deadline) / 2))
    }

    /// What an answer may take, in nanoseconds: its 95th percentile lately.
    var responseMargin: Int64 { max(leastResponse, times.percentile95) }

    /// Segments a second that can be counted on, retries included.
    ///
    /// A full window with slow answers is a pace of its own: slots ÷ mean response time.
    mutating func throughput(now: MonotonicTime) -> Double {
        guard throughputAt != now else { return lastThroughput }
        throughputAt = now
        var rate = pace.expected(now: now) ?? Self.throughputUnknown
        if let ownRates { rate = min(rate, ownRates) }
        if let mean = times.mean {
            rate = min(rate, Double(max(1, slots)) * pace.share(now: now) / max(mean, 1e-5))
        }
        lastThroughput = max(rate, 1e-3)
        return lastThroughput
    }

    /// The last moment at which a message may be begun.
    @inline(__always)
    func beginBy(_ deadline: MonotonicTime, reserve: Int64, segments: Int, rate: Double) -> MonotonicTime {
        let needed = responseMargin + Int64(min(1e15, Double(segments) / rate * 1e9))
        return deadline.adding(nanoseconds: -max(reserve, needed))
    }

    /// The same for a message that waits here.
    @inline(__always)
    func beginBy(_ index: Int, rate: Double) -> MonotonicTime {
        beginBy(
            entries[index].progress.deadline, reserve: entries[index].reserve,
            segments: entries[index].progress.toWrite, rate: rate)
    }

    /// Segments that are written before a newcomer's, at most: in each round every account has one message.
    @inline(__always)
    func aheadInTurn(_ offer: CarrierOffer) -> Int {
        guard queues.count > 0 else { return unwritten }
        let rounds = queues.waiting(account: offer.account) + 1
        let perMessage = Double(unwritten) / Double(queues.count)
        return Int((Double(rounds * max(1, queues.accounts)) * perMessage).rounded(.up))
    }

    // MARK: Readiness

    /// Whether the carrier takes messages.
    package mutating func readiness(now: MonotonicTime) -> CarrierReadiness {
        isStopping ? .draining : health(now: now)
    }

    /// The same, whether it is being stopped or not: what was taken is still written.
    mutating func health(now: MonotonicTime) -> CarrierReadiness {
        var isAnyUp = false
        var earliest: MonotonicTime?
        for bind in binds.indices where binds[bind].state == .up {
            isAnyUp = true
            guard breaker.isClosed else { break }
            if binds[bind].silence.isClosed { return .ready }
            let until = binds[bind].silence.opensUntil ?? binds[bind].window.nextDeadline ?? now
            earliest = min(earliest ?? until, until)
        }
        guard isAnyUp else { return .down }
        // On trial the answer decides: now.
        let until = earliest ?? breaker.opensUntil ?? now
        return isPaused && !breaker.isClosed ? .paused(until: until) : .tripped(until: until)
    }

    /// No answer came for longer than usual while some were due.
    mutating func isQuiet(now: MonotonicTime) -> Bool {
        guard open > 0, answeredAt.adding(nanoseconds: quiet) <= now else { return false }
        let patience = patience
        guard let overdueAt, answeredAt.adding(nanoseconds: patience) <= now else { return false }
        // Not later than the true one: the look at the binds only confirms.
        guard overdueAt.adding(nanoseconds: patience - responseTimeout) <= now else { return false }
        var isAnyOpen = false
        for bind in binds.indices where binds[bind].state == .up {
            guard isQuiet(bind, now: now) else { return false }
            isAnyOpen = true
        }
        return isAnyOpen
    }

    /// The same for one bind.
    mutating func isQuiet(_ bind: Int, now: MonotonicTime) -> Bool {
        guard let since = binds[bind].openSince(responseTimeout: responseTimeout) else { return false }
        return max(since, binds[bind].answeredAt).adding(nanoseconds: patience) <= now
    }

    /// How long no answer is nothing unusual, in nanoseconds.
    private var patience: Int64 { max(quiet, min(4 * times.percentile95, responseTimeout)) }

    /// When something may be written again as far as the carrier's state goes, and why a message does not wait for it.
    ///
    /// - Parameters:
    ///   - hasNext: another carrier may take the message.
    ///   - waiting: messages that wait already, and might be the trial.
    mutating func gate(hasNext: Bool, waiting: Int, now: MonotonicTime) -> (
        opens: MonotonicTime, closed: CarrierRefusal?
    ) {
        let health = health(now: now)
        switch health {
        case .ready:
            guard hasNext, isQuiet(now: now) else { return (now, nil) }
            return (now, CarrierRefusal(.quiet, retryAfter: .seconds(1)))
        case .down:
            return (now, CarrierRefusal(.noBind))
        case .draining:
            return (now, CarrierRefusal(.draining))
        case .paused(let until), .tripped(let until):
            let reason = gateReason(health)
            let wait = max(.seconds(1), max(until, now) - now)
            let isOnTrial = hasTrial
            // The trial must be somebody.
            let mayTry = until <= now && !isOnTrial && waiting == 0
            if mayTry { return (now, nil) }
            // Who waits for a trial that failed before, or for an end to silence, mostly waits in vain; one may be the next trial.
            let isInVain =
                isOnTrial ? isQuiet(now: now) : until > now && waiting > 0 && (!isPaused || breaker.hasFailed)
            return (until, hasNext || isInVain ? CarrierRefusal(reason, retryAfter: wait) : nil)
        }
    }

    /// What a closed gate is told as.
    mutating func gateReason(now: MonotonicTime) -> CarrierRefusal.Reason {
        gateReason(health(now: now))
    }

    private func gateReason(_ readiness: CarrierReadiness) -> CarrierRefusal.Reason {
        switch readiness {
        case .ready: .notInTime
        case .paused: .paused
        case .tripped: .tripped
        case .down: .noBind
        case .draining: .draining
        }
    }

    /// Whether the one request is open that a carrier out of order is tried with.
    private var hasTrial: Bool {
        if !breaker.isClosed { return breaker.opensUntil == nil }
        return binds.contains { !$0.silence.isClosed && $0.silence.opensUntil == nil }
    }

    // MARK: Again

    /// Looks at all that waits: what can no longer be answered in time, or need not wait here, goes back.
    mutating func review(now: MonotonicTime) {
        reviewAt = now.adding(nanoseconds: Self.reviewEvery)
        guard queues.count > 0 else { return }
        let rate = throughput(now: now)
        let moving = gate(hasNext: true, waiting: 1, now: now)
        let staying = gate(hasNext: false, waiting: 1, now: now)
        let trying = gate(hasNext: false, waiting: 0, now: now)
        var ahead = unwritten - queuedSegments()
        for (place, index) in queues.inTurn().enumerated() {
            // What was refused by this carrier is not offered to another. The first of those that stay may be the next trial.
            let mayMove = entries[index].hasNext && !entries[index].progress.wasWritten
            let gate = mayMove ? moving : place == 0 ? trying : staying
            let segments = entries[index].progress.toWrite
            if let closed = gate.closed {
                complete(index, notSent: closed)
                continue
            }
            let begins = max(gate.opens, now).adding(seconds: Double(ahead) / rate)
            if begins > beginBy(index, rate: rate) {
                let reason = gateReason(now: now)
                complete(index, notSent: CarrierRefusal(reason, retryAfter: max(.seconds(1), begins - now)))
            } else {
                ahead += segments
            }
        }
    }

    /// Segments of messages that are not begun, or begin anew.
    private func queuedSegments() -> Int {
        queues.inTurn().reduce(0) { $0 + entries[$1].progress.toWrite }
    }
}
