package import NIOCore
package import NIOHTTP1
import NIOPosix
package import TLS

/// One HTTP/1.1 exchange as a client: a connection of its own, one request, one answer, within a time.
package struct HTTPExchange: Sendable {
    /// What came back.
    package struct Answer: Sendable {
        package var head: HTTPResponseHead
        package var body: ByteBuffer
    }

    /// Why there is no answer, where neither the connection nor TLS failed.
    package enum Failure: Error, Hashable {
        case closedEarly
        case timeout
        case bodyTooLarge
    }

    private let host: String
    private let port: Int
    private let context: TLSClientContext?
    private let timeout: TimeAmount
    private let bodyLimit: Int
    private let group: any EventLoopGroup

    /// - Parameters:
    ///   - host: a name or an address; an IPv6 one without brackets.
    ///   - context: nil = plain HTTP.
    ///   - timeout: for connecting, and then for the answer.
    ///   - bodyLimit: the largest body that is taken, in octets.
    package init(
        host: String, port: Int, context: TLSClientContext?, timeout: TimeAmount, bodyLimit: Int,
        group: any EventLoopGroup
    ) {
        self.host = host
        self.port = port
        self.context = context
        self.timeout = timeout
        self.bodyLimit = bodyLimit
        self.group = group
    }

    /// Sends the request as it is: `Host`, `Connection: close` and the body's framing are the caller's.
    ///
    /// - Throws: `Failure`, or the error of the connection or of TLS.
    package func ask(_ head: HTTPRequestHead, body: ByteBuffer = ByteBuffer()) async throws -> Answer {
        let answer = group.next().makePromise(of: Answer.self)
        let (context, host, timeout, bodyLimit) = (context, host, timeout, bodyLimit)
        let connected = ClientBootstrap(group: answer.futureResult.eventLoop)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(TLSHandler(client: context, serverName: host)) }
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(AnswerHandler(answer: answer, timeout: timeout, bodyLimit: bodyLimit))
                }
            }
            .connect(host: host, port: port)
        connected.whenFailure { answer.fail($0) }
        connected.whenSuccess { channel in
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            if body.readableBytes > 0 { channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil) }
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        return try await answer.futureResult.get()
    }
}

/// Collects one answer and closes.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let answer: EventLoopPromise<HTTPExchange.Answer>
    private let timeout: TimeAmount
    private let bodyLimit: Int
    private var deadline: Scheduled<Void>?
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()

    init(answer: EventLoopPromise<HTTPExchange.Answer>, timeout: TimeAmount, bodyLimit: Int) {
        self.answer = answer
        self.timeout = timeout
        self.bodyLimit = bodyLimit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let (answer, channel) = (answer, context.channel)
        deadline = context.eventLoop.scheduleTask(in: timeout) {
            answer.fail(HTTPExchange.Failure.timeout)
            channel.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part):
            body.writeImmutableBuffer(part)
            if body.readableBytes > bodyLimit { fail(HTTPExchange.Failure.bodyTooLarge, context) }
        case .end:
            guard let head else { return }
            deadline?.cancel()
            answer.succeed(HTTPExchange.Answer(head: head, body: body))
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(HTTPExchange.Failure.closedEarly, context)
        context.fireChannelInactive()
    }

    /// A promise that is already kept ignores this.
    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        answer.fail(error)
        context.close(promise: nil)
    }
}
