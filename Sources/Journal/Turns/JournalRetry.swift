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
