extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits an octet, nothing between them: what `smppost decode` reads back.
    package var hexadecimal: String {
        let digits = Hexadecimal.digits
        var text: [UInt8] = []
        text.reserveCapacity(underestimatedCount * 2)
        for octet in self {
            text.append(digits[Int(octet >> 4)])
            text.append(digits[Int(octet & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Reads what `hexadecimal` gave; nil for anything else, capitals too.
    package init?(hexadecimal text: some StringProtocol) {
        let digits = text.utf8
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            guard let value = Hexadecimal.digits.firstIndex(of: digit).map({ UInt8(truncatingIfNeeded: $0) }) else {
                return nil
            }
            if let first = high {
                append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
    }
}

private enum Hexadecimal {
    static let digits = Array("0123456789abcdef".utf8)
}
