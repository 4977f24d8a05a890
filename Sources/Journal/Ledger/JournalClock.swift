import Foundation

/// The time of day of records.
package enum JournalClock {
    /// Milliseconds since 1970-01-01 UTC; never below 0.
    package static func now() -> UInt64 {
        UInt64(max(0, Date().timeIntervalSince1970 * 1000))
    }
}
