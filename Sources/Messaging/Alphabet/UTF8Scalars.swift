/// Reads scalars from the UTF-8 bytes of a text in place.
enum UTF8Scalars {
    /// The value of the scalar at `offset`, which moves behind it.
    ///
    /// The bytes are those of a `String`, whose UTF-8 is always well-formed (RFC 3629 §4).
    @inline(__always)
    static func next(in bytes: borrowing Span<UInt8>, at offset: inout Int) -> UInt32 {
        let first = bytes[offset]
        offset += 1
        if first < 0x80 { return UInt32(first) }
        let more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3
        var value = UInt32(first) & (0x3F >> UInt32(more))
        for _ in 0..<more {
            value = value << 6 | UInt32(bytes[offset] & 0x3F)
            offset += 1
        }
        return value
    }
}
