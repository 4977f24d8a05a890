/// How an account's recipients may be written.
package struct NumberRules: Hashable, Sendable {
    /// National forms of this country are understood; nil: international numbers only.
    package var country: Country?
    /// Whether numbers of 3 to 6 digits are allowed.
    package var shortNumbers: Bool

    package init(country: Country? = nil, shortNumbers: Bool = false) {
        self.country = country
        self.shortNumbers = shortNumbers
    }
}

/// Why a text is not one phone number.
package enum NumberProblem: Error, Hashable, Sendable {
    /// No digit, and nothing else that matters.
    case empty
    /// More than one number.
    case several
    /// A number and digits to dial afterwards.
    case hasExtension
    /// A letter, a digit of another script, or a sign that numbers do not have.
    case badCharacter
    /// Fewer than 8 digits, or than 3 where short numbers are allowed.
    case tooShort
    /// More than 15 digits.
    case tooLong
    /// It begins with 0, is a national number of who knows where, or has not as many digits as its country's all have.
    case notInternational
}

/// A recipient's number: 8 to 15 digits in international form (E.164 without its `+`), or a short number of 3 to 6.
///
/// It prints masked, so that no log can hold it by accident.
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
    /// ASCII digits only.
    package let digits: String

    /// Reads a number as people write it: spaces, dashes, dots and brackets do not count; `+`, `00` and Russia's `810`
    /// announce an international number; a leading space is a `+` that form decoding took away.
    ///
    /// With a country's rules its national forms get its code; other numbers of up to ten digits, or of eleven from 8 on, are refused
    /// without a `+`. A number that is
    /// announced as international is a national one only where no other country can have it, so that `+84 912 345 678` stays in
    /// Vietnam.
    package init(_ text: String, rules: NumberRules) throws(NumberProblem) {
        let written = try WrittenNumber(text)
        let number = try written.normalized(rules)
        // Most numbers are written as they are sent.
        digits = written.isPlain(number) ? text : number.text
    }

    /// Whether it is a country's own short number, not a whole one.
    package var isShort: Bool { digits.utf8.count <= 6 }

    /// Enough of the number to recognise it: `7916*****67`; of shorter ones less, `12****78` and `1***`.
    package var masked: String { Self.mask(digits) }

    /// The same for a number whose digits are known to be one.
    package static func mask(_ digits: String) -> String {
        let (head, tail) = visibleDigits(of: digits.utf8.count)
        return digits.prefix(head) + String(repeating: "*", count: digits.utf8.count - head - tail)
            + digits.suffix(tail)
    }

    /// How many digits of a masked number are shown at its beginning and at its end.
    ///
    /// - Parameter count: of all its digits.
    package static func visibleDigits(of count: Int) -> (head: Int, tail: Int) {
        switch count {
        case 10...: (4, 2)
        case 7...: (2, 2)
        case 1...: (1, 0)
        default: (0, 0)
        }
    }

    /// The masked number.
    package var description: String { masked }
}

/// The digits of a number and what was written around them.
private struct WrittenNumber {
    /// How the text says that its number is an international one.
    private enum Announcement {
        case none
        /// By a space in front, which may have been a `+` before form decoding.
        case space
        /// By a `+`, `00` or `810`.
        case plus
    }

    private var announcement = Announcement.none
    /// How many digits there are. Only the first 18 are kept: the longest number and the longest prefix.
    private var count = 0
    /// The digits as a number, so that prefixes come off without copying.
    private var value: UInt64 = 0
    /// Bit n: something stands between the n-th digit and the next.
    private var gaps: UInt64 = 0
    /// How many signs stand between digits, and behind which digit the last dot among them.
    private var ornaments = 0
    private var lastDot: Int?

    private static let maximumDigits = 18
    /// Whether it is digits and nothing else.
    private var hasOnlyDigits = false

    init(_ text: String) throws(NumberProblem) {
        // By scalars only what is not plain digits: they cost three times as much.
        if readDigits(text.utf8.span) { return }
        (value, count) = (0, 0)
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while index != scalars.endIndex {
            let scalar = scalars[index]
            switch NumberSign(scalar) {
            case .digit(let digit):
                if count < Self.maximumDigits { value = value &* 10 &+ UInt64(digit) }
                count += 1
            case .ornament:
                if index == scalars.startIndex, scalar == " " { announcement = .space }
                if scalar == ")", count > 1, Self.isTrunkZero(before: index, in: scalars) { throw .badCharacter }
                if count < UInt64.bitWidth { gaps |= 1 << UInt64(count) }
                if scalar == "." { lastDot = count }
                if count > 0, scalar != " " { ornaments += 1 }
            case .plus:
                guard count == 0 else { throw .several }
                guard announcement != .plus else { throw .badCharacter }
                announcement = .plus
            case .other:
                throw Self.problem(with: scalars[index...], afterDigits: count > 0)
            }
            index = scalars.index(after: index)
        }
        if count == 0 { throw .empty }
    }

