package import NIOCore

/// The IP address a connection came from, as 128 bits; an IPv4 address is its IPv4-mapped IPv6 form (RFC 4291 §2.5.5.2),
/// so that it is the same address on a socket of either family.
package struct SourceAddress: Sendable, Hashable {
    /// The first eight octets.
    let high: UInt64
    /// The last eight octets.
    let low: UInt64

    /// The address `::`, which stands for peers that have no IP address (sockets in the file system, tests).
    static let unspecified = SourceAddress(high: 0, low: 0)

    /// The two halves of an address.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An IPv4 address in host byte order.
    init(v4 address: UInt32) {
        self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(address))
    }

    /// The IP address of `address`; nil for anything that is not IP.
    package init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(canonical: text)
    }

    /// The address of `text`, IPv4 or IPv6 without a port; nil when it is neither.
    package init?(parsing text: String) {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        self.init(address)
    }

    /// Reads what the system wrote (RFC 5952, perhaps with a dotted quad at the end).
    private init?(canonical text: String) {
        if !text.utf8.contains(UInt8(ascii: ":")) {
            guard let address = Self.dottedQuad(text[...]) else { return nil }
            self.init(v4: address)
            return
        }
        let halves: [Substring]
        if let gap = text.firstRange(of: "::") {
            halves = [text[..<gap.lowerBound], text[gap.upperBound...]]
        } else {
            halves = [text[...]]
        }
        let groups = halves.map(Self.groups)
        guard let head = groups[0], let tail = groups.count == 2 ? groups[1] : [], head.count + tail.count <= 8 else {
            return nil
        }
        let all = head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
        self.init(
            high: all[..<4].reduce(0) { $0 << 16 | UInt64($1) }, low: all[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }

    /// The 16-bit groups of a part of an IPv6 address.
    private static func groups(_ text: Substring) -> [UInt16]? {
        var groups: [UInt16] = []
        for part in text.split(separator: ":") {
            if part.utf8.contains(UInt8(ascii: ".")) {
                guard let quad = dottedQuad(part) else { return nil }
                groups += [UInt16(quad >> 16), UInt16(truncatingIfNeeded: quad)]
            } else {
                guard let group = UInt16(part, radix: 16) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func dottedQuad(_ text: Substring) -> UInt32? {
        let octets = text.split(separator: ".").compactMap { UInt8($0) }
        return octets.count == 4 ? octets.reduce(0) { $0 << 8 | UInt32($1) } : nil
    }

    /// Its 16 octets in network order.
    var octets: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    /// As people write it (RFC 5952).
    package var text: String {
        let octets = ByteBuffer(bytes: isV4 ? Array(octets.suffix(4)) : octets)
        return (try? SocketAddress(packedIPAddress: octets, port: 0))?.ipAddress ?? "-"
    }

    /// What attempts are counted by, as people write it: `192.0.2.1`, `2001:db8::/64`.
    package var networkText: String { isV4 ? text : network.text + "/64" }

    /// Whether this is an IPv4 address.
    var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// What attempts are counted by: the address, or an IPv6 peer's /64, all of which one host may use as it likes.
    var network: SourceAddress { isV4 ? self : SourceAddress(high: high, low: 0) }
}
