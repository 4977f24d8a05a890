/// Monotonic time in nanoseconds since an arbitrary origin.
///
/// Floor 1 never reads a clock: whoever runs a machine passes the time in.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    /// Nanoseconds since the origin.
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The time `duration` later; stays at the first or last representable time instead of overflowing.
    package static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        time.adding(nanoseconds: duration.nanoseconds)
    }

    /// The same for nanoseconds, without a `Duration`: for the path of every message.
    package func adding(nanoseconds: Int64) -> MonotonicTime {
        let (sum, overflow) =
            nanoseconds < 0
            ? self.nanoseconds.subtractingReportingOverflow(nanoseconds.magnitude)
            : self.nanoseconds.addingReportingOverflow(UInt64(nanoseconds))
        guard overflow else { return MonotonicTime(nanoseconds: sum) }
        return MonotonicTime(nanoseconds: nanoseconds < 0 ? 0 : .max)
    }

    /// The same for seconds, up to 11 days.
    func adding(seconds: Double) -> MonotonicTime {
        adding(nanoseconds: Int64(min(1e15, seconds * 1e9)))
    }

    /// How long it is from here to a later time, in nanoseconds; negative where that is earlier.
    package func nanoseconds(until later: MonotonicTime) -> Int64 {
        let isLater = later >= self
        let distance = isLater ? later.nanoseconds - nanoseconds : nanoseconds - later.nanoseconds
        return isLater ? Int64(clamping: distance) : -Int64(clamping: distance)
    }

    /// How much later `left` is; negative when it is earlier.
    package static func - (left: MonotonicTime, right: MonotonicTime) -> Duration {
        .nanoseconds(right.nanoseconds(until: left))
    }
}

extension Duration {
    /// Whole nanoseconds, clamped to what an `Int64` holds (292 years).
    package var nanoseconds: Int64 {
        // Below nine seconds without a division of 128 bits, which costs 200 instructions.
        if let attoseconds = Int64(exactly: attoseconds) { return attoseconds / 1_000_000_000 }
        return Int64(clamping: attoseconds / 1_000_000_000)
    }

    /// Seconds as a floating-point number, for statistics and texts.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
