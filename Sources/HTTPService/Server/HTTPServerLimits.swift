package import NIOCore

/// What a server's clients may use. The defaults suit a handful of scrapers and browsers.
package struct HTTPServerLimits: Sendable {
    /// Connections open at once; one more is closed at once.
    package var connections: Int
    /// Octets of all header fields of a request, and of one of them.
    package var headerBytes: Int
    /// Header fields of a request.
    package var headerFields: Int
    /// Octets of a request's body.
    package var bodyBytes: Int
    /// How long a connection may take, from its start or its last answer, until the next request is there whole.
    package var requestTimeout: TimeAmount
    /// How long an answer may take until its last octet is with the kernel.
    package var answerTimeout: TimeAmount

    package init(
        connections: Int = 64, headerBytes: Int = 16_384, headerFields: Int = 64, bodyBytes: Int = 65_536,
        requestTimeout: TimeAmount = .seconds(30), answerTimeout: TimeAmount = .seconds(10)
    ) {
        self.connections = connections
        self.headerBytes = headerBytes
        self.headerFields = headerFields
        self.bodyBytes = bodyBytes
        self.requestTimeout = requestTimeout
        self.answerTimeout = answerTimeout
    }
}
