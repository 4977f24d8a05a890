/// An end of a TCP connection in a file of captured packets.
package struct PcapEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// Whether the address is one of IPv6.
    package let isIPv6: Bool
    /// The first 8 octets of an IPv6 address; 0 for IPv4.
    package let high: UInt64
    /// The last 8 octets of an IPv6 address, or the 4 of IPv4.
    package let low: UInt64
    package let port: UInt16

    /// `address` is 127.0.0.1 as 0x7F000001.
    package init(ipv4 address: UInt32, port: UInt16) {
        isIPv6 = false
        high = 0
        low = UInt64(address)
        self.port = port
    }

    /// `::1` is `high` 0 and `low` 1.
    package init(ipv6 high: UInt64, _ low: UInt64, port: UInt16) {
        isIPv6 = true
        self.high = high
        self.low = low
        self.port = port
    }

    /// Reads `127.0.0.1`, `2001:db8::1` or `::ffff:127.0.0.1`; nil where it is none of these.
    package init?(address: String, port: UInt16) {
        if let address = Self.ipv4(address[...]) {
            self.init(ipv4: address, port: port)
            return
        }
        let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        let groups = halves.compactMap(Self.groups)
        let count = groups.reduce(0) { $0 + $1.count }
        guard groups.count == halves.count, halves.count == 2 ? count < 8 : count == 8 else { return nil }
        let zeros = Array(repeating: UInt16(0), count: 8 - count)
        let all = (groups.first ?? []) + zeros + (groups.count == 2 ? groups[1] : [])
        let words = [all[..<4], all[4...]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
        self.init(ipv6: words[0], words[1], port: port)
    }

    private static func ipv4(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let octets = parts.compactMap { UInt8($0) }
        return parts.count == 4 && octets.count == 4 ? octets.reduce(0) { $0 << 8 | UInt32($1) } : nil
    }

    /// The 16-bit groups of a part of an IPv6 address; nil where one makes no sense.
    private static func groups(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            if let group = UInt16(part, radix: 16) {
                groups.append(group)
            } else if let address = ipv4(part) {
                groups += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
            } else {
                return nil
            }
        }
        return groups
    }

    /// `127.0.0.1:2775`, `[2001:db8::1]:2775` (RFC 5952).
    package var description: String {
        guard isIPv6 else {
            return stride(from: 24, through: 0, by: -8).map { "\(low >> UInt64($0) & 0xFF)" }.joined(separator: ".")
                + ":\(port)"
        }
        let groups = [high, low].flatMap { half in
            stride(from: 48, through: 0, by: -16).map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
        }
        return "[\(Self.text(groups))]:\(port)"
    }

    /// The longest run of at least two zero groups becomes `::`.
    private static func text(_ groups: [UInt16]) -> String {
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
