/// Typographic signs that word processors put in place of ASCII ones.
enum Transliteration {
    /// The plain quote, dash or space in place of a typographic one; nil for every other scalar.
    static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        // ‘ ’ ‚ ‛ ′ ‹ › ʼ
        case 0x2018...0x201B, 0x2032, 0x2039, 0x203A, 0x02BC: "'"
        // “ ” „ ‟ ″ « »
        case 0x201C...0x201F, 0x2033, 0xAB, 0xBB: "\""
        // Hyphens and dashes, soft ones not: they are seen only at a line's end. The minus sign.
        case 0x2010...0x2015, 0x2043, 0x2212: "-"
        // No-break, em, en, thin and other spaces of some width.
        case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: " "
        default: nil
        }
    }
}
