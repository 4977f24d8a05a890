/// When the next `submit_sm` of a carrier may leave: the ceiling that is configured, and below it what the carrier takes.
///
/// The arithmetic is the generic cell rate algorithm: one number, the time at which the next PDU is due. PDUs are spaced 3 %
/// wider than `1/rate`, and a late caller catches up by at most 10 ms; what was lost beyond that is lost. From any moment on,
/// `n` PDUs therefore take at least `(n − 1) × 1.03/rate − 10 ms`: no 1.02 s hold more than a whole-number `rate` of them, so
/// that as long as arrivals are shifted against each other by less than 20 ms no second at the SMSC does.
///
/// A PDU counts from when it *left*: `left` tells of a socket that was served late.
struct CarrierPace: Sendable {
    /// How much wider than the rate asks for PDUs are spaced.
    private static let spacing = 1.03
    private static let catchUp: UInt64 = 10_000_000
    /// From this `congestion_state` (SMPP 5.0 §4.8.4.18) on it is slower, down to a twentieth at 100.
    static let congestedFrom: UInt32 = 80
    /// A `congestion_state` older than this says nothing any more.
    static let congestionKept = Duration.seconds(10)
    /// PDUs per second at which a carrier without any other limit is taken, for the share that congestion leaves.
    private static let unlimited = 1000.0

    /// PDUs per second; nil = no ceiling.
    private(set) var ceiling: Double?
    private(set) var learner: PaceLearner
    private var ceilingInterval: UInt64
    /// Nanoseconds between PDUs; 0 = no pace is kept.
    private var interval: UInt64
    private var due: UInt64 = 0
    /// Not due before, whatever the pace becomes: what left late counts.
    private var earliest: UInt64 = 0
    /// Written and not yet known to have left.
    private var unflushed: UInt64 = 0
    private var congestion: UInt32 = 0
    private var congestionAt = MonotonicTime(nanoseconds: 0)

    /// - Parameter ceiling: above 0; outside of 0.001 to 1,000,000 the nearest of these counts.
    init(ceiling: Double?) {
        let bounded = ceiling.map(Self.bounded)
        self.ceiling = bounded
        learner = PaceLearner(ceiling: bounded)
        ceilingInterval = bounded.map(Self.interval) ?? 0
        interval = ceilingInterval
    }

    /// The nearest rate from 0.001 to 1,000,000.
    static func bounded(_ rate: Double) -> Double {
        rate.isNaN ? 0.001 : min(max(rate, 0.001), 1_000_000)
    }

    /// Nanoseconds between PDUs at this rate.
    static func interval(_ rate: Double) -> UInt64 {
        UInt64((1e9 * spacing / max(rate, 0.001)).rounded(.up))
    }

    /// The earliest time at which a PDU that is written now may count as due.
    static func caughtUp(_ now: MonotonicTime) -> UInt64 {
        now.nanoseconds - min(now.nanoseconds, catchUp)
    }

    /// PDUs per second at present, before congestion; nil = no limit is known.
    var limit: Double? {
        guard let learnt = learner.pace else { return ceiling }
        return ceiling.map { min($0, learnt) } ?? learnt
    }

    /// PDUs per second that can be counted on; nil = no limit is known.
    @inline(__always)
    func expected(now: MonotonicTime) -> Double? {
        let usual = ceiling.map { $0 / Self.spacing * (1 - learner.noise) }
        guard let rate = learner.expected.map({ min($0, usual ?? $0) }) ?? usual else { return nil }
        return rate * share(now: now)
    }

    /// When the next PDU may be written; not later than `now` = at once.
    var dueAt: MonotonicTime { MonotonicTime(nanoseconds: interval == 0 ? 0 : due) }

    /// When the next PDU is due once so many more are written; zero where no pace is kept.
    func dueAt(after count: Int, now: MonotonicTime) -> MonotonicTime {
        guard interval > 0 else { return MonotonicTime(nanoseconds: 0) }
        return MonotonicTime(nanoseconds: max(due, Self.caughtUp(now)) &+ UInt64(max(0, count)) &* interval)
    }

