/// Learns how many `submit_sm` a second a carrier takes, from what it refuses for speed.
///
/// Answers are looked at in rounds of at least a second. A round knows its pace `W`, the share `f` of it that was
/// refused, and so what was delivered: `W × (1 − f)`.
///
/// ```
///              f above noise                 f as before, twice: noise
///   cruise ───────────────────▶ check ──────────────────────────────────▶ cruise, as before the cut
///    │ ▲   cut to what was        │ f above noise, but less: cut again
///    │ │   delivered              └ f gone: a limit ────────────────────▶ cruise
///    │ │ more was delivered: on, with twice the step; else back
///    │ └────────────────── probe (1.05 × … 2 ×)      every 8th round
///    └──────────────────── audit (less than what is delivered)     instead of a probe, where there is noise
///
///   stopped ──accepted again──▶ climb: twice the pace each round ──▶ probe, or cruise where a probe has just failed
///      ▲                          │ up to what went well before
///      └── nothing accepted, in any other phase; in a climb: then up to half of where it was
/// ```
///
/// Why it converges. With a limit `L` delivery is `min(W, L)`: above the limit a round delivers `L` whatever its pace, so a
/// cut lands on `L` at once, a probe above it delivers no more and is taken back, and cruising 3 % below it costs nothing:
/// there is no saw tooth. Probes are one round in nine, 5 % too fast, and as rare as their refusals were many: less than 3 %
/// of all is refused. With refusals that come whatever the pace (noise `p`) delivery is `(1 − p) × W`: the check, at a pace
/// that was just delivered, still sees `p` where a limit would refuse nothing; `p` is then expected, and no reason to be slow.
/// Where it was wrong the audit sees it. When a limit rises the steps double; when it falls, or many of the last answers are
/// refusals, the next pace is what was accepted in the last second. A stop says nothing of the limit unless a climb ends in
/// it: so the way back is a few doublings, and each climb that fails halves the end of the next.
struct PaceLearner: Hashable, Sendable {
    private enum Phase: Hashable, Sendable {
        case cruise
        case check
        case probe
        case audit
        case stopped
        case climb
    }

    /// Below the limit, where neither jitter nor rounding meets it.
    private static let cruise = 0.97
    private static let leastAnswers = 16
    /// What a check or a probe is judged by.
    private static let goodAnswers = 40
    private static let roundsToProbe = 8
    private static let firstStep = 0.05
    /// After a probe that was refused so much, so many times as many answers come first.
    private static let probePrice = 60
    /// Whom too many requests make refuse all of them is given some air.
    private static let air = 0.8
    /// More refusals than this share are never noise.
    private static let mostNoise = 0.3
    /// PDUs per second.
    private static let least = 0.5
    private static let few = 10.0
    /// What a round of a climb is judged by, and the first step beyond its end.
    private static let climbAnswers = 4
    private static let stepAfterClimb = 0.25
    /// What a carrier is thought to take that has not accepted anything yet.
    private static let unknown = 40.0
    private static let second = Duration.seconds(1)
    /// A round lasts at least so long, in nanoseconds.
    private static let round: Int64 = 1_000_000_000
    /// A probe settles so long before it counts.
    private static let settling = Duration.milliseconds(500)

    /// What the carrier takes, in PDUs per second; nil = nothing is known.
    private(set) var limit: Double?
    /// The share that is refused whatever the pace.
    private(set) var noise = 0.0

    private var phase = Phase.cruise
    private var step = Self.firstStep
    private var rounds = 0
    private var audits = 0
    /// Answers since the last probe, and how many must come before the next.
    private var sinceProbe = 0
    private var untilProbe = 0
    /// The carrier is given air until the round starts.
    private var isGivingAir = false
    private var beforeCut = 0.0
    /// What went well lately, in PDUs per second, and where a climb ends.
    private var known = 0.0
    private var goal = 0.0
    /// Checks since then that asked for another cut.
    private var failedChecks = 0
    private var cutShare = 0.0
    /// Reached once: there is nothing to learn above it.
    private let ceiling: Double?

    // The round. What was written before its start does not count.
    private var start = MonotonicTime(nanoseconds: 0)
    private var written = 0
    private var lastWrittenAt = MonotonicTime(nanoseconds: 0)
    private var answered = 0
    private var refused = 0

    /// The last twenty answers since the last cut, newest lowest; 1 = refused.
    private var recent: UInt32 = 0
    private var recentCount = 0
    private var accepted = RecentCount()
    private var heldUpAt = MonotonicTime(nanoseconds: 0)

    /// - Parameter ceiling: PDUs per second that are never exceeded anyway.
    init(ceiling: Double?) {
        self.ceiling = ceiling
    }

    /// PDUs per second to write at; nil = no limit is known.
    var pace: Double? {
        guard let limit else { return nil }
        switch phase {
        case .cruise, .check: return limit * (isGivingAir ? Self.air : Self.cruise)
        case .probe: return limit * (1 + step)
        case .stopped, .climb: return limit
        case .audit: return limit * (1 - noise) * Self.cruise
        }
    }

