extension UInt32 {
    /// Upper-case hexadecimal digits, padded with zeros to `width`.
    package func hexDigits(_ width: Int) -> String {
        let digits = String(self, radix: 16, uppercase: true)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}

extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits an octet, nothing between them: what `smppost decode` reads back.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(underestimatedCount * 2)
        for octet in self {
            text.append(digits[Int(octet >> 4)])
            text.append(digits[Int(octet & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