    /// Whether PDUs are held up at present.
    var isKept: Bool { interval > 0 }

    /// The last `congestion_state`, 0 to 100; 0 where the carrier does not send it.
    @inline(__always)
    func congestionState(now: MonotonicTime) -> UInt32 {
        congestion > 0 && now - congestionAt < Self.congestionKept ? congestion : 0
    }

    /// What congestion leaves of the pace and of the windows: 1, down to 0.05.
    @inline(__always)
    func share(now: MonotonicTime) -> Double {
        guard congestion >= Self.congestedFrom, now - congestionAt < Self.congestionKept else { return 1 }
        return max(0.05, Double(100 - congestion) / Double(100 - Self.congestedFrom))
    }

    // MARK: Events

    /// A `submit_sm` is written now.
    mutating func wrote(now: MonotonicTime) {
        let isHeldUp = interval > 0 && due &+ Self.catchUp > now.nanoseconds
        if learner.wrote(wasHeldUp: isHeldUp, now: now) { refresh(now: now) }
        guard interval > 0 else { return }
        due = max(due, Self.caughtUp(now)) &+ interval
        unflushed += 1
    }

    /// All that was written has left for the socket.
    mutating func left(now: MonotonicTime) {
        guard unflushed > 0 else { return }
        due = max(due, Self.caughtUp(now) &+ unflushed * ceilingInterval)
        earliest = due
        unflushed = 0
    }

    /// The ceiling is another one from now on.
    mutating func setCeiling(_ rate: Double?, now: MonotonicTime) {
        ceiling = rate.map(Self.bounded)
        learner.ceiling = ceiling
        ceilingInterval = ceiling.map(Self.interval) ?? 0
        refresh(now: now)
    }

    /// Another has written up to now, and has its PDUs until then.
    mutating func hold(until time: MonotonicTime) {
        earliest = max(earliest, time.nanoseconds)
        due = max(due, earliest)
    }

    /// A `submit_sm` was answered: accepted, or refused for speed.
    mutating func answered(isRefused: Bool, writtenAt: MonotonicTime, now: MonotonicTime) {
        if learner.answered(isRefused: isRefused, writtenAt: writtenAt, now: now) { refresh(now: now) }
    }

    /// The carrier told its load.
    mutating func congested(_ level: UInt32, now: MonotonicTime) {
        congestion = min(level, 100)
        congestionAt = now
        refresh(now: now)
    }

    /// Nothing is written for a while: the carrier accepts nothing any more, or a refusal is enough for that.
    mutating func stopped(acceptsNothing: Bool, now: MonotonicTime) {
        if acceptsNothing { learner.stopped(now: now) } else { learner.stoppedByOne(now: now) }
        refresh(now: now)
    }

    /// It accepts again.
    mutating func resumed(now: MonotonicTime) {
        learner.resumed(now: now)
    }

    /// Time has passed: what is old is forgotten.
    mutating func tick(forget: Duration, now: MonotonicTime) {
        let hasCongestion = congestion > 0
        if hasCongestion, congestionState(now: now) == 0 { congestion = 0 }
        if learner.forget(after: forget, now: now) || (hasCongestion && congestion == 0) { refresh(now: now) }
    }

    /// When `tick` has something to do.
    @inline(__always)
    func ticksAt(forget: Duration) -> MonotonicTime? {
        let forgets = learner.forgetsAt(after: forget)
        guard congestion > 0 else { return forgets }
        let expires = congestionAt + Self.congestionKept
        return min(forgets ?? expires, expires)
    }

    private mutating func refresh(now: MonotonicTime) {
        let share = share(now: now)
        guard let limit = limit ?? (share < 1 ? Self.unlimited : nil) else {
            interval = 0
            return
        }
        let learnt = learner.pace.map { UInt64((1e9 / max($0 * share, 0.001)).rounded(.up)) }
        let old = interval
        interval = max(ceilingInterval, learnt ?? Self.interval(limit * share))
        // What was due by a slower pace, or by none, is due by this one.
        if old == 0 { due = max(due, now.nanoseconds) }
        due = max(earliest, min(due, now.nanoseconds &+ interval))
    }
}