    /// What the carrier accepts in the long run, in PDUs per second.
    @inline(__always)
    var expected: Double? { limit.map { $0 * Self.cruise * (1 - noise) } }

    /// A `submit_sm` was written.
    ///
    /// - Parameter wasHeldUp: it would have been written before, but for the pace.
    /// - Returns: whether the pace is another one now.
    mutating func wrote(wasHeldUp: Bool, now: MonotonicTime) -> Bool {
        // What nobody asked for is not slowness.
        if wasHeldUp {
            heldUpAt = now
        } else if lastWrittenAt.nanoseconds(until: now) > Self.round, phase != .stopped {
            begin(after: .zero, now: max(now, start))
        }
        lastWrittenAt = now
        guard now >= start else { return false }
        if written == 0 { start = now }
        written += 1
        guard isGivingAir else { return false }
        isGivingAir = false
        return true
    }

    /// An answer came: accepted, or refused for speed.
    ///
    /// - Returns: whether the pace is another one now.
    mutating func answered(isRefused: Bool, writtenAt: MonotonicTime, now: MonotonicTime) -> Bool {
        if !isRefused { accepted.add(now: now) } else { heldUpAt = now }
        sinceProbe += 1
        guard writtenAt >= start, phase != .stopped else { return false }
        answered += 1
        recent = recent << 1 | (isRefused ? 1 : 0)
        recentCount = min(20, recentCount + 1)
        if isRefused {
            refused += 1
            if isStorm { return storm(now: now) }
        }
        if start.nanoseconds(until: now) >= Self.round, answered >= enough { return judge(now: now) }
        return phase == .probe && isHopeless ? judge(now: now) : false
    }

    /// Nothing is accepted any more. Answers do not count until `resumed`.
    mutating func stopped(now: MonotonicTime) {
        switch phase {
        case .stopped: return
        case .climb: goal = (limit ?? goal) / 2
        case .probe:
            goal = limit ?? known
            endProbe()
        case .cruise, .check, .audit: goal = max(known, limit ?? 0)
        }
        if goal == 0 { goal = ceiling ?? Self.unknown }
        goal = max(Self.least, goal)
        known = min(known, goal)
        limit = max(goal / 16, min(goal / 2, Self.few))
        phase = .stopped
        isGivingAir = false
        recentCount = 0
    }

    /// It accepts again.
    mutating func resumed(now: MonotonicTime) {
        guard phase == .stopped else { return }
        phase = .climb
        heldUpAt = now
        begin(after: .zero, now: now)
    }

    /// What was learnt is forgotten where nobody ran into it for `time`.
    ///
    /// - Returns: whether it was.
    mutating func forget(after time: Duration, now: MonotonicTime) -> Bool {
        guard limit != nil, phase != .stopped, now - heldUpAt >= time else { return false }
        limit = nil
        endProbe()
        begin(after: .zero, now: now)
        return true
    }

    /// When `forget` has something to do.
    @inline(__always)
    func forgetsAt(after time: Duration) -> MonotonicTime? {
        limit == nil || phase == .stopped ? nil : heldUpAt + time
    }

    // MARK: Rounds

    private mutating func begin(after settling: Duration, now: MonotonicTime) {
        start = now + settling
        written = 0
        answered = 0
        refused = 0
    }

    /// Answers that a round is judged by.
    private var enough: Int {
        let least: Int
        switch phase {
        case .cruise, .audit: least = Self.leastAnswers
        case .check: least = cutShare > 0.5 ? Self.leastAnswers : Self.goodAnswers
        case .probe: least = Self.goodAnswers
        case .climb, .stopped: return Self.climbAnswers
        }
        return least + Int(200 * noise)
    }

    /// Many of the last answers are refusals; in a probe, which is expected to see some: all.
    private var isStorm: Bool {
        if phase == .probe { return recentCount >= 8 && recent & 0xFF == 0xFF }
        let many = (recent & 0xF_FFFF).nonzeroBitCount
        return recentCount >= 8 && many * 10 >= recentCount * 7
    }

    /// A probe that is clearly too fast is not carried to its end.
    private var isHopeless: Bool {
        let expected = noise * Double(answered)
        let excess = Double(refused) - expected
        guard excess >= 4 + 2 * expected.squareRoot() else { return false }
        let delivered = (1 + step) * (1 - Double(refused) / Double(answered)) / (1 - noise)
        return delivered < 1 - step
    }

    /// The pace becomes what was accepted lately: at once, without waiting for the end of the round.
    private mutating func storm(now: MonotonicTime) -> Bool {
        recentCount = 0
        recent = 0
        if phase == .probe, limit != nil {
            // What was known before the probe still holds, until a check says otherwise.
            endProbe()
        } else {
            beforeCut = limit ?? 0
            let lately = Double(accepted.lastSecond(now: now)) / (1 - noise)
            let pace = limit ?? Double(written) / max(1, Double((now - start).nanoseconds) / 1e9)
            // Where nothing was, that is no pace, but perhaps an outage.
            limit = max(Self.least, lately > 0 ? lately : pace / 2)
            if phase == .climb { known = min(known, limit ?? known) }
        }
        cutShare = 1
        phase = .check
        isGivingAir = true
        begin(after: Self.second, now: now)
        return true
    }

