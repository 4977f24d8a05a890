/// Base64 without padding (RFC 4648 §3.2), in the alphabet of PHC strings (§4) or of URLs (§5). Strict: one text for
/// each value.
enum Base64 {
    private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of `bytes`; `forURL` has `-` and `_` for `+` and `/`.
    static func encode(_ bytes: [UInt8], forURL: Bool = false) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(letter(bits >> UInt32(count), forURL))
            }
        }
        if count > 0 {
            text.append(letter(bits << UInt32(6 - count), forURL))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text in the standard alphabet; nil for any other letter, padding, or bits left over.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            guard let value = standard.firstIndex(of: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        guard count < 6, bits & (1 << UInt32(count) - 1) == 0 else { return nil }
        return bytes
    }

    private static func letter(_ value: UInt32, _ forURL: Bool) -> UInt8 {
        switch (value & 63, forURL) {
        case (62, true): UInt8(ascii: "-")
        case (63, true): UInt8(ascii: "_")
        case (let index, _): standard[Int(index)]
        }
    }
}
