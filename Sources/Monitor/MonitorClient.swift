import Foundation
package import NIOCore
import NIOHTTP1
import NIOPosix
package import TLS

/// Asks a monitor: one connection, one request, one answer.
package struct MonitorClient: Sendable {
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

    private let host: String
    private let port: Int
    private let authority: String
    private let base: String
    private let context: TLSClientContext?
    private let token: String?
    private let timeout: TimeAmount
    private let group: any EventLoopGroup

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
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? (scheme == "https" ? 443 : 80)
        let shown = self.host.contains(":") ? "[\(self.host)]" : self.host
        authority = parts.port.map { "\(shown):\($0)" } ?? shown
        base = parts.path.hasSuffix("/") ? String(parts.path.dropLast()) : parts.path
        self.context = scheme == "https" ? context : nil
        self.token = token
        self.timeout = timeout
        self.group = group
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
        let answer = group.next().makePromise(of: Answer.self)
        let (context, host, timeout) = (context, host, timeout)
        let connected = ClientBootstrap(group: answer.futureResult.eventLoop)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(TLSHandler(client: context, serverName: host)) }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(MonitorAnswerHandler(answer: answer, timeout: timeout))
                }
            }
            .connect(host: host, port: port)
        connected.whenFailure { answer.fail($0) }
        connected.whenSuccess { channel in
            var head = HTTPRequestHead(version: .http1_1, method: method, uri: base + path)
            if head.uri.isEmpty { head.uri = "/" }
            head.headers = ["Host": authority, "Connection": "close", "Accept": "application/json"]
            if let token { head.headers.add(name: "Authorization", value: "Bearer " + token) }
            if method == .POST { head.headers.add(name: "Content-Length", value: "\(body.readableBytes)") }
            for header in headers { head.headers.add(name: header.name, value: header.value) }
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            if body.readableBytes > 0 { channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil) }
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        return try await answer.futureResult.get()
    }
}

/// Collects one answer and closes.
private final class MonitorAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let answer: EventLoopPromise<MonitorClient.Answer>
    private let timeout: TimeAmount
    private var deadline: Scheduled<Void>?
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()

    init(answer: EventLoopPromise<MonitorClient.Answer>, timeout: TimeAmount) {
        self.answer = answer
        self.timeout = timeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let (answer, channel) = (answer, context.channel)
        deadline = context.eventLoop.scheduleTask(in: timeout) {
            answer.fail(MonitorClient.Failure.timeout)
            channel.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part):
            body.writeImmutableBuffer(part)
            if body.readableBytes > MonitorClient.bodyLimit { fail(MonitorClient.Failure.bodyTooLarge, context) }
        case .end:
            guard let head else { return }
            deadline?.cancel()
            answer.succeed(MonitorClient.Answer(status: Int(head.status.code), body: body))
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(MonitorClient.Failure.closedEarly, context)
        context.fireChannelInactive()
    }

    /// A promise that is already kept ignores this.
    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        answer.fail(error)
        context.close(promise: nil)
    }
}
