/// A moment of the Gregorian calendar in UTC.
struct UTCTime: Equatable {
    var year, month, day, hour, minute, second, millisecond: Int

    /// - Parameter unixNanoseconds: since 1970-01-01T00:00:00Z, not negative.
    init(unixNanoseconds: Int64) {
        let seconds = Int(unixNanoseconds / 1_000_000_000)
        millisecond = Int(unixNanoseconds / 1_000_000 % 1000)
        (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
        // Years that start in March put the leap day last (Howard Hinnant, "chrono-compatible date algorithms").
        let days = seconds / 86_400 + 719_468
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + days / 146_097 * 400 + (month <= 2 ? 1 : 0)
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
