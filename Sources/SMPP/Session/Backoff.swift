/// Growing waits between attempts, with jitter.
///
/// | attempt | 0 | 1 | 2 | … |
/// |---|---|---|---|---|
/// | longest wait | first | 2 × first | 4 × first | … up to max |
///
/// The wait is between half and the whole of that, so that many binds that were lost together come back apart.
package struct Backoff: Hashable, Sendable {
    package let first: Duration
    package let max: Duration
    /// How many waits were given out since the last `reset`.
    package private(set) var attempts = 0

    /// - Parameters:
    ///   - first: the longest first wait.
    ///   - max: the longest wait; at least `first`.
    package init(first: Duration, max: Duration) {
        self.first = first
        self.max = Swift.max(first, max)
    }

    /// The next wait.
    ///
    /// - Parameter jitter: chance, 0 to 1; 1 gives the longest wait.
    package mutating func next(jitter: Double) -> Duration {
        // 2^20 first waits are beyond any maximum; the exponent needs no more.
        let longest = Swift.min(max, first * (1 << Swift.min(attempts, 20)))
        attempts += 1
        return Self.jittered(longest, jitter)
    }

    /// Starts from `first` again.
    package mutating func reset() {
        attempts = 0
    }

    /// Between half and the whole of `duration`.
    package static func jittered(_ duration: Duration, _ jitter: Double) -> Duration {
        let bounded = jitter.isNaN ? 1 : Swift.min(Swift.max(jitter, 0), 1)
        return duration * (0.5 + bounded / 2)
    }
}
