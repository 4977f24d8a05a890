/// What people are told of a carrier's scheduler.
package struct CarrierTelling: Hashable, Sendable {
    package var readiness: CarrierReadiness
    /// Why it is paused or tripped; nil = it is neither.
    package var trouble: CarrierTrouble?
    /// Since the last refusal for speed; nil = there was none.
    package var throttledAgo: Duration?
    /// PDUs per second: what is configured; nil = no ceiling.
    package var rate: Double?
    /// What the carrier takes, as far as it is learnt; nil = no limit is known.
    package var learntRate: Double?
    /// The pace that is kept now, congestion included; nil = none.
    package var pace: Double?
    /// The share of segments that it refuses for speed whatever the pace, 0 to 0.3.
    package var noise: Double
    /// The carrier's `congestion_state`, 0 to 100.
    package var congestion: UInt32
    /// Messages that wait, and segments to be written.
    package var waiting: Int
    package var unwritten: Int
    /// How long a newcomer would wait behind all that, and until the carrier is tried again.
    package var expectedWait: Duration
    /// What 95 of 100 answers take at most, lately; zero before the first.
    package var responseTime: Duration
    /// What answers take lately on average, in seconds; nil before the first.
    package var meanResponseTime: Double?
    /// Requests that are open, and slots of the binds that are up.
    package var open: Int
    package var slots: Int
}

/// What a paused or tripped carrier does.
package enum CarrierTrouble: Hashable, Sendable {
    /// It refuses everything, of late like this.
    case refuses(CommandStatus)
    /// It answers nothing.
    case silent
}

/// What people are told of a bind's messages.
package struct BindTelling: Hashable, Sendable {
    /// Requests that are open, and how many may be.
    package var open: Int
    package var window: Int
    /// Overdue responses that are still waited for.
    package var missing: Int
    /// Totals since the start, over all connections.
    package var counters: SubmitCounters
    /// Refusals by the name of their status.
    package var refusals: [String: UInt64]
    /// From the write of a segment to the answer in time.
    package var responseTimes: TimeHistogram
}

extension CarrierScheduler {
    /// Totals of all binds since the start.
    package var counters: SubmitCounters {
        var sum = SubmitCounters()
        for bind in binds {
            sum.written += bind.counters.written
            sum.accepted += bind.counters.accepted
            sum.refused += bind.counters.refused
            sum.unknown += bind.counters.unknown
            sum.lost += bind.counters.lost
            sum.late += bind.counters.late
            sum.unexpected += bind.counters.unexpected
            sum.throttled += bind.counters.throttled
        }
        return sum
    }

    /// What people are told of a bind.
    package func telling(of bind: Int) -> BindTelling {
        let bind = binds[bind]
        return BindTelling(
            open: bind.window.count, window: bind.window.capacity, missing: bind.window.missing,
            counters: bind.counters, refusals: bind.refusals,
            responseTimes: bind.responseTimes)
    }

    /// Whether answers stay away from the bind: nothing is written on it now, or a probe is. False once the next message may be
    /// the probe, so that a bind without traffic is not told as silent for ever.
    package func isSilent(_ bind: Int, now: MonotonicTime) -> Bool { !binds[bind].silence.allows(now: now) }

    /// Requests that are open on the bind.
    package func open(on bind: Int) -> Int { binds[bind].window.count }

    /// Messages that are not begun, or wait for a retry.
    package var waiting: Int { queues.count }

    /// What people are told.
    package mutating func telling(now: MonotonicTime) -> CarrierTelling {
        let share = pace.share(now: now)
        let (opens, closed) = gate(hasNext: false, waiting: queues.count, now: now)
        let begins = max(opens, now, closed == nil ? pace.dueAt : now)
            .adding(seconds: Double(unwritten) / throughput(now: now))
        let readiness = shownReadiness(now: now)
        return CarrierTelling(
            readiness: readiness, trouble: trouble(readiness), throttledAgo: throttledAt.map { now - $0 },
            rate: limits.rate, learntRate: pace.learner.limit,
            pace: pace.limit.map { $0 * share }, noise: pace.learner.noise,
            congestion: pace.congestionState(now: now), waiting: queues.count, unwritten: unwritten,
            expectedWait: begins - now,
            responseTime: .nanoseconds(times.percentile95), meanResponseTime: times.mean, open: open, slots: slots)
    }

    /// A single answer that stayed away is no trouble yet: the next message tells.
    private mutating func shownReadiness(now: MonotonicTime) -> CarrierReadiness {
        let readiness = readiness(now: now)
        guard case .tripped = readiness, breaker.isClosed else { return readiness }
        return binds.contains { $0.state == .up && $0.silence.hasPaused } ? readiness : .ready
    }

    private func trouble(_ readiness: CarrierReadiness) -> CarrierTrouble? {
        switch readiness {
        case .ready, .down, .draining: nil
        case .paused, .tripped: breaker.isClosed ? .silent : refusedAs.map(CarrierTrouble.refuses) ?? .silent
        }
    }

    /// How long all that is here takes, open requests included, in nanoseconds: by this a message is given to one of several lanes.
    package mutating func load() -> Int64 {
        Int64(min(1e15, Double(unwritten + open) / lastThroughput * 1e9))
    }

    /// How often a message was refused or handed back for this reason.
    package func refused(_ reason: CarrierRefusal.Reason) -> UInt64 {
        CarrierRefusal.Reason.allCases.firstIndex(of: reason).map { refusals[$0] } ?? 0
    }
}
