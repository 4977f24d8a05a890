/// The time of day that ages are counted by: it goes on evenly from where it began, whatever is done to the machine's clock. A clock
/// that is set a year ahead then ends no entry and deletes no record.
struct JournalTime {
    private let now: @Sendable () -> UInt64
    private let base: UInt64
    private let start = ContinuousClock.now

    /// - Parameter now: the machine's clock, in milliseconds since 1970.
    init(now: @escaping @Sendable () -> UInt64) {
        self.now = now
        base = now()
    }

    /// Milliseconds since 1970.
    var even: UInt64 {
        base &+ UInt64(max(0, start.duration(to: .now) / .milliseconds(1)))
    }

    /// The earlier of the two: what is older than a time before it is old by both.
    var earliest: UInt64 { min(even, now()) }
}

/// When the store is opened again: 0.1 s after a failure, then each time after twice as long, up to 5 s.
struct JournalRetry {
    private var delay = Duration.zero
    private var at = ContinuousClock.now

    /// It failed once more.
    mutating func postpone() {
        delay = delay == .zero ? JournalOptions.firstRetry : min(delay * 2, JournalOptions.longestRetry)
        at = .now + delay
    }

    var isDue: Bool { ContinuousClock.now >= at }
    /// How long until then.
    var rest: Duration { max(.zero, at - ContinuousClock.now) }
}

/// When old records are deleted: in small steps, apart from each other, then a rest until new ones are old.
struct JournalPruning {
    private var next = ContinuousClock.now + JournalOptions.pruneEvery

    var isDue: Bool { ContinuousClock.now >= next }
    /// How long until then.
    var rest: Duration { max(.milliseconds(1), next - ContinuousClock.now) }

    mutating func stepped(isDone: Bool) {
        next = .now + (isDone ? JournalOptions.pruneRest : JournalOptions.pruneEvery)
    }
}
