/// Keeps a carrier or a bind from being written to while it does no good, and tries it with one request at a time.
///
/// ```
///            opened                 until              one request is written
///   closed ─────────▶ open(until) ─────────▶ half-open ──────────────────────▶ on trial
///      ▲                  ▲                      ▲  │                              │
///      │                  │ failed:              │  │ it came to nothing (its      │
///      │                  │ twice the time       └──┼─ connection was lost) ───────┤
///      │                  └─────────────────────────┼──────────────────────────────┤
///      └──── answered ──────────────────────────────┴──────────────────────────────┘
/// ```
struct CircuitBreaker: Hashable, Sendable {
    enum State: Hashable, Sendable {
        case closed
        case open(until: MonotonicTime)
        case onTrial(sequence: UInt32, bind: Int)
    }

    private(set) var state = State.closed
    /// How often it opened since it was closed.
    private var openings = 0
    private var first = Duration.zero
    private var longest = Duration.zero

    var isClosed: Bool { state == .closed }
    /// It kept something waiting, and was not only opened for a trial at once.
    var hasPaused: Bool { openings > 0 }
    /// A trial has failed since it was opened.
    var hasFailed: Bool { openings > 1 }

    /// When it may be tried; nil where it is closed or on trial.
    var opensUntil: MonotonicTime? {
        if case .open(let until) = state { until } else { nil }
    }

    /// Whether a request may be written now.
    func allows(now: MonotonicTime) -> Bool {
        switch state {
        case .closed: true
        case .open(let until): until <= now
        case .onTrial: false
        }
    }

    func isTrial(_ sequence: UInt32, on bind: Int) -> Bool {
        state == .onTrial(sequence: sequence, bind: bind)
    }

    /// Nothing is written for `first`.
    ///
    /// - Parameter atOnce: the first trial may be made at once; `first` counts after it.
    mutating func open(first: Duration, longest: Duration, atOnce: Bool = false, now: MonotonicTime) {
        guard isClosed else { return }
        self.first = first
        self.longest = max(first, longest)
        if atOnce { state = .open(until: now) } else { wait(now: now) }
    }

    /// A request was written: where the breaker is not closed it is the trial.
    mutating func wrote(_ sequence: UInt32, on bind: Int) {
        guard !isClosed else { return }
        state = .onTrial(sequence: sequence, bind: bind)
    }

    /// The trial failed.
    mutating func failed(now: MonotonicTime) {
        guard !isClosed else { return }
        wait(now: now)
    }

    /// The trial came to nothing: another one may be made at once.
    mutating func retract(now: MonotonicTime) {
        if case .onTrial = state { tryAtOnce(now: now) }
    }

    /// What it keeps from is another one now: it need not wait to be tried.
    mutating func tryAtOnce(now: MonotonicTime) {
        if !isClosed { state = .open(until: now) }
    }

    mutating func close() {
        state = .closed
        openings = 0
    }

    private mutating func wait(now: MonotonicTime) {
        let wait = min(longest, first * (1 << min(openings, 20)))
        openings += 1
        state = .open(until: now + wait)
    }
}
