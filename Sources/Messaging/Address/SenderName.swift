/// Why a text is not a sender.
package enum SenderProblem: Error, Hashable, Sendable {
    /// Nothing, or only spaces.
    case empty
    /// A name of more than 11 characters or a number of more than 15 digits.
    case tooLong
    /// A character that does not survive on the way to a handset, or a number with too few digits.
    case badCharacter
}

/// What a message comes from, as recipients see it (3GPP TS 23.040 §9.1.2.5).
package enum SenderName: Hashable, Sendable {
    /// A name of 1 to 11 characters.
    case alphanumeric(String)
    /// A short number of 3 to 8 digits.
    case short(String)
    /// An international number of 7 to 15 digits, without its `+`.
    case international(String)
    /// None: the carrier puts its own in.
    case absent

    /// Reads a sender: spaces around it do not count.
    ///
    /// Digits alone are a short number up to 8 of them and an international number from 9; with a leading `+` they are
    /// an international number from 7, and may be grouped by spaces, dashes, dots and brackets. Anything else is a name
    /// in the characters that ASCII and the default alphabet of TS 23.038 share, without `@`: its code there is zero,
    /// which ends a C-octet string.
    package init(_ text: String) throws(SenderProblem) {
        // Read by scalars, a name of five letters cost 1,800 instructions.
        if Self.isPlainName(text.utf8.span) {
            self = .alphanumeric(text)
            return
        }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isSpace }),
            let last = scalars.lastIndex(where: { !$0.isSpace })
        else { throw .empty }
        let name = scalars[first...last]
        if name.first == "+", let digits = Self.groupedDigits(name.dropFirst()) {
            if digits.utf8.count > 15 { throw .tooLong }
            if digits.utf8.count < 7 { throw .badCharacter }
            self = .international(digits)
        } else if name.allSatisfy({ ("0"..."9").contains($0) }) {
            switch name.count {
            case ...2: throw .badCharacter
            case ...8: self = .short(String(name))
            case ...15: self = .international(String(name))
            default: throw .tooLong
            }
        } else {
            for scalar in name where !Self.survives(scalar) { throw .badCharacter }
            if name.count > 11 { throw .tooLong }
            self = .alphanumeric(String(name))
        }
    }

    /// The name or the digits; empty where there is none.
    package var text: String {
        switch self {
        case .alphanumeric(let text), .short(let text), .international(let text): text
        case .absent: ""
        }
    }

    /// Whether it is a name as nearly all are: 1 to 11 characters of ASCII that are their own septets, the first a
    /// letter, the last no space.
    private static func isPlainName(_ octets: Span<UInt8>) -> Bool {
        guard 1...11 ~= octets.count, (octets[0] | 0x20) &- 0x61 < 26, octets[octets.count - 1] > 0x20 else {
            return false
        }
        return GSMAlphabet.isPlain(octets)
    }

    /// The digits of a number written in groups; nil where it is not only that.
    private static func groupedDigits(_ scalars: Substring.UnicodeScalarView) -> String? {
        var digits = ""
        for scalar in scalars {
            switch scalar {
            case "0"..."9": digits.unicodeScalars.append(scalar)
            case " ", "-", ".", "(", ")": continue
            default: return nil
            }
        }
        return digits.isEmpty ? nil : digits
    }

    private static func survives(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII, scalar >= " ", scalar != "@", let code = GSMAlphabet.code(of: scalar) else {
            return false
        }
        return !code.isExtended
    }
}
