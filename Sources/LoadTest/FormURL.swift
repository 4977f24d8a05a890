/// The parts of an `https://HOST[:PORT][/PATH][?QUERY]` address (RFC 3986) that a form is posted to.
package struct FormURL: Equatable, Sendable {
    /// A name or an address; an IPv6 address without its brackets.
    package var host: String
    /// 443 where the address names none.
    package var port: Int
    /// With the query; `/` where the address has none.
    package var path: String
    /// What the `Host` field says: host and port as written.
    package var authority: String

    /// Nil for anything but https with a host and a port from 1 to 65535; user names and fragments are refused.
    package init?(_ text: String) {
        let scheme = "https://"
        guard text.lowercased().hasPrefix(scheme), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@"), !rest.contains("#") else { return nil }
        let path = rest[end...]
        self.path = path.first == "/" ? String(path) : "/" + path
        self.authority = String(authority)
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[authority.index(after: authority.startIndex)..<close])
            guard let port = Self.port(authority[authority.index(after: close)...]) else { return nil }
            self.port = port
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            host = String(authority[..<colon])
            guard let port = Self.port(authority[colon...]) else { return nil }
            self.port = port
        }
        guard !host.isEmpty else { return nil }
    }

    /// The port of `:8443`; 443 of nothing.
    private static func port(_ text: Substring) -> Int? {
        if text.isEmpty { return 443 }
        guard text.first == ":", let port = Int(text.dropFirst()), (1...65_535).contains(port) else { return nil }
        return port
    }
}

extension String {
    /// `application/x-www-form-urlencoded` (WHATWG URL, "percent-encode set"): letters, digits and `*-._` stay, a space
    /// becomes `+`, every other octet of the UTF-8 is percent-encoded.
    package var formEncoded: String {
        var encoded = ""
        for octet in utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                encoded.unicodeScalars.append(Unicode.Scalar(octet))
            case UInt8(ascii: " "): encoded += "+"
            default:
                let digits = String(octet, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return encoded
    }
}
