/// The header that a balancer puts in front of a connection to say whose it is (HAProxy's PROXY protocol, versions 1 and 2).
package struct ProxyHeader: Sendable, Hashable {
    /// What the first bytes of a connection are.
    package enum Reading: Sendable, Hashable {
        /// The beginning of a header: more must come.
        case incomplete
        /// No header, or a broken one.
        case malformed
        /// A whole one.
        case header(ProxyHeader)
    }

    /// Bytes of the header; what follows is the connection's.
    package var length: Int
    /// Whose the connection is; nil = the balancer's own, a health check say, or of another kind than TCP over IP.
    package var client: SourceAddress?
    /// The client's port; 0 where there is no client.
    package var port: Int

    /// A header of version 2 may have so many bytes behind its first 16, which hold addresses and what balancers add to them.
    package static let longest = 2048
    /// Of version 1, line end included.
    private static let longestLine = 107
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    /// Reads the header at the start of `bytes`.
    package static func read(_ bytes: [UInt8]) -> Reading {
        if bytes.first == signature[0] { return version2(bytes) }
        return version1(bytes)
    }

    // MARK: - Version 1

    /// `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443` and CR LF (§2.1).
    private static func version1(_ bytes: [UInt8]) -> Reading {
        let start = Array("PROXY ".utf8)
        guard bytes.prefix(start.count).elementsEqual(start.prefix(bytes.count)) else { return .malformed }
        guard let end = bytes.prefix(longestLine).firstIndex(of: 0x0A) else {
            return bytes.count < longestLine ? .incomplete : .malformed
        }
        guard end > start.count, bytes[end - 1] == 0x0D, bytes[..<(end - 1)].allSatisfy({ (0x20...0x7E).contains($0) })
        else { return .malformed }
        let words = String(decoding: bytes[start.count..<(end - 1)], as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false)
        // What stands behind UNKNOWN is not to be looked at.
        if words[0] == "UNKNOWN" { return .header(ProxyHeader(length: end + 1, client: nil, port: 0)) }
        guard words.count == 5, words[0] == "TCP4" || words[0] == "TCP6",
            let client = SourceAddress(parsing: String(words[1])),
            let server = SourceAddress(parsing: String(words[2])),
            let port = self.port(words[3]), self.port(words[4]) != nil
        else { return .malformed }
        let isV6 = words[0] == "TCP6"
        guard [words[1], words[2]].allSatisfy({ $0.contains(":") == isV6 }), isV6 || (client.isV4 && server.isV4) else {
            return .malformed
        }
        return .header(ProxyHeader(length: end + 1, client: client, port: port))
    }

    private static func port(_ text: Substring) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(text), port <= 65_535
        else { return nil }
        return port
    }

    // MARK: - Version 2

    /// 12 bytes of signature, version and command, family, length; then addresses (§2.2).
    private static func version2(_ bytes: [UInt8]) -> Reading {
        guard bytes.prefix(signature.count).elementsEqual(signature.prefix(bytes.count)) else { return .malformed }
        guard bytes.count >= 16 else { return .incomplete }
        let rest = Int(bytes[14]) << 8 | Int(bytes[15])
        guard bytes[12] >> 4 == 2, bytes[12] & 0x0F <= 1, rest <= longest else { return .malformed }
        guard bytes.count >= 16 + rest else { return .incomplete }
        let isLocal = bytes[12] & 0x0F == 0
        let header = ProxyHeader(length: 16 + rest, client: nil, port: 0)
        if isLocal { return .header(header) }
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        switch bytes[13] {
        case 0x11:
            guard rest >= 12 else { return .malformed }
            let client = SourceAddress(v4: UInt32(number(16..<20)))
            return .header(ProxyHeader(length: 16 + rest, client: client, port: Int(number(24..<26))))
        case 0x21:
            guard rest >= 36 else { return .malformed }
            let client = SourceAddress(high: number(16..<24), low: number(24..<32))
            return .header(ProxyHeader(length: 16 + rest, client: client, port: Int(number(48..<50))))
        default:
            // Unspecified, datagrams, sockets of the file system: nothing that could be a client of ours.
            return .header(header)
        }
    }
}
