/// Where somebody listens: an SMSC, whose name is resolved at each connect, or we.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// A name or an IP address, without brackets.
    package var host: String
    /// 1 to 65535; where we listen also 0, any free one.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `smsc.example.net:2775`, `[2001:db8::1]:2775`.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
