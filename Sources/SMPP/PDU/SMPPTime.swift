/// A point or a length of time as PDUs write it: `YYMMDDhhmmsstnnp` (SMPP 3.4 §7.1.1).
package enum SMPPTime {
    /// Whether the octets of a field are such a time, or none.
    package static func isValid(_ octets: borrowing Span<UInt8>) -> Bool {
        if octets.isEmpty { return true }
        guard octets.count == 16 else { return false }
        for place in 0..<15 where !(0x30...0x39 ~= octets[place]) { return false }
        switch octets[15] {
        case UInt8(ascii: "R"): return true
        case UInt8(ascii: "+"), UInt8(ascii: "-"): break
        default: return false
        }
        func pair(_ place: Int) -> UInt8 { (octets[place] - 0x30) * 10 + octets[place + 1] - 0x30 }
        // §7.1.1.1: months, days, hours, minutes, seconds, and quarters of an hour from UTC.
        return 1...12 ~= pair(2) && 1...31 ~= pair(4) && pair(6) < 24 && pair(8) < 60 && pair(10) < 60
            && pair(13) <= 48
    }

    /// So many seconds from the SMSC's now (§7.1.1.2), up to 99 days.
    package static func relative(_ seconds: Int64) -> String {
        let seconds = min(max(0, seconds), 99 * 86_400)
        return "0000" + digits([seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]) + "000R"
    }

    /// A moment in UTC (§7.1.1.1).
    ///
    /// - Parameter seconds: since 1970-01-01T00:00:00Z, not negative.
    package static func absolute(_ seconds: Int64) -> String {
        let time = CivilTime(unixSeconds: max(0, seconds))
        return digits([time.year % 100, time.month, time.day, time.hour, time.minute, time.second]) + "000+"
    }

    private static func digits(_ pairs: [Int64]) -> String {
        pairs.map(CivilTime.twoDigits).joined()
    }
}

/// How long a message is worth delivering, as a carrier wants to be told (SMPP 3.4 §5.2.16).
package struct ValidityPeriod: Hashable, Sendable {
    /// Whole seconds, 1 minute to 30 days.
    package var seconds: Int64
    /// Whether it is sent as the moment when it ends, in UTC, and not as a length of time.
    package var isAbsolute: Bool

    package init(seconds: Int64, isAbsolute: Bool = false) {
        self.seconds = seconds
        self.isAbsolute = isAbsolute
    }

    /// The `validity_period` of a message.
    ///
    /// - Parameter now: seconds since 1970; asked only where the moment counts.
    package func text(now: () -> Int64) -> String {
        isAbsolute ? SMPPTime.absolute(now() + seconds) : SMPPTime.relative(seconds)
    }
}
