/// Learns how many `submit_sm` a second a carrier takes, from what it refuses for speed.
///
/// Answers are looked at in rounds of at least a second; one begins anew after a time in which nobody asked for anything. A
/// round knows its pace `W`, the share `f` of it that was refused, and so what was delivered: `W × (1 − f)`, or the most that
/// was accepted in any second of it.
///
/// ```
///              f above noise                 f as before, twice: noise
///   cruise ───────────────────▶ check ──────────────────────────────────▶ cruise, as before the cut
///    │ ▲   cut to what was        │ f above noise, but less: cut again
///    │ │   delivered              └ f gone: a limit ────────────────────▶ cruise
///    │ │ more was delivered: on, with twice the step; else back
///    │ └────────────────── probe (1.2 × … 2 ×)       at once after a cut, until one fails
///    │                     probe (1.05 × … 2 ×)      then every 8th round
///    └──────────────────── audit (less than what is delivered)     instead of a probe, where there is noise
///
///   nothing is accepted ──▶ stopped ──▶ cruise at what was taken before; at 0.7 of it each time that fails
/// ```
///
/// Why it converges. With a limit `L` delivery is `min(W, L)`: above the limit a round delivers `L` whatever its pace, so a
/// cut lands on `L` at once, a probe above it delivers no more and is taken back, and cruising 3 % below it costs nothing:
/// there is no saw tooth. Probes are one round in nine, 5 % too fast, and as rare as their refusals were many: less than 3 %
/// of all is refused. A cut that went too far (little was asked for, and chance refused some of it) is made good in a few
/// rounds, since steps double. With refusals that come whatever the pace (noise `p`) delivery is `(1 − p) × W`: the check, at
/// a pace that was just delivered, still sees `p` where a limit would refuse nothing; `p` is then expected, and no reason to be
/// slow. Where it was wrong the audit sees it. When a limit rises the steps double; when it falls, or many of the last answers
/// are refusals, the next pace is what was accepted in the last second.
struct PaceLearner: Hashable, Sendable {
    private enum Phase: Hashable, Sendable {
        case cruise
        case check
        case probe
        case audit
    }

    /// Below the limit, where neither jitter nor rounding meets it.
    private static let cruise = 0.97
    private static let leastAnswers = 16
    /// What a check or a probe is judged by.
    private static let goodAnswers = 40
    private static let roundsToProbe = 8
    private static let firstStep = 0.05
    /// Where no probe has failed yet.
    private static let unsureStep = 0.2
    /// After a probe that was refused so much, so many times as many answers come first.
    private static let probePrice = 50
    /// Whom too many requests make refuse all of them is given some air.
    private static let air = 0.8
    /// More refusals than this share are never noise.
    private static let mostNoise = 0.3
    /// One in a hundred is chance wherever it comes.
    private static let leastNoise = 0.01
    /// PDUs per second.
    private static let least = 0.5
    private static let few = 10.0
    /// What a carrier is thought to take that has not accepted anything yet.
    private static let unknown = 40.0
    /// A round lasts at least so long, in nanoseconds.
    private static let round: Int64 = 1_000_000_000
    /// A check that has lasted so long is judged by few answers, in nanoseconds.
    private static let longCheck: Int64 = 2_000_000_000
    /// A probe settles so long before it counts, in nanoseconds.
    private static let settling: Int64 = 500_000_000
    /// Nothing was asked for so long: what comes then is a round of its own; in nanoseconds.
    private static let idle: Int64 = 250_000_000
    /// The same where something was refused.
    private static let longIdle: Int64 = 2_000_000_000
    /// What is left of a pace at which nothing is accepted whenever it is taken up again.
    private static let afterStop = 0.7
    /// At least so much is left of a pace at which one refusal stopped the carrier.
    private static let afterOneStop = 0.8
    /// As many refusals of a probe such a stop is worth.
    private static let stopPrice = 20

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
    /// No probe has failed since the limit was cut: it may be higher.
    private var isUnsure = false
    /// What was taken before nearly everything was refused, until a round is better.
    private var beforeStorm: Double?
    private var hasStopped = false
    private var beforeCut = 0.0
    /// Checks since then that asked for another cut.
    private var failedChecks = 0
    private var cutShare = 0.0
    /// Reached once: there is nothing to learn above it.
    var ceiling: Double?

