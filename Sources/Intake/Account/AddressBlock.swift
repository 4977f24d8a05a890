/// A block of IP addresses in CIDR notation (RFC 4632, RFC 4291 §2.3); an address alone is a block of one.
package struct AddressBlock: Sendable, Hashable {
    private let first: SourceAddress
    private let maskHigh: UInt64
    private let maskLow: UInt64

    /// Parses `203.0.113.0/24`, `2001:db8::/32` or an address alone; bits behind the prefix are ignored. Nil when the
    /// text is none of these.
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = SourceAddress(parsing: String(first)) else { return nil }
        let isV4 = !first.utf8.contains(UInt8(ascii: ":"))
        let width = isV4 ? 32 : 128
        var length = width
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let given = Int(parts[1]), given <= width
            else { return nil }
            length = given
        }
        let prefix = isV4 ? 96 + length : length
        maskHigh = Self.mask(prefix)
        maskLow = Self.mask(prefix - 64)
        self.first = SourceAddress(high: address.high & maskHigh, low: address.low & maskLow)
    }

    /// Whether `address` lies in the block. An IPv4 peer of an IPv6 socket is matched by IPv4 blocks.
    package func contains(_ address: SourceAddress) -> Bool {
        address.high & maskHigh == first.high && address.low & maskLow == first.low
    }

    /// The mask of the first `bits` of 64; out of range: none or all of them.
    private static func mask(_ bits: Int) -> UInt64 {
        if bits <= 0 { return 0 }
        return bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits))
    }
}
