import Glibc

/// A moment of the Gregorian calendar in UTC.
struct UTCTime: Equatable {
    var year, month, day, hour, minute, second, millisecond: Int

    /// - Parameter unixNanoseconds: since 1970-01-01T00:00:00Z, not negative.
    init(unixNanoseconds: Int64) {
        var seconds = time_t(unixNanoseconds / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        (year, month, day) = (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday))
        (hour, minute, second) = (Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
        millisecond = Int(unixNanoseconds / 1_000_000 % 1000)
    }

    /// `2026-11-24T05:32:00.250Z` (RFC 3339).
    var rfc3339: String {
        "\(Self.pad(year, 4))-\(Self.pad(month))-\(Self.pad(day))T\(Self.pad(hour)):\(Self.pad(minute))"
            + ":\(Self.pad(second)).\(Self.pad(millisecond, 3))Z"
    }

    /// `261124053200200+`: SMPP's absolute time, UTC (SMPP 3.4 §7.1.1).
    var smpp: String {
        Self.pad(year % 100) + Self.pad(month) + Self.pad(day) + Self.pad(hour) + Self.pad(minute) + Self.pad(second)
            + "\(millisecond / 100)00+"
    }

    private static func pad(_ value: Int, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
