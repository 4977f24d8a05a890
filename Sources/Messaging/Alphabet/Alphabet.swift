/// A way to write characters as octets in `short_message`.
package enum Alphabet: Hashable, Sendable, CaseIterable {
    /// The 7-bit default alphabet with its extension table (3GPP TS 23.038 §6.2.1), one octet per septet.
    case gsm
    /// ISO 8859-1 without its C1 controls.
    case latin1
    /// ISO 646.
    case ascii
    /// UCS-2, as UTF-16BE: characters beyond the basic plane take two units.
    case ucs2
    /// UTF-8 (RFC 3629), which some SMSCs take as their default alphabet.
    case utf8

    /// Appends the text in one pass; false, with some of it appended, at the first scalar that has no code.
    ///
    /// - Parameter transliterate: only for `gsm`: typographic quotes, dashes and spaces become plain ones.
    func encode(_ text: String, transliterate: Bool, into octets: inout [UInt8]) -> Bool {
        switch self {
        case .gsm:
            return GSMAlphabet.encode(text, transliterate: transliterate, into: &octets)
        case .latin1, .ascii:
            octets.reserveCapacity(text.utf8.count)
            for scalar in text.unicodeScalars {
                guard scalar.isASCII || self == .latin1 && (0xA0...0xFF).contains(scalar.value) else { return false }
                octets.append(UInt8(truncatingIfNeeded: scalar.value))
            }
        case .ucs2: Self.encodeUTF16(text, into: &octets)
        case .utf8: octets.append(contentsOf: text.utf8)
        }
        return true
    }

    /// Appends the text's UTF-16 units, most significant octet first.
    private static func encodeUTF16(_ text: String, into octets: inout [UInt8]) {
        let bytes = text.utf8Span.span
        // A byte gives one unit at most.
        octets.append(addingCapacity: 2 * bytes.count) { output in
            var offset = 0
            while offset < bytes.count {
                var value = UTF8Scalars.next(in: bytes, at: &offset)
                if value > 0xFFFF {
                    value -= 0x1_0000
                    output.append(UInt8(truncatingIfNeeded: 0xD8 | value >> 18))
                    output.append(UInt8(truncatingIfNeeded: value >> 10))
                    value = 0xDC00 | value & 0x3FF
                }
                output.append(UInt8(truncatingIfNeeded: value >> 8))
                output.append(UInt8(truncatingIfNeeded: value))
            }
        }
    }
}
