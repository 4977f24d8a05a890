/// The character sets that a form may be written in.
package enum FormCharset: Sendable, Hashable {
    /// UTF-8, also meant by no `charset` at all and by US-ASCII.
    case utf8
    /// Windows-1251, Cyrillic.
    case windows1251

    /// The charset a content type names (RFC 9110 §8.3.2, without regard to case); nil for one we do not read.
    init?(name: some StringProtocol) {
        switch name.lowercased() {
        case "utf-8", "utf8", "us-ascii": self = .utf8
        case "windows-1251", "cp1251", "cp-1251": self = .windows1251
        default: return nil  // any other name
        }
    }
}

/// Windows-1251 as Unicode.
enum Windows1251 {
    /// The character of a byte from 0x80 up; nil for 0x98, which stands for nothing.
    static func scalar(_ byte: UInt8) -> UInt16? {
        if byte >= 0xC0 { return 0x0410 + UInt16(byte - 0xC0) }
        let value = upper[Int(byte & 0x3F)]
        return value == 0 ? nil : value
    }

    /// 0x80…0xBF.
    private static let upper: [UInt16] = [
        0x0402, 0x0403, 0x201A, 0x0453, 0x201E, 0x2026, 0x2020, 0x2021,
        0x20AC, 0x2030, 0x0409, 0x2039, 0x040A, 0x040C, 0x040B, 0x040F,
        0x0452, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x0000, 0x2122, 0x0459, 0x203A, 0x045A, 0x045C, 0x045B, 0x045F,
        0x00A0, 0x040E, 0x045E, 0x0408, 0x00A4, 0x0490, 0x00A6, 0x00A7,
        0x0401, 0x00A9, 0x0404, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x0407,
        0x00B0, 0x00B1, 0x0406, 0x0456, 0x0491, 0x00B5, 0x00B6, 0x00B7,
        0x0451, 0x2116, 0x0454, 0x00BB, 0x0458, 0x0405, 0x0455, 0x0457,
    ]
}
