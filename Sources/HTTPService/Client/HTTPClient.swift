import Foundation
package import NIOCore
import NIOHTTP1
package import TLS

/// Asks a monitor: one connection, one request, one answer.
package struct HTTPClient: Sendable {
    /// What came back.
    package struct Answer: Sendable, Equatable {
        /// The HTTP status code.
        package var status: Int
        package var body: ByteBuffer
    }

    /// Why there is no answer.
    package enum Failure: Error, Hashable, CustomStringConvertible {
        case badURL(String)
        case closedEarly
        case timeout
        case bodyTooLarge

        package var description: String {
            switch self {
            case .badURL(let url): "\(url) is not an http:// or https:// address with a host"
            case .closedEarly: "the connection was closed before an answer came"
            case .timeout: "no answer in time"
            case .bodyTooLarge: "the answer's body has more than \(bodyLimit) octets"
            }
        }
    }

    /// A thousand carriers of ten binds are less.
    static let bodyLimit = 64 << 20

    private let authority: String
    private let base: String
    private let token: String?
    private let exchange: HTTPExchange

    /// - Parameters:
    ///   - url: `http://HOST[:PORT][/PATH]` or the same with https; paths are asked below it.
    ///   - context: of https.
    ///   - token: sent as `Authorization: Bearer`.
    ///   - timeout: for connecting and answering together.
    /// - Throws: `Failure.badURL`.
    package init(
        url: String, context: TLSClientContext, token: String?, timeout: TimeAmount = .seconds(10),
        group: any EventLoopGroup
    ) throws(Failure) {
        let parts = URLComponents(string: url)
        guard let parts, let host = parts.host, !host.isEmpty, parts.user == nil, parts.query == nil,
            parts.fragment == nil, let scheme = parts.scheme, ["http", "https"].contains(scheme),
            (1...65_535).contains(parts.port ?? 80)
        else { throw .badURL(url) }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let shown = bare.contains(":") ? "[\(bare)]" : bare
        authority = parts.port.map { "\(shown):\($0)" } ?? shown
        base = parts.path.hasSuffix("/") ? String(parts.path.dropLast()) : parts.path
        self.token = token
        let isTLS = scheme == "https"
        exchange = HTTPExchange(
            host: bare, port: parts.port ?? (isTLS ? 443 : 80), context: isTLS ? context : nil, timeout: timeout,
            bodyLimit: Self.bodyLimit, group: group)
    }

    /// - Throws: `Failure`, or the error of the connection or of TLS.
    package func get(_ path: String) async throws -> Answer { try await ask(.GET, path) }

    /// - Throws: as `get`.
    package func post(_ path: String) async throws -> Answer { try await ask(.POST, path) }

    /// With a body and further headers.
    ///
    /// - Throws: as `get`.
    package func post(
        _ path: String, body: ByteBuffer, type: String, headers: [(name: String, value: String)]
    ) async throws -> Answer {
        try await ask(.POST, path, body, [(name: "Content-Type", value: type)] + headers)
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ body: ByteBuffer = ByteBuffer(),
        _ headers: [(name: String, value: String)] = []
    ) async throws -> Answer {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: base + path)
        if head.uri.isEmpty { head.uri = "/" }
        head.headers = ["Host": authority, "Connection": "close", "Accept": "application/json"]
        if let token { head.headers.add(name: "Authorization", value: "Bearer " + token) }
        if method == .POST { head.headers.add(name: "Content-Length", value: "\(body.readableBytes)") }
        for header in headers { head.headers.add(name: header.name, value: header.value) }
        do {
            let answer = try await exchange.ask(head, body: body)
            return Answer(status: Int(answer.head.status.code), body: answer.body)
        } catch let failure as HTTPExchange.Failure {
            throw Failure(failure)
        }
    }
}

extension HTTPClient.Failure {
    fileprivate init(_ failure: HTTPExchange.Failure) {
        switch failure {
        case .closedEarly: self = .closedEarly
        case .timeout: self = .timeout
        case .bodyTooLarge: self = .bodyTooLarge
        }
    }
}
