package import NIOCore
package import NIOHTTP1

/// A request that has arrived whole and that `HTTPServerAccess` lets in.
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
    package var form: [String: String]? { FormCoding.decode(Substring(String(buffer: body))) }
}

/// A request target in origin form (RFC 9112 §3.2.1), taken apart.
struct HTTPRequestTarget: Equatable {
    var path: String
    var query: [String: String]

    /// Nil when the target is not in origin form, or its query is badly encoded or too long.
    init?(_ target: String) {
        guard target.utf8.first == UInt8(ascii: "/") else { return nil }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        guard let query = FormCoding.decode(parts.count == 2 ? parts[1] : "") else { return nil }
        self.query = query
    }
}
