/// A date of a receipt: `YYMMDDhhmm` by the standard (SMPP 3.4 appendix B); also with seconds, four digits of the
/// year, and marks between.
package struct ReceiptDate: Hashable, Sendable {
    /// As the carrier wrote it.
    package let raw: String
    /// Seconds since 1970 as if it were UTC: receipts don't say whose clock they mean. Nil for what is no date.
    package let unixSeconds: Int64?

    package init(_ raw: String) {
        self.raw = raw
        let digits = raw.utf8.filter { (0x30...0x39).contains($0) }.map { Int64($0 - 0x30) }
        switch digits.count {
        case 10, 12:
            // From 2013 on, `20YYMM…` read with two digits of the year has no such month.
            unixSeconds =
                Self.seconds(digits, yearDigits: 2)
                ?? (digits.count == 12 ? Self.seconds(digits, yearDigits: 4) : nil)
        case 14: unixSeconds = Self.seconds(digits, yearDigits: 4)
        default: unixSeconds = nil
        }
    }

    private static func seconds(_ digits: [Int64], yearDigits: Int) -> Int64? {
        let year = digits[..<yearDigits].reduce(0) { $0 * 10 + $1 } + (yearDigits == 2 ? 2000 : 0)
        var fields = stride(from: yearDigits, to: digits.count, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
        if fields.count == 4 { fields.append(0) }
        let (month, day, hour, minute, second) = (fields[0], fields[1], fields[2], fields[3], fields[4])
        guard (1970...2999).contains(year), (1...12).contains(month), (1...daysIn(month, year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        return ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    }

    private static func daysIn(_ month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Years are counted from March on, so that the leap day is a year's last.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
