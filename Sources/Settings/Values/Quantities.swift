/// Durations as configuration writes them: a whole number and a unit, `500ms`, `10s`, `5m`, `3h`, `7d`.
package enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// Nil where `text` is not such a duration or is longer than 100,000 days.
    package static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count)
        guard digits.count <= 12, let number = Int64(digits), let unit = units.first(where: { $0.suffix == suffix })
        else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow, milliseconds <= 100_000 * 86_400_000 else { return nil }
        return .milliseconds(milliseconds)
    }

    /// The shortest text that `parse` reads back, for a duration of whole milliseconds.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0 else { return "0s" }
        let unit = units.last { milliseconds % $0.milliseconds == 0 } ?? units[0]
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}

/// Sizes: `65536` (bytes), `64KiB`, `1MiB`.
package enum ByteSize {
    /// Bytes; nil where `text` is not such a size or does not fit.
    package static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count).drop { $0 == " " }
        let unit: Int
        switch suffix {
        case "", "B": unit = 1
        case "KiB": unit = 1024
        case "MiB": unit = 1024 * 1024
        default: return nil
        }
        guard digits.count <= 12, let number = Int(digits) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : bytes
    }

    /// The shortest text that `parse` reads back.
    static func text(_ bytes: Int) -> String {
        if bytes > 0, bytes % (1024 * 1024) == 0 { return "\(bytes / 1024 / 1024)MiB" }
        if bytes > 0, bytes % 1024 == 0 { return "\(bytes / 1024)KiB" }
        return "\(bytes)"
    }
}

/// Rates: a number per second, minute or hour, `30/s`, `0.5/s`, `600/m`, `3000/h`.
enum RateText {
    /// The range that `parse` accepts, per second.
    static let range = 0.001...100_000.0

    /// Events per second; nil where `text` is not a rate or is out of range.
    static func parse(_ text: String) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].first, first.isASCII, first.isNumber, parts[0].count <= 12,
            parts[0].allSatisfy({ $0 == "." || ($0.isASCII && $0.isNumber) }), let number = Double(parts[0])
        else { return nil }
        let perSecond: Double
        switch parts[1] {
        case "s": perSecond = number
        case "m": perSecond = number / 60
        case "h": perSecond = number / 3600
        default: return nil
        }
        return range.contains(perSecond) ? perSecond : nil
    }
}