    // The round. What was written before its start does not count.
    private var start = MonotonicTime(nanoseconds: 0)
    private var lastWritten = MonotonicTime(nanoseconds: 0)
    private var written = 0
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
        case .audit: return limit * (1 - noise) * Self.cruise
        }
    }

    /// What the carrier accepts in the long run, in PDUs per second.
    var expected: Double? { limit.map { $0 * Self.cruise * (1 - noise) } }

    /// A `submit_sm` was written.
    ///
    /// - Parameter wasHeldUp: it would have been written before, but for the pace.
    /// - Returns: whether the pace is another one now.
    @inline(__always)
    mutating func wrote(wasHeldUp: Bool, now: MonotonicTime) -> Bool {
        if wasHeldUp { heldUpAt = now }
        let gap = lastWritten.nanoseconds(until: now)
        lastWritten = now
        guard now >= start else { return false }
        // What nobody asked for is not slowness.
        if written == 0 || (!wasHeldUp && gap > (refused == 0 ? Self.idle : Self.longIdle)) {
            begin(after: 0, now: now)
        }
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
        guard writtenAt >= start else { return false }
        answered += 1
        recent = recent << 1 | (isRefused ? 1 : 0)
        recentCount = min(20, recentCount + 1)
        if isRefused {
            refused += 1
            if isStorm { return storm(now: now) }
        }
        let lasted = start.nanoseconds(until: now)
        if lasted >= Self.round, answered >= enough(after: lasted) { return judge(now: now) }
        return isHopeless ? judge(now: now) : false
    }

    /// Nothing is accepted any more: the way back begins at what was taken before, and at less each time that fails.
    mutating func stopped(now: MonotonicTime) {
        let before = beforeStorm ?? known
        limit = max(Self.least, hasStopped ? before * Self.afterStop : before)
        beforeStorm = limit
        hasStopped = true
        phase = .cruise
        isUnsure = true
        isGivingAir = true
        recentCount = 0
        begin(after: 0, now: now)
    }

    /// One refusal stopped it: what was accepted in the last second is the limit, though a stop right after another says little.
    mutating func stoppedByOne(now: MonotonicTime) {
        let lately = Double(max(accepted.most, accepted.lastSecond(now: now)))
        if phase != .probe || limit == nil {
            limit = max(Self.least, min(known, max(lately, known * Self.afterOneStop)))
        }
        isUnsure = false
        endProbe(refusals: Self.stopPrice)
        begin(after: 0, now: now)
    }

    /// It accepts again.
    mutating func resumed(now: MonotonicTime) {
        begin(after: 0, now: now)
    }

    /// PDUs per second that it is thought to take.
    private var known: Double { limit ?? ceiling ?? max(Self.unknown, Double(accepted.most)) }

    /// What was learnt is forgotten where nobody ran into it for `time`.
    ///
    /// - Returns: whether it was.
    mutating func forget(after time: Duration, now: MonotonicTime) -> Bool {
        guard limit != nil, now - heldUpAt >= time else { return false }
        limit = nil
        endProbe()
        begin(after: 0, now: now)
        return true
    }

    /// When `forget` has something to do.
    @inline(__always)
    func forgetsAt(after time: Duration) -> MonotonicTime? {
        limit == nil ? nil : heldUpAt + time
    }

    // MARK: Rounds

    private mutating func begin(after settling: Int64, now: MonotonicTime) {
        start = now.adding(nanoseconds: settling)
        written = 0
        answered = 0
        refused = 0
        accepted.most = 0
    }

    /// Answers that a round is judged by.
    private func enough(after lasted: Int64) -> Int {
        let least: Int
        switch phase {
        case .cruise, .audit: least = Self.leastAnswers
        case .check: least = cutShare > 0.5 || lasted > Self.longCheck ? Self.leastAnswers : Self.goodAnswers
        case .probe: least = step < Self.unsureStep ? Self.goodAnswers : Self.leastAnswers
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
        guard phase == .probe else { return false }
        let expected = noise * Double(answered)
        guard Double(refused) - expected >= 4 + 2 * expected.squareRoot() else { return false }
        let delivered = (1 + step) * (1 - Double(refused) / Double(answered)) / (1 - noise)
        return delivered < 1 - step
    }

    /// The pace becomes what was accepted lately: at once, without waiting for the end of the round.
    private mutating func storm(now: MonotonicTime) -> Bool {
        recentCount = 0
        recent = 0
        beforeStorm = beforeStorm ?? known
        if phase == .probe, limit != nil {
            // What was known before the probe still holds, until a check says otherwise.
            isUnsure = false
            endProbe()
        } else {
            isUnsure = true
            beforeCut = limit ?? 0
            let lately = Double(accepted.lastSecond(now: now)) / (1 - noise)
            let pace = limit ?? Double(written) / max(1, Double(start.nanoseconds(until: now)) / 1e9)
            // Where nothing was, that is no pace, but perhaps an outage.
            limit = max(Self.least, lately > 0 ? lately : pace / 2)
        }
        cutShare = 1
        phase = .check
        isGivingAir = true
        begin(after: Self.round, now: now)
        return true
    }

    private mutating func judge(now: MonotonicTime) -> Bool {
        let seconds = max(1e-3, Double(start.nanoseconds(until: now)) / 1e9)
        let count = Double(answered)
        let share = Double(refused) / count
        let pace = Double(written) / seconds
        // A round with pauses in it was no slower for the carrier.
        let most = Double(max(accepted.most, accepted.lastSecond(now: now)))
        if share < 0.5 {
            beforeStorm = nil
            hasStopped = false
        }
        let isBusy = self.pace.map { pace >= 0.85 * $0 } ?? true
        let delivered = max(pace * (1 - share), limit == nil || !isBusy ? most : 0) / (1 - noise)
        let usual = max(noise, Self.leastNoise)
        // Where little is written a cut is small, and few answers must do.
        let chance = (pace < Self.few ? 0 : 2) + 3 * (usual * (1 - usual) * count).squareRoot()
        let isExcess = share > noise + 0.01 + chance / count
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
            cruised(isBusy: isBusy, now: now)
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
        isUnsure = true
        phase = .check
        step = Self.firstStep + noise / 2
        begin(after: Self.round, now: now)
    }

    private mutating func cruised(isBusy: Bool, now: MonotonicTime) {
        begin(after: 0, now: now)
        guard limit != nil, isBusy else { return }
        rounds += 1
        guard rounds >= (isUnsure ? 1 : Self.roundsToProbe), sinceProbe >= untilProbe else { return }
        rounds = 0
        audits += 1
        phase = noise > 0.02 && audits % 2 == 1 ? .audit : .probe
        if isUnsure { step = max(step, Self.unsureStep) }
        begin(after: Self.settling, now: now)
    }

    private mutating func probed(
        _ delivered: Double, _ share: Double, pace: Double, isBusy: Bool, isExcess: Bool, now: MonotonicTime
    ) {
        guard let limit else { return }
        // Too little was asked for to say anything.
        guard isBusy || isExcess else { return begin(after: 0, now: now) }
        if delivered >= limit * (1 + step / 2) {
            self.limit = isExcess ? delivered : min(delivered, max(pace, limit * (1 + step)))
            step = min(1, step * 2)
            untilProbe = 0
            begin(after: Self.settling, now: now)
        } else {
            isGivingAir = share > 0.5
            isUnsure = false
            endProbe()
            begin(after: isExcess ? Self.round : 0, now: now)
        }
    }

    /// - Parameter refusals: what it cost; nil = those of the round.
    private mutating func endProbe(refusals: Int? = nil) {
        phase = .cruise
        step = Self.firstStep + noise / 2
        rounds = 0
        untilProbe = Self.probePrice * (refusals ?? refused)
        sinceProbe = 0
    }
}
