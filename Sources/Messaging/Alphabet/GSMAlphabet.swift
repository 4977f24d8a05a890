/// The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 §6.2.1).
enum GSMAlphabet {
    /// How a scalar is written: one septet, or an escape and one septet.
    struct Code: Hashable, Sendable {
        let septet: UInt8
        let isExtended: Bool
    }

    /// Announces a septet of the extension table.
    static let escape: UInt8 = 0x1B
    /// Pads packed septets (§6.1.2.3.1).
    static let carriageReturn: UInt8 = 0x0D

    /// The default table by septet. The escape has no character of its own.
    static let characters: [Unicode.Scalar?] = [
        "@", "£", "$", "¥", "è", "é", "ù", "ì", "ò", "Ç", "\n", "Ø", "ø", "\r", "Å", "å",
        "Δ", "_", "Φ", "Γ", "Λ", "Ω", "Π", "Ψ", "Σ", "Θ", "Ξ", nil, "Æ", "æ", "ß", "É",
        " ", "!", "\"", "#", "¤", "%", "&", "'", "(", ")", "*", "+", ",", "-", ".", "/",
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ":", ";", "<", "=", ">", "?",
        "¡", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O",
        "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "Ä", "Ö", "Ñ", "Ü", "§",
        "¿", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o",
        "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z", "ä", "ö", "ñ", "ü", "à",
    ]

    /// The extension table (§6.2.1.1).
    static let extendedCharacters: [(septet: UInt8, character: Unicode.Scalar)] = [
        (0x0A, "\u{0C}"), (0x14, "^"), (0x28, "{"), (0x29, "}"), (0x2F, "\\"), (0x3C, "["), (0x3D, "~"), (0x3E, "]"),
        (0x40, "|"), (0x65, "€"),
    ]

    /// The codes of U+0000 to U+03FF: the septet, with 0x100 where an escape goes before it; `noCode` for none.
    private static let codes: [UInt16] = {
        var codes = [UInt16](repeating: noCode, count: 0x400)
        for (septet, character) in characters.enumerated() {
            if let character { codes[Int(character.value)] = UInt16(septet) }
        }
        for (septet, character) in extendedCharacters where character.value < 0x400 {
            codes[Int(character.value)] = 0x100 | UInt16(septet)
        }
        return codes
    }()

    private static let noCode: UInt16 = 0xFFFF
    /// The only character of the tables beyond U+03FF but for the ohm sign.
    private static let euro: UInt16 = 0x165

    /// How a scalar is written; nil where the tables do not have it.
    static func code(of scalar: Unicode.Scalar) -> Code? {
        let code = code(of: scalar.value, in: codes)
        return code == noCode ? nil : Code(septet: UInt8(truncatingIfNeeded: code), isExtended: code >= 0x100)
    }

    @inline(__always)
    private static func code(of value: UInt32, in codes: [UInt16]) -> UInt16 {
        if value < 0x400 { return codes[Int(value)] }
        return value == 0x20AC ? euro : noCode
    }

    /// Whether all octets are letters, digits and signs of ASCII that are their own septets. Without branches: the
    /// compiler then looks at 16 octets at once.
    static func isPlain(_ octets: Span<UInt8>) -> Bool {
        var others: UInt8 = 0
        for offset in octets.indices {
            let octet = octets[offset]
            let isLetter: UInt8 = (octet | 0x20) &- 0x61 < 26 ? 1 : 0
            let isSign: UInt8 = octet &- 0x20 < 0x20 ? 1 : 0
            let isDollar: UInt8 = octet == 0x24 ? 1 : 0
            others |= 1 ^ (isLetter | isSign) | isDollar
        }
        return others == 0
    }

    /// Appends the text's septets, one octet each; false, with some appended, at the first scalar without a code.
    static func encode(_ text: String, transliterate: Bool, into octets: inout [UInt8]) -> Bool {
        let bytes = text.utf8Span.span
        if isPlain(bytes) {
            if octets.isEmpty { octets = Array(text.utf8) } else { octets.append(contentsOf: text.utf8) }
            return true
        }
        let codes = codes
        var isComplete = true
        // A byte gives one septet, but for those in ASCII that give two.
        octets.append(addingCapacity: 2 * bytes.count) { output in
            var offset = 0
            while offset < bytes.count {
                let value = UTF8Scalars.next(in: bytes, at: &offset)
                var code = code(of: value, in: codes)
                if code == noCode {
                    guard transliterate, let plain = Unicode.Scalar(value).flatMap(Transliteration.plain) else {
                        isComplete = false
                        return
                    }
                    code = self.code(of: plain.value, in: codes)
                }
                if code >= 0x100 { output.append(escape) }
                output.append(UInt8(truncatingIfNeeded: code))
            }
        }
        return isComplete
    }

    /// The text of septets, one octet each.
    ///
    /// An escape before a septet that the extension table does not have shows that septet of the main table; an
    /// escape before another or at the end shows a space (§6.2.1, note 1), and so does what the main table does not have; octets
    /// above 0x7F are U+FFFD.
    static func decode(_ octets: some Sequence<UInt8>, shift: ShiftTables = .standard) -> String {
        var text = String.UnicodeScalarView()
        var isEscaped = false
        for octet in octets {
            if isEscaped, octet == escape {
                text.append(" ")
                isEscaped = false
            } else if octet == escape {
                isEscaped = true
            } else if isEscaped, let character = shift.character(octet, isEscaped: true) {
                text.append(character)
                isEscaped = false
            } else {
                text.append(octet < 0x80 ? shift.character(octet, isEscaped: false) ?? " " : "\u{FFFD}")
                isEscaped = false
            }
        }
        if isEscaped { text.append(" ") }
        return String(text)
    }
}
