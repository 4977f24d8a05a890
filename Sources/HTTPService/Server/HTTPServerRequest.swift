package import NIOCore
package import NIOHTTP1

/// A request to the monitor that has arrived whole and passed the token check.
package struct HTTPServerRequest: Sendable {
    /// What a route can be asked for. HEAD arrives as `get`; the server leaves the body out of its answer.
    package enum Method: String, Hashable, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
    }

    package var method: Method
    /// The path as it was sent (not percent-decoded), starting with `/`, without the query.
    package var path: String
    /// The query's fields, percent-decoded; of a repeated name the first.
    package var query: [String: String]
    package var headers: HTTPHeaders
    /// At most `HTTPServerLimits.bodyBytes`.
    package var body: ByteBuffer
    /// The address that the request came from; behind a proxy, the proxy's.
    package var peer: String?

    package init(
        method: Method, path: String, query: [String: String] = [:], headers: HTTPHeaders = HTTPHeaders(),
        body: ByteBuffer = ByteBuffer(), peer: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.peer = peer
    }
}

extension HTTPServerRequest {
    /// The fields of an `application/x-www-form-urlencoded` body; of a repeated name the first. Nil where it is none.
    package var form: [String: String]? { HTTPRequestTarget.fields(Substring(String(buffer: body))) }
}

/// A request target in origin form (RFC 9112 §3.2.1), taken apart.
struct HTTPRequestTarget: Equatable {
    var path: String
    var query: [String: String]

    /// The most fields that a query may have.
    static let maximumFields = 32

    /// Nil when the target is not in origin form, or its query is badly encoded or too long.
    init?(_ target: String) {
        guard target.utf8.first == UInt8(ascii: "/") else { return nil }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        guard let query = Self.fields(parts.count == 2 ? parts[1] : "") else { return nil }
        self.query = query
    }

    /// The fields of a query or a form, by name; nil where they are badly encoded or too many.
    static func fields(_ text: Substring) -> [String: String]? {
        var decoded: [String: String] = [:]
        let fields = text.split(separator: "&")
        guard fields.count <= maximumFields else { return nil }
        for field in fields {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(pair[0]), let value = decode(pair.count == 2 ? pair[1] : "") else { return nil }
            if decoded[name] == nil { decoded[name] = value }
        }
        return decoded
    }

    /// Form decoding: `+` is a space, `%XX` an octet; the result must be UTF-8.
    private static func decode(_ text: Substring) -> String? {
        var octets: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let octet = rest.next() {
            switch octet {
            case UInt8(ascii: "+"):
                octets.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(hexDigit), let low = rest.next().flatMap(hexDigit) else {
                    return nil
                }
                octets.append(high << 4 | low)
            default:
                octets.append(octet)
            }
        }
        return String(validating: octets, as: UTF8.self)
    }

    private static func hexDigit(_ octet: UInt8) -> UInt8? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
