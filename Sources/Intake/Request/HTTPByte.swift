/// The characters of HTTP/1.1 (RFC 9110 §5.6.2, RFC 9112 §§3–5).
enum HTTPByte {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20

    /// `tchar` (RFC 9110 §5.6.2), a bit for each byte below 0x80.
    private static let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
    private static let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    /// Whether a byte may stand in a token.
    static func isToken(_ byte: UInt8) -> Bool {
        if isLetter(byte) { return true }
        let bits = byte & 0x40 == 0 ? tokenLow : tokenHigh
        return byte < 0x80 && bits >> UInt64(byte & 0x3F) & 1 == 1
    }

    /// Whether a byte may stand in a field's value (RFC 9110 §5.5): no control characters but the tab.
    static func isValue(_ byte: UInt8) -> Bool {
        byte &- 0x20 < 0x5F || byte >= 0x80 || byte == tab
    }

    /// Whether a byte is an ASCII letter.
    static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26
    }

    /// Whether a byte is an ASCII digit.
    static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }
}

// Inlined, so that the texts are constants where they are compared: a text that is iterated costs ten times as much.
extension Span<UInt8> {
    /// Whether it is `text`, byte for byte.
    @inline(__always)
    func equals(_ text: String) -> Bool {
        count == text.utf8.count && starts(with: text)
    }

    /// Whether it begins with `text`, byte for byte.
    @inline(__always)
    func starts(with text: String) -> Bool {
        let wanted = text.utf8.span
        guard count >= wanted.count else { return false }
        var index = 0
        while index < wanted.count {
            if self[index] != wanted[index] { return false }
            index += 1
        }
        return true
    }

    /// Whether it is `lowercase`, which is letters in lower case, `-`, `/` and digits, without regard to case. For bytes of tokens
    /// and values: the bit that tells upper from lower case would make `-`, `/` and digits of control characters, which
    /// those have none of.
    @inline(__always)
    func equalsIgnoringCase(_ lowercase: String) -> Bool {
        let wanted = lowercase.utf8.span
        guard count == wanted.count else { return false }
        var index = 0
        while index < wanted.count {
            if self[index] | 0x20 != wanted[index] { return false }
            index += 1
        }
        return true
    }

    /// The index of the first `byte` from `start` on; the end when there is none.
    func firstIndex(of byte: UInt8, from start: Int = 0) -> Int {
        var index = start
        while index < count, self[index] != byte { index += 1 }
        return index
    }

    /// A range without the spaces and tabs at both ends of it (OWS, RFC 9110 §5.6.3).
    func trimmingHTTPSpace(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] == HTTPByte.space || self[start] == HTTPByte.tab { start += 1 }
        while start < end, self[end - 1] == HTTPByte.space || self[end - 1] == HTTPByte.tab { end -= 1 }
        return start..<end
    }

    /// As text; for the rare values that are not decided byte by byte.
    var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for index in 0..<count { bytes.append(self[index]) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
