/// One bind, as the carrier's scheduler sees it: its window, and the messages that were begun on it.
struct CarrierBind: Sendable {
    enum State: Hashable, Sendable {
        /// Not bound.
        case down
        case up
        /// Nothing begins on it any more; what was begun is finished.
        case draining
        /// Nothing is written on it any more; what is open is waited for.
        case closing
    }

    var state = State.down
    var window: SubmitWindow
    /// Its own, beside the carrier's; nil = no limit of its own.
    var pace: BindPace?
    /// The message whose segments are being written; -1 = none.
    var current = -1
    /// Messages that were begun here and go on after a pause, or were refused elsewhere; the oldest first.
    var pinned: ContiguousArray<Int> = []
    /// Open while answers stay away.
    var silence = CircuitBreaker()
    /// It was told that it has drained.
    var hasDrained = false
    /// Totals since the start, over all its connections.
    var counters = SubmitCounters()
    /// Refusals by the name of their status: as many as the table of statuses has, whatever the carrier sends.
    var refusals: [String: UInt64] = [:]
    /// From the write of a segment to the carrier's answer in time.
    var responseTimes = TimeHistogram()
    /// When the last answer came.
    var answeredAt = MonotonicTime(nanoseconds: 0)
    /// When the newest request was written that became overdue, until `takeOverdue`.
    var overdueWrittenAt: MonotonicTime?

    init(window: Int, rate: Double?, limits: CarrierLimits) {
        pace = rate.map(BindPace.init(rate:))
        self.window = SubmitWindow(capacity: window, lateKept: limits.lateKept, maxLate: limits.maxLate)
    }

    /// The message whose segment is next on this bind before any other; -1 = none.
    var begun: Int { current >= 0 ? current : pinned.first ?? -1 }

    /// When the oldest open request was written; nil = none is open.
    func openSince(responseTimeout: Int64) -> MonotonicTime? {
        window.nextDeadline?.adding(nanoseconds: -responseTimeout)
    }

    /// Nothing is open, and nothing begun is left to be written here.
    var isEmpty: Bool { window.count == 0 && (begun < 0 || state == .closing) }

    /// The message is not written on this bind any more.
    mutating func forget(_ index: Int) {
        if current == index { current = -1 }
        if !pinned.isEmpty { pinned.removeAll { $0 == index } }
    }
}

/// A bind's own rate beside the carrier's: the arithmetic of `CarrierPace`, without learning.
struct BindPace: Sendable {
    /// PDUs per second.
    let rate: Double
    private let interval: UInt64
    private var due: UInt64 = 0
    private var unflushed: UInt64 = 0

    /// - Parameter rate: above 0; outside of 0.001 to 1,000,000 the nearest of these counts.
    init(rate: Double) {
        self.rate = CarrierPace.bounded(rate)
        interval = CarrierPace.interval(self.rate)
    }

    /// When the next PDU may be written; not later than `now` = at once.
    var dueAt: MonotonicTime { MonotonicTime(nanoseconds: due) }

    /// A `submit_sm` is written now.
    mutating func wrote(now: MonotonicTime) {
        due = max(due, CarrierPace.caughtUp(now)) &+ interval
        unflushed += 1
    }

    /// All that was written has left for the socket.
    mutating func left(now: MonotonicTime) {
        due = max(due, CarrierPace.caughtUp(now) &+ unflushed * interval)
        unflushed = 0
    }
}
