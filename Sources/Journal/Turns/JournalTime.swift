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
