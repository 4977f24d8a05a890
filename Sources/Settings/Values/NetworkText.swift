import TLS

/// Host names, addresses and blocks of addresses as configuration writes them.
enum NetworkText {
    /// Splits `host:port`, `1.2.3.4:port` or `[2001:db8::1]:port`; the host comes back without brackets.
    /// Nil where the host or the port (0 to 65535) is not valid.
    static func hostPort(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.count), isDecimal(digits), let port = Int(digits), port <= 65_535
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            return isIPv6(host) ? (String(host), port) : nil
        }
        return isHostName(host) ? (String(host), port) : nil
    }

    /// A block in CIDR form, or a single address.
    static func isAddressBlock(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = parts.first, parts.count <= 2 else { return false }
        let bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1
        guard bits > 0, parts.count == 2 else { return bits > 0 }
        let length = parts[1]
        return (1...3).contains(length.count) && isDecimal(length) && (Int(length) ?? .max) <= bits
    }

    /// An IPv4 or IPv6 address without brackets.
    static func isAddress(_ text: some StringProtocol) -> Bool { IPFamily(of: String(text)) != nil }

    /// Whether only this machine can reach it.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || (isIPv4(host) && host.hasPrefix("127."))
    }

    static func isIPv4(_ text: some StringProtocol) -> Bool { IPFamily(of: String(text)) == .v4 }

    static func isIPv6(_ text: some StringProtocol) -> Bool { IPFamily(of: String(text)) == .v6 }

    /// An IPv4 address or a DNS name of letters, digits, hyphens and underscores (RFC 1123 §2.1).
    static func isHostName(_ text: some StringProtocol) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(text.utf8.count), let last = labels.last else { return false }
        // A last label of digits only is an address (RFC 1123 §2.1), so it must be a whole one.
        if isDecimal(last) { return isIPv4(text) }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy {
                    $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                }
        }
    }

    private static func isDecimal(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(\.isDigit)
    }
}

extension UInt8 {
    /// An ASCII digit.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    /// An ASCII letter.
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}
