/// Makes what people paste fit for a handset: line ends of other worlds, and control characters that nobody sees.
package enum TextCleaning {
    /// The text with vertical tabs, U+0085, U+2028 and U+2029 as line feeds and without other control characters but tabs, line
    /// ends and form feeds.
    package static func clean(_ text: String) -> String {
        guard mayNeedCleaning(text.utf8.span) else { return text }
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0B, 0x85, 0x2028, 0x2029: view.append("\n")
            case 0x09, 0x0A, 0x0C, 0x0D: view.append(scalar)
            case 0...0x1F, 0x7F...0x9F: continue
            default: view.append(scalar)
            }
        }
        return String(view)
    }

    /// Without branches: the compiler then looks at 16 octets at once. Most texts stop here.
    private static func mayNeedCleaning(_ octets: Span<UInt8>) -> Bool {
        var found: UInt8 = 0
        for offset in octets.indices {
            let octet = octets[offset]
            let isControl: UInt8 = octet < 0x20 ? 1 : 0
            let isLineEnd: UInt8 = octet == 0x0A || octet == 0x0D ? 1 : 0
            let isDelete: UInt8 = octet == 0x7F ? 1 : 0
            // The first octets of U+0080 to U+00BF, and of U+2000 to U+2FFF.
            let leads: UInt8 = octet == 0xC2 || octet == 0xE2 ? 1 : 0
            found |= (isControl & ~isLineEnd) | isDelete | leads
        }
        return found != 0
    }

    /// Each cluster with a character beyond the basic plane as one question mark, for carriers whose UCS-2 has no pairs.
    static func withoutAstral(_ text: String) -> String {
        // Their UTF-8 begins with 0xF0 to 0xF4.
        guard text.utf8.contains(where: { $0 >= 0xF0 }) else { return text }
        return String(text.map { $0.unicodeScalars.contains { $0.value > 0xFFFF } ? "?" : $0 })
    }
}
