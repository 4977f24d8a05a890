package import NIOCore
import SMPP

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
        self.init(parsing: text)
    }

    /// The address of `text`, IPv4 or IPv6 without a port; nil when it is neither.
    package init?(parsing text: String) {
        guard let address = IPAddress(text) else { return nil }
        if address.isIPv6 {
            self.init(high: address.high, low: address.low)
        } else {
            self.init(v4: UInt32(truncatingIfNeeded: address.low))
        }
    }

    /// Its 16 octets in network order.
    var octets: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    /// As people write it (RFC 5952).
    package var text: String {
        (isV4 ? IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) : IPAddress(ipv6: high, low)).description
    }

    /// As of a peer; the port does not count.
    var socketAddress: SocketAddress? { try? SocketAddress(ipAddress: text, port: 0) }

    /// What attempts are counted by, as people write it: `192.0.2.1`, `2001:db8::/64`.
    package var networkText: String { isV4 ? text : network.text + "/64" }

    /// Whether this is an IPv4 address.
    var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// What attempts are counted by: the address, or an IPv6 peer's /64, all of which one host may use as it likes.
    var network: SourceAddress { isV4 ? self : SourceAddress(high: high, low: 0) }
}