    private mutating func judge(now: MonotonicTime) -> Bool {
        let seconds = max(1e-3, Double((now - start).nanoseconds) / 1e9)
        let count = Double(answered)
        let share = Double(refused) / count
        let pace = Double(written) / seconds
        // A round with pauses in it was no slower for the carrier.
        let lately = Double(accepted.lastSecond(now: now))
        let isBusy = self.pace.map { pace >= 0.85 * $0 } ?? true
        let delivered = max(pace * (1 - share), limit == nil || !isBusy ? lately : 0) / (1 - noise)
        let isExcess = share > noise + 0.01 + 3 * (noise * (1 - noise) / count).squareRoot()
        let before = self.pace
        switch phase {
        case .cruise where isExcess, .check where isExcess && !isNoise(share):
            cut(to: delivered, share, from: limit ?? pace, now: now)
        case .check where isExcess:
            noise = share
            limit = beforeCut
            phase = .cruise
            rounds = Self.roundsToProbe / 2
            begin(after: Self.settling, now: now)
        case .cruise, .check:
            // Chance may have made the cut.
            if phase == .check, noise > 0.02 { rounds = max(rounds, Self.roundsToProbe - 2) }
            phase = .cruise
            learnNoise(share, count)
            known = limit ?? max(delivered, known * 0.95)
            cruised(isBusy: isBusy, now: now)
        case .climb where refused > 1 && share > noise + 0.1:
            known = min(known, delivered)
            cut(to: delivered, share, from: limit ?? pace, now: now)
        case .climb, .stopped:
            climbed(now: now)
        case .probe:
            probed(delivered, share, pace: pace, isBusy: isBusy, isExcess: isExcess, now: now)
        case .audit:
            if share < noise / 2, let limit {
                self.limit = limit * (1 - noise)
                noise = share
            } else {
                learnNoise(share, count)
            }
            phase = .cruise
            begin(after: Self.settling, now: now)
        }
        if let limit, let ceiling, limit * Self.cruise >= ceiling {
            self.limit = nil
            endProbe()
        }
        return self.pace != before
    }

    /// Whether what is refused at a pace that was just delivered is refused whatever the pace.
    private func isNoise(_ share: Double) -> Bool {
        share <= Self.mostNoise && share >= cutShare / 3 && failedChecks > 0 && beforeCut > 0
    }

    private mutating func learnNoise(_ share: Double, _ count: Double) {
        noise += (share - noise) * count / (count + 200)
        noise = min(Self.mostNoise, max(0, noise))
    }

    private mutating func cut(to delivered: Double, _ share: Double, from: Double, now: MonotonicTime) {
        if phase == .check, cutShare <= 0.5 {
            failedChecks += 1
        } else {
            beforeCut = from
            failedChecks = 0
        }
        // At a few a second a single refusal is a large share.
        let least = from < Self.few ? max(Self.least, (limit ?? 0) * 0.85) : Self.least
        limit = max(least, delivered)
        cutShare = share
        rounds = 0
        phase = .check
        step = Self.firstStep + noise / 2
        begin(after: Self.second, now: now)
    }

    private mutating func cruised(isBusy: Bool, now: MonotonicTime) {
        begin(after: .zero, now: now)
        guard limit != nil, isBusy else { return }
        rounds += 1
        guard rounds >= Self.roundsToProbe, sinceProbe >= untilProbe else { return }
        rounds = 0
        audits += 1
        phase = noise > 0.02 && audits % 2 == 1 ? .audit : .probe
        begin(after: Self.settling, now: now)
    }

    private mutating func climbed(now: MonotonicTime) {
        limit = min(goal, 2 * (limit ?? goal))
        guard limit == goal else { return begin(after: .zero, now: now) }
        known = goal
        phase = .cruise
        rounds = 0
        if sinceProbe >= untilProbe {
            phase = .probe
            step = Self.stepAfterClimb
        }
        begin(after: Self.settling, now: now)
    }

    private mutating func probed(
        _ delivered: Double, _ share: Double, pace: Double, isBusy: Bool, isExcess: Bool, now: MonotonicTime
    ) {
        guard let limit else { return }
        // Too little was asked for to say anything.
        guard isBusy || isExcess else { return begin(after: .zero, now: now) }
        if delivered >= limit * (1 + step / 2) {
            known = isExcess ? delivered : min(delivered, max(pace, limit * (1 + step)))
            self.limit = known
            step = min(1, step * 2)
            untilProbe = 0
            begin(after: Self.settling, now: now)
        } else {
            isGivingAir = share > 0.5
            endProbe()
            begin(after: isExcess ? Self.second : .zero, now: now)
        }
    }

    private mutating func endProbe() {
        phase = .cruise
        step = Self.firstStep + noise / 2
        rounds = 0
        untilProbe = Self.probePrice * refused
        sinceProbe = 0
    }
}
