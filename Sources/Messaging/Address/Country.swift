/// A country whose way of writing numbers is understood.
package enum Country: String, Hashable, Sendable, CaseIterable {
    /// Russia: 8 in front of ten digits is the code 7, and nine begins a mobile number without it.
    case ru = "RU"
    /// Belarus: 8 0 or 0 in front of nine digits, or nothing.
    case by = "BY"
    /// Kazakhstan: as Russia, and seven begins a number without the code.
    case kz = "KZ"
    /// Ukraine: 0 or 8 0 in front of nine digits, or nothing.
    case ua = "UA"

    /// How a number is written so that everybody understands it.
    package var example: String {
        switch self {
        case .ru: "+7 916 123-45-67"
        case .by: "+375 29 123-45-67"
        case .kz: "+7 701 123-45-67"
        case .ua: "+380 67 123-45-67"
        }
    }

    /// A national number with the country's code; nil where the digits are none of this country's.
    ///
    /// - Parameters:
    ///   - isAnnounced: whether something in front, as a `+`, says that the number is an international one.
    ///   - isPlus: whether that was surely a `+`.
    func international(_ number: DigitString, isAnnounced: Bool, isPlus: Bool) -> DigitString? {
        switch self {
        case .ru: return Self.russian(number, isAnnounced: isAnnounced, isPlus: isPlus)
        case .kz:
            if !isAnnounced, number.count == 10, number.begins(with: 7) { return number.prefixed(with: 7) }
            if !isAnnounced, number.count == 11, number.begins(with: 8) { return number.dropping(1).prefixed(with: 7) }
            return nil
        case .by, .ua:
            guard !isAnnounced else { return nil }
            let rest: DigitString
            switch number.count {
            case 9: rest = number
            case 10 where number.begins(with: 0): rest = number.dropping(1)
            case 11 where number.leading(2) == 80: rest = number.dropping(2)
            default: return nil
            }
            return isNational(rest) ? rest.prefixed(with: self == .by ? 375 : 380) : nil
        }
    }

    /// Whether nine digits can be a number of Belarus or Ukraine, by their first ones: not another country's, nor one whose own code is
    /// there and whose end is missing.
    private func isNational(_ number: DigitString) -> Bool {
        guard let area = number.leading(2), number.leading(3) != 375, number.leading(3) != 380 else { return false }
        return switch self {
        case .by: (15...17).contains(area) || (21...25).contains(area) || [29, 33, 44].contains(area)
        case .ua: (31...99).contains(area)
        case .ru, .kz: false
        }
    }

    private static func russian(_ number: DigitString, isAnnounced: Bool, isPlus: Bool) -> DigitString? {
        if number.count == 11, number.begins(with: 8) {
            // No country has the code +89; others begin with 8.
            let isForeign = isAnnounced && number.leading(2) != 89
            return isForeign ? nil : number.dropping(1).prefixed(with: 7)
        }
        guard number.count == 10, number.begins(with: 9) else { return nil }
        // Of all codes with 9, only Myanmar, the Maldives and Lebanon have numbers of ten digits with the code.
        let isForeign = isPlus && (number.leading(2) == 95 || number.leading(3) == 960 || number.leading(3) == 961)
        return isForeign ? nil : number.prefixed(with: 7)
    }
}

/// Up to 18 digits as a number, so that prefixes come and go without copying.
struct DigitString: Hashable {
    var value: UInt64
    var count: Int

    /// Whether it can be an international number of its code, by its length and what follows the code; true where that is not known.
    var fitsItsCode: Bool {
        switch leading(1) {
        // ITU-T E.164.1: North America has ten digits behind its code.
        case 1: return count == 11
        // Russia and Kazakhstan have no area before 3.
        case 7: return count == 11 && (leading(2) ?? 0) >= 73
        default: break
        }
        if leading(3) == 375 || leading(3) == 380 { return count == 12 && (leading(4) ?? 0) % 10 != 0 }
        return true
    }

    /// Whether this digit is the first.
    func begins(with digit: UInt64) -> Bool { leading(1) == digit }

    /// The first digits as a number; nil where there are not so many.
    func leading(_ length: Int) -> UInt64? {
        count >= length ? value / Self.power(of: count - length) : nil
    }

    /// Without the first digits, of which there are as many.
    func dropping(_ length: Int) -> DigitString {
        DigitString(value: value % Self.power(of: count - length), count: count - length)
    }

    /// With a country's code in front.
    func prefixed(with code: UInt64) -> DigitString {
        DigitString(value: value + code * Self.power(of: count), count: count + (code < 10 ? 1 : 3))
    }

    /// As text.
    var text: String {
        let digits = String(value)
        return digits.utf8.count == count
            ? digits : String(repeating: "0", count: count - digits.utf8.count) + digits
    }

    private static func power(of exponent: Int) -> UInt64 {
        var result: UInt64 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }
}
