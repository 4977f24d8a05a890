/// An IP address: what the system writes, a PROXY header brings or a file of captured packets holds.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    package let isIPv6: Bool
    /// The first 8 octets of an IPv6 address; 0 for IPv4.
    package let high: UInt64
    /// The last 8 octets of an IPv6 address, or the 4 of IPv4.
    package let low: UInt64

    /// `address` is 127.0.0.1 as 0x7F000001.
    package init(ipv4 address: UInt32) {
        isIPv6 = false
        high = 0
        low = UInt64(address)
    }

    /// `::1` is `high` 0 and `low` 1.
    package init(ipv6 high: UInt64, _ low: UInt64) {
        isIPv6 = true
        self.high = high
        self.low = low
    }

    /// Reads `127.0.0.1`, `2001:db8::1` or `::ffff:127.0.0.1` (RFC 4291 §2.2), as strictly as the system does; nil where it is
    /// none of these.
    package init?(_ text: some StringProtocol) {
        if let address = Self.ipv4(Substring(text)) {
            self.init(ipv4: address)
            return
        }
        let halves = Substring(text).split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        let groups = halves.enumerated().compactMap { Self.groups($1, isEnd: $0 == halves.count - 1) }
        let count = groups.reduce(0) { $0 + $1.count }
        guard groups.count == halves.count, halves.count == 2 ? count < 8 : count == 8 else { return nil }
        let all = groups[0] + Array(repeating: 0, count: 8 - count) + (groups.count == 2 ? groups[1] : [])
        let words = [all[..<4], all[4...]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
        self.init(ipv6: words[0], words[1])
    }

    private static func ipv4(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let octets = parts.compactMap { part in
            UInt8(part).flatMap { String($0).utf8.elementsEqual(part.utf8) ? $0 : nil }
        }
        return parts.count == 4 && octets.count == 4 ? octets.reduce(0) { $0 << 8 | UInt32($1) } : nil
    }

    /// The 16-bit groups of a part of an IPv6 address, whose end may be a dotted quad; nil where one makes no sense.
    private static func groups(_ text: Substring, isEnd: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (place, part) in parts.enumerated() {
            if 1...4 ~= part.utf8.count, part.utf8.first != UInt8(ascii: "+"), let group = UInt16(part, radix: 16) {
                groups.append(group)
            } else if isEnd, place == parts.count - 1, let address = ipv4(part) {
                groups += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
            } else {
                return nil
            }
        }
        return groups
    }

    /// As people write it (RFC 5952): `127.0.0.1`, `2001:db8::1`.
    package var description: String {
        guard isIPv6 else {
            return stride(from: 24, through: 0, by: -8).map { "\(low >> UInt64($0) & 0xFF)" }.joined(separator: ".")
        }
        let groups = [high, low].flatMap { half in
            stride(from: 48, through: 0, by: -16).map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
        }
        // The longest run of at least two zero groups becomes `::`.
        var longest = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 { start = index + 1 }
            if index + 1 - start > max(longest.count, 1) { longest = start..<(index + 1) }
        }
        let words = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return words.joined(separator: ":") }
        return words[..<longest.lowerBound].joined(separator: ":") + "::"
            + words[longest.upperBound...].joined(separator: ":")
    }
}
