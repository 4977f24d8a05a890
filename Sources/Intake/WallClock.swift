import Foundation

/// The time of day, for message ids, `Date`, and the days of quotas.
package enum WallClock {
    /// Milliseconds since 1970-01-01 UTC; never below 0.
    package static func unixMilliseconds() -> UInt64 {
        var time = timespec()
        guard clock_gettime(CLOCK_REALTIME, &time) == 0, time.tv_sec >= 0 else { return 0 }
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
