/// Turns user data back into text. Nothing fails: what has no character is U+FFFD or, in GSM, what handsets show.
package enum TextDecoding {
    /// The text of user data.
    ///
    /// - Parameters:
    ///   - octets: the user data without its header.
    ///   - packed: whether `gsm` has eight septets in seven octets.
    ///   - shift: the tables of `gsm`.
    ///   - headerLength: octets of the header that was in front, which decides where packed septets begin.
    package static func text(
        _ octets: some Collection<UInt8>, alphabet: Alphabet, packed: Bool = false, headerLength: Int = 0,
        shift: ShiftTables = .standard
    ) -> String {
        switch alphabet {
        case .gsm:
            let octets = Array(octets)
            return GSMAlphabet.decode(
                packed ? PackedSeptets.unpack(octets[...], headerLength: max(0, headerLength)) : octets, shift: shift)
        case .latin1: return String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
        case .ascii:
            return String(String.UnicodeScalarView(octets.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{FFFD}" }))
        case .ucs2: return utf16(Array(octets))
        case .utf8: return String(decoding: octets, as: UTF8.self)
        }
    }

    /// UTF-16BE. An odd octet at the end and halves of pairs are U+FFFD.
    private static func utf16(_ octets: [UInt8]) -> String {
        let units = stride(from: 0, to: octets.count - 1, by: 2).map {
            UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1])
        }
        let text = String(decoding: units, as: UTF16.self)
        return octets.count.isMultiple(of: 2) ? text : text + "\u{FFFD}"
    }
}