    /// Whether the octets are up to 18 digits and nothing else; then they are read.
    private mutating func readDigits(_ octets: Span<UInt8>) -> Bool {
        guard 1...Self.maximumDigits ~= octets.count else { return false }
        for offset in octets.indices {
            let digit = octets[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            value = value &* 10 &+ UInt64(digit)
        }
        count = octets.count
        hasOnlyDigits = true
        return true
    }

    /// Whether the text was these digits and nothing else.
    func isPlain(_ number: DigitString) -> Bool { hasOnlyDigits && number == digits }

    /// `(0)`, to be dialled at home only: with it or without, the number would be a guess.
    private static func isTrunkZero(before index: String.Index, in scalars: String.UnicodeScalarView) -> Bool {
        scalars[..<index].suffix(2).elementsEqual(["(", "0"])
    }

    /// What a sign that numbers do not have says about the rest of the text.
    private static func problem(with rest: Substring.UnicodeScalarView, afterDigits: Bool) -> NumberProblem {
        guard afterDigits, let sign = rest.first else { return .badCharacter }
        let tail = rest.dropFirst()
        let hasMoreDigits = tail.contains { ("0"..."9").contains($0) }
        switch sign {
        case ",", ";":
            // RFC 3966 writes `;ext=`, people `, доб.`.
            let word = String(tail.drop { NumberSign($0).isOrnament }.prefix { $0.properties.isAlphabetic })
            if isExtensionWord(word) { return .hasExtension }
            // A fraction, `79161234567,0`.
            if (1...2).contains(tail.count) { return .badCharacter }
            return hasMoreDigits ? .several : .badCharacter
        case "/", "|", "\\", "&": return hasMoreDigits ? .several : .badCharacter
        case "#", "*": return hasMoreDigits ? .hasExtension : .badCharacter
        default:
            let word = String(rest.prefix { $0.properties.isAlphabetic }).lowercased()
            if isExtensionWord(word) { return .hasExtension }
            return hasMoreDigits && ["и", "или", "and", "or"].contains(word) ? .several : .badCharacter
        }
    }

    /// Words in front of an extension; `w` and `p` are a dialler's wait and pause. The second `х` is Cyrillic.
    private static func isExtensionWord(_ word: String) -> Bool {
        let word = word.lowercased()
        return ["x", "х", "w", "p", "вн", "вн-й"].contains(word)
            || ["ext", "доб", "доп", "внутр"].contains { word.hasPrefix($0) }
    }

    /// The number itself, when the text is exactly one.
    func normalized(_ rules: NumberRules) throws(NumberProblem) -> DigitString {
        if rules.shortNumbers, announcement != .plus, (3...6).contains(count) { return digits }
        if count > Self.maximumDigits { throw tooManyDigits }
        if isFraction { throw .badCharacter }
        var (number, announcement) = (digits, announcement)
        if number.leading(2) == 0, count > 2 {
            number = number.dropping(2)
            announcement = .plus
        } else if announcement != .plus, number.leading(3) == 810 {
            number = number.dropping(3)
            announcement = .plus
        }
        if number.count > 15 { throw tooManyDigits }
        if number.count < 8 { throw .tooShort }
        if let country = rules.country {
            let national = country.international(
                number, isAnnounced: announcement != .none, isPlus: announcement == .plus)
            if let national, national.fitsItsCode { return national }
            // What is written as at home, and is no number of this country, is that of who knows where.
            let isAtHome = number.count <= 10 || (number.count == 11 && number.begins(with: 8))
            if national != nil || (announcement == .none && isAtHome) { throw .notInternational }
        }
        guard !number.begins(with: 0), number.fitsItsCode else { throw .notInternational }
        return number
    }

    private var digits: DigitString { DigitString(value: value, count: count) }

    /// Two numbers, where something stands between what could be one and another; else too long a number.
    private var tooManyDigits: NumberProblem {
        for length in 7...18 where gaps & (1 << UInt64(length)) != 0 && count - length >= 7 { return .several }
        return .tooLong
    }

    /// `79161234567.0`, as a table writes a number that it takes for one: nobody groups the last digit or two by a dot alone.
    private var isFraction: Bool {
        guard let lastDot, ornaments == 1 else { return false }
        return lastDot >= 7 && (1...2).contains(count - lastDot)
    }
}

/// What a scalar is in a written number.
private enum NumberSign {
    case digit(UInt32)
    /// Spaces, dashes, dots and brackets.
    case ornament
    case plus
    case other

    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x30...0x39: self = .digit(scalar.value - 0x30)
        case 0x2B: self = .plus
        case 0x20, 0x09...0x0D, 0x28, 0x29, 0x2D, 0x2E, 0x5B, 0x5D, 0x7B, 0x7D: self = .ornament
        case 0...0x7F: self = .other
        default: self = Self.beyondASCII(scalar)
        }
    }

    var isOrnament: Bool {
        switch self {
        case .ornament: true
        case .digit, .plus, .other: false
        }
    }

    private static func beyondASCII(_ scalar: Unicode.Scalar) -> NumberSign {
        switch scalar.value {
        // Full-width plus.
        case 0xFF0B: .plus
        // Soft hyphen, hyphen bullet; middle dot, one dot leader, full-width dot; full-width brackets.
        case 0xAD, 0x2043, 0xB7, 0x2024, 0xFF0E, 0xFF08, 0xFF09, 0xFF3B, 0xFF3D: .ornament
        // Invisible signs that address books add. Those that reverse the digits' order are not among them.
        case 0x061C, 0x180E, 0x200B...0x200F, 0x202A, 0x202C, 0x2060, 0x2066, 0x2068, 0x2069, 0xFEFF: .ornament
        default: scalar.properties.isWhitespace || scalar.properties.isDash ? .ornament : .other
        }
    }
}
