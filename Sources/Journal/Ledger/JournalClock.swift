import Foundation

/// The time of day of records.
package enum JournalClock {
    private static let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// Milliseconds since 1970-01-01 UTC; never below 0.
    package static func now() -> UInt64 {
        UInt64(max(0, Date().timeIntervalSince1970 * 1000))
    }

    /// The same in seconds.
    package static func seconds() -> Int64 { Int64(clamping: now() / 1000) }

    /// Such a time as people and programs read it: RFC 3339 in UTC with milliseconds.
    package static func text(_ milliseconds: UInt64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(format)
    }
}
