package import NIOCore
package import NIOHTTP1

/// What a route answers. The server adds length, connection and security headers.
package struct HTTPServerResponse: Sendable {
    /// 200 to 599.
    package var status: Int
    package var contentType: String
    package var body: ByteBuffer
    /// Further headers. One that the server would add itself (such as a page's own `Content-Security-Policy`)
    /// takes that one's place.
    package var headers: HTTPHeaders
    /// Where the body goes on after the answer has begun: called once, on the connection's event loop, in place of `body`.
    package var stream: (@Sendable (HTTPServerStream) -> Void)?

    package init(
        status: Int = 200, contentType: String, body: ByteBuffer = ByteBuffer(), headers: HTTPHeaders = HTTPHeaders()
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
    }

    /// One line of plain text.
    package static func text(_ line: String, status: Int = 200, headers: HTTPHeaders = HTTPHeaders()) -> Self {
        HTTPServerResponse(
            status: status, contentType: "text/plain; charset=utf-8", body: ByteBuffer(string: line + "\n"),
            headers: headers)
    }

    /// 503, or 429, with the time after which it may be better (RFC 9110 §10.2.3).
    package static func later(_ line: String, seconds: Int, status: Int = 503) -> Self {
        text(line, status: status, headers: ["Retry-After": String(seconds)])
    }

    /// Server-sent events (HTML, "Server-sent events"): `start` gets the stream to write them to. A proxy must not gather them.
    package static func events(_ start: @escaping @Sendable (HTTPServerStream) -> Void) -> Self {
        var response = HTTPServerResponse(contentType: "text/event-stream", headers: ["X-Accel-Buffering": "no"])
        response.stream = start
        return response
    }

    /// What a `JSONWriter` has written.
    package static func json(_ writer: JSONWriter, status: Int = 200) -> Self {
        HTTPServerResponse(status: status, contentType: "application/json", body: ByteBuffer(bytes: writer.bytes))
    }
}

extension HTTPServerResponse {
    package static let badRequest = text("bad request", status: 400)
    static let unauthorized = text("a token is needed", status: 401, headers: ["WWW-Authenticate": "Bearer"])
    /// The same to somebody who has one: a guess, perhaps. It is told late.
    static let wrongToken = text("the token is wrong", status: 401, headers: ["WWW-Authenticate": "Bearer"])
    static let foreignOrigin = text("not from another site's page", status: 403)
    static let foreignName = text("not by this name: use an address or localhost", status: 421)
    package static let notFound = text("not found", status: 404)
    static let requestTimeout = text("the request did not arrive in time", status: 408)
    static let bodyTooLarge = text("the body is too large", status: 413)
    static let internalError = text("internal error", status: 500)
    static let late = text("no answer in time", status: 503)

    /// 405 with the methods that would do (RFC 9110 §15.5.6).
    static func methodNotAllowed(_ allowed: String) -> Self {
        text("method not allowed", status: 405, headers: ["Allow": allowed])
    }

    /// Headers of every answer: it is never stored or sniffed, and a page may load and embed nothing unless it says so.
    static let securityHeaders: [(name: String, value: String)] = [
        ("Cache-Control", "no-store"),
        (
            "Content-Security-Policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
    ]
}
