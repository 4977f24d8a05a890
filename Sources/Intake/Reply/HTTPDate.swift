import SMPP

/// The `Date` of replies (IMF-fixdate, RFC 9110 §5.6.7), made once a second.
package struct HTTPDate: Sendable {
    private var second: Int64 = .min
    private var cached = ""

    /// A date not asked for yet.
    package init() {}

    /// The text for a time in Unix seconds.
    package mutating func text(unixSeconds: Int64) -> String {
        if unixSeconds != second {
            second = unixSeconds
            cached = Self.format(unixSeconds)
        }
        return cached
    }

    private static func format(_ seconds: Int64) -> String {
        let time = CivilTime(unixSeconds: seconds)
        let clock = [time.hour, time.minute, time.second].map(CivilTime.twoDigits).joined(separator: ":")
        let weekday = weekdays[Int((time.days % 7 + 11) % 7)]
        return "\(weekday), \(CivilTime.twoDigits(time.day)) \(months[Int(time.month) - 1]) \(time.year) \(clock) GMT"
    }

    /// From Sunday.
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
