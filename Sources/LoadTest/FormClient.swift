package import NIOCore
import NIOHTTP1
import NIOPosix
package import TLS

/// Posts PlanFix's form once over HTTPS, as PlanFix does: one connection, one request, one answer.
package struct FormClient: Sendable {
    /// What came back.
    package struct Answer: Sendable, Equatable {
        /// The HTTP status code.
        package var status: Int
        /// Header fields in order, names as they came.
        package var headers: [(name: String, value: String)]
        /// The body as UTF-8; bytes that are not become U+FFFD.
        package var body: String

        /// The first field of that name, whatever its case.
        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        package static func == (left: Answer, right: Answer) -> Bool {
            left.status == right.status && left.body == right.body
                && left.headers.elementsEqual(right.headers, by: ==)
        }
    }

    /// Why there is no answer.
    package enum Failure: Error, CustomStringConvertible {
        case badURL(String)
        case closedEarly
        case timeout(TimeAmount)
        case bodyTooLarge(limit: Int)

        package var description: String {
            switch self {
            case .badURL(let url): "\(url) is not an https:// address with a host"
            case .closedEarly: "the connection was closed before an answer came"
            case .timeout(let limit): "no answer within \(limit.nanoseconds / 1_000_000_000) s"
            case .bodyTooLarge(let limit): "the answer's body has more than \(limit) bytes"
            }
        }
    }

    private let target: FormURL
    private let context: TLSClientContext
    private let group: any EventLoopGroup
    private let timeout: TimeAmount

    /// - Parameters:
    ///   - url: `https://HOST[:PORT]/PATH`.
    ///   - timeout: for connecting and answering together; 30 s, a little over the longest `reply_within`.
    /// - Throws: `Failure.badURL`.
    package init(
        url: String, context: TLSClientContext, group: any EventLoopGroup, timeout: TimeAmount = .seconds(30)
    ) throws(Failure) {
        guard let target = FormURL(url) else { throw .badURL(url) }
        self.target = target
        self.context = context
        self.group = group
        self.timeout = timeout
    }

    /// Posts `fields` in their order.
    ///
    /// - Parameter headers: sent besides Host, Content-Type, Content-Length and Connection.
    /// - Throws: `Failure`, or the error of the connection or of TLS.
    package func post(
        _ fields: [(name: String, value: String)], headers: [(String, String)] = []
    ) async throws -> Answer {
        let body = fields.map { "\($0.name)=\($0.value.formEncoded)" }.joined(separator: "&")
        let answer = group.next().makePromise(of: Answer.self)
        let (target, context, timeout) = (target, context, timeout)
        let connected = ClientBootstrap(group: answer.futureResult.eventLoop)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(TLSHandler(client: context, serverName: target.host))
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(FormAnswerHandler(answer: answer, timeout: timeout))
                }
            }
            .connect(host: target.host, port: target.port)
        connected.whenFailure { answer.fail($0) }
        connected.whenSuccess { channel in
            var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: target.path)
            head.headers = [
                "Host": target.authority, "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": String(body.utf8.count), "Connection": "close",
            ]
            for (name, value) in headers { head.headers.add(name: name, value: value) }
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        return try await answer.futureResult.get()
    }
}

/// Collects one answer and closes.
private final class FormAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    /// The bridge's bodies have at most 200 characters; anything much larger is not its answer.
    private static let bodyLimit = 64 << 10

    private let answer: EventLoopPromise<FormClient.Answer>
    private let timeout: TimeAmount
    private var deadline: Scheduled<Void>?
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()

    init(answer: EventLoopPromise<FormClient.Answer>, timeout: TimeAmount) {
        self.answer = answer
        self.timeout = timeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let (answer, timeout, channel) = (answer, timeout, context.channel)
        deadline = context.eventLoop.scheduleTask(in: timeout) {
            answer.fail(FormClient.Failure.timeout(timeout))
            channel.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part):
            body.writeImmutableBuffer(part)
            if body.readableBytes > Self.bodyLimit {
                fail(FormClient.Failure.bodyTooLarge(limit: Self.bodyLimit), context)
            }
        case .end:
            guard let head else { return }
            deadline?.cancel()
            answer.succeed(
                FormClient.Answer(
                    status: Int(head.status.code),
                    headers: head.headers.map { ($0.name, $0.value) }, body: String(buffer: body)))
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(FormClient.Failure.closedEarly, context)
        context.fireChannelInactive()
    }

    /// A promise that is already kept ignores this.
    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        answer.fail(error)
        context.close(promise: nil)
    }
}
