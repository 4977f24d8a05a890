package import Foundation

/// Times of day as people of one zone write and read them.
package struct LocalTimes: Sendable {
    package let zone: TimeZone

    package init(zone: TimeZone) {
        self.zone = zone
    }

    /// For headings: `Europe/Moscow`.
    package var name: String { zone.identifier }

    /// `2026-01-31 12:00:00`.
    package func text(_ milliseconds: UInt64) -> String {
        String(stamp(milliseconds).prefix(19)).replacing("T", with: " ")
    }

    /// `2026-01-31T12:00:00+03:00`.
    package func stamp(_ milliseconds: UInt64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone))
    }

    /// The day of a moment: `2026-01-31`.
    package func day(_ milliseconds: UInt64) -> String { String(stamp(milliseconds).prefix(10)) }

    /// A moment in milliseconds since 1970: a day or a time of this zone (`2026-01-31`, `2026-01-31T12:00`, with seconds too), or
    /// with a zone of its own (`2026-01-31T12:00:00Z`, `…+03:00`); nil = it is none of them.
    package func moment(_ text: String) -> UInt64? {
        let whole =
            switch text.utf8.count {
            case 10: text + "T00:00:00"
            case 16: text + ":00"
            default: text
            }
        let local = Date.ISO8601FormatStyle(timeZone: zone).year().month().day().time(includingFractionalSeconds: false)
        if whole.utf8.count == 19, let date = try? Date(whole, strategy: local) { return Self.milliseconds(date) }
        for style in [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)] {
            if let date = try? Date(whole, strategy: style) { return Self.milliseconds(date) }
        }
        return nil
    }

    /// A month of this zone, `2026-11`: from its first moment up to the next one's; nil = it is none.
    package func month(_ text: String) -> Range<UInt64>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2, let year = Int(parts[0]),
            let month = Int(parts[1]), (1...12).contains(month)
        else { return nil }
        let next = month == 12 ? (year + 1, 1) : (year, month + 1)
        func first(_ year: Int, _ month: Int) -> UInt64? {
            let digits = "\(month)"
            return moment("\(year)-" + (digits.utf8.count == 1 ? "0" : "") + digits + "-01")
        }
        guard let from = first(year, month), let to = first(next.0, next.1), from < to else { return nil }
        return from..<to
    }

    private static func milliseconds(_ date: Date) -> UInt64? {
        date.timeIntervalSince1970 >= 0 ? UInt64(date.timeIntervalSince1970 * 1000) : nil
    }
}
