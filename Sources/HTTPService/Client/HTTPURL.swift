/// An `http://` or `https://` address (RFC 3986 §3) as far as a client needs it: `SCHEME://HOST[:PORT][/PATH][?QUERY]`.
package struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    /// Whether TLS is spoken.
    package enum Scheme: String, Sendable {
        case http
        case https

        /// The port where an address names none.
        fileprivate var port: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// A name or an address; an IPv6 address without its brackets. Whether there is such a host is not known.
    package let host: String
    /// 1 to 65,535.
    package let port: Int
    /// What the `Host` field says: host and port as they were written.
    package let authority: String
    /// What a request line says: path and query; `/` where the address has none.
    package let target: String

    /// Nil for another scheme, no host, a port that is none, a user, a fragment, or anything but visible ASCII.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains("#"),
            let start = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<start.lowerBound].lowercased())
        else { return nil }
        let rest = text[start.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let (host, port) = Self.split(authority), !host.isEmpty else { return nil }
        self.scheme = scheme
        self.host = String(host)
        self.port = port ?? scheme.port
        self.authority = String(authority)
        let target = rest[authority.endIndex...]
        self.target = target.first == "/" ? String(target) : "/" + target
    }

    package var hasQuery: Bool { target.contains("?") }

    /// As it was written, but for the letters of the scheme and a path that is only `/`.
    package var description: String { "\(scheme.rawValue)://\(authority)\(target == "/" ? "" : target)" }

    /// `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`.
    private static func split(_ authority: Substring) -> (host: Substring, port: Int?)? {
        let host: Substring
        let rest: Substring
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[..<close].dropFirst()
            rest = authority[close...].dropFirst()
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority[host.endIndex...]
            guard !host.contains(where: { "@[]\\".contains($0) }) else { return nil }
        }
        if rest.isEmpty { return (host, nil) }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65_535).contains(port)
        else { return nil }
        return (host, port)
    }
}
