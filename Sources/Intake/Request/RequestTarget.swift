/// A request target (RFC 9112 §3.2), looked at once and not kept.
enum RequestTarget {
    /// Where a balancer asks whether the listener is well.
    static let healthPath = "/healthz"

    /// Whether a target is `path`; a slash behind it and a query do not matter.
    /// - Parameter target: bytes from 0x21 to 0x7E, at least one.
    /// - Throws: `malformed` for what is none of the four forms, or is the form of another method.
    static func isOurs(_ target: Span<UInt8>, method: RequestMethod, path: String) throws(RequestProblem) -> Bool {
        if method == .connect {
            // Authority form, §3.2.3: it has no path.
            guard authorityEnd(target, from: 0) == target.count else { throw .malformed }
            return false
        }
        if target[0] == UInt8(ascii: "/") { return matches(target, path) }
        if target.equals("*"), method == .options { return true }  // asterisk form, §3.2.4
        // Absolute form, §3.2.2.
        var colon = 0
        while colon < target.count, HTTPByte.isLetter(target[colon]) { colon += 1 }
        guard colon > 0, target.extracting(colon...).starts(with: "://") else { throw .malformed }
        let end = authorityEnd(target, from: colon + 3)
        guard end > colon + 3 else { throw .malformed }
        if end < target.count {
            guard target[end] == UInt8(ascii: "/") || target[end] == UInt8(ascii: "?") else { throw .malformed }
        }
        let scheme = target.extracting(..<colon)
        return (scheme.equalsIgnoringCase("http") || scheme.equalsIgnoringCase("https"))
            && matches(target.extracting(end...), path)
    }

    private static func matches(_ pathAndQuery: Span<UInt8>, _ path: String) -> Bool {
        guard pathAndQuery.starts(with: path) else { return false }
        var end = path.utf8.count
        if end < pathAndQuery.count, pathAndQuery[end] == UInt8(ascii: "/") { end += 1 }
        return end == pathAndQuery.count || pathAndQuery[end] == UInt8(ascii: "?")
    }

    /// Where a host and port that begin at `start` end. User information is none (RFC 9110 §4.2.4).
    private static func authorityEnd(_ target: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < target.count {
            switch target[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: break
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"),
                UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "%"):
                break
            default: return index  // a delimiter, or nothing that a host has
            }
            index += 1
        }
        return index
    }
}
