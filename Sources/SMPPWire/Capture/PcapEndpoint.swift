package import SMPP

/// An end of a TCP connection in a file of captured packets.
package struct PcapEndpoint: Hashable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    package let port: UInt16

    package init(_ address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// `127.0.0.1:2775`, `[2001:db8::1]:2775`.
    package var description: String { HostPort(host: address.description, port: Int(port)).description }
}
