import Logging
import NIOCore
import NIOHTTP1
import TLS

/// One connection: gathers a request, asks the route, writes the answer. Requests come one at a time:
/// `HTTPServerPipelineHandler` in front of this handler holds back what is pipelined.
///
/// ```
///            head                end                    answer written, keep-alive
/// waiting ───────────▶ receiving ───▶ answering ─────────────────────────────▶ waiting
///    │ time is up          │ too large,   │ │ the answer goes on: streaming ──┐ the server stops
///    ▼                     ▼ time is up   ▼ failed: 500; time is up, last one │
///  closed ◀──────────── closing ◀─────────┴───────────────────────────────────┘
/// ```
/// (closing: the last answer is on its way)
final class HTTPServerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case waiting
        case receiving(HTTPRequestHead, refusal: HTTPServerResponse?)
        case answering(HTTPRequestHead)
        case streaming
        case closing
        case closed
    }

    private var state = State.waiting
    private var body = ByteBuffer()
    private var deadline: Scheduled<Void>?

    private let access: HTTPServerAccess
    private let isSecure: Bool
    private let limits: HTTPServerLimits
    private let seat: HTTPServerSeat
    private let logger: Logger
    private let tokenWasWrong: (SocketAddress?) -> Void
    private let respond: HTTPRoutes.Handler

    /// A guess at the token is answered so much later: whoever tries many does not try them fast.
    static let wrongTokenDelay = TimeAmount.seconds(1)

    /// - Parameters:
    ///   - isSecure: whether the connection has TLS.
    ///   - seat: where others see whether it waits.
    ///   - tokenWasWrong: called with the peer for each request that has a wrong token.
    init(
        access: HTTPServerAccess, isSecure: Bool, limits: HTTPServerLimits, seat: HTTPServerSeat, logger: Logger,
        tokenWasWrong: @escaping (SocketAddress?) -> Void, respond: @escaping HTTPRoutes.Handler
    ) {
        self.access = access
        self.isSecure = isSecure
        self.limits = limits
        self.seat = seat
        self.logger = logger
        self.tokenWasWrong = tokenWasWrong
        self.respond = respond
    }

    func handlerAdded(context: ChannelHandlerContext) {
        arm(limits.requestTimeout, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closed
        deadline?.cancel()
        deadline = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is HTTPServerStop else { return context.fireUserInboundEventTriggered(event) }
        // What would go on for ever ends here; other answers finish.
        guard case .streaming = state else { return }
        state = .closing
        arm(limits.answerTimeout, context)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A broken request has had its 400 from the handler in front; anything else is the connection's end.
        logger.debug("monitor connection failed", metadata: ["error": "\(type(of: error))"])
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard case .waiting = state else { return }
            state = .receiving(head, refusal: access.refusal(of: head))
            body.clear()
        case .body(var part):
            guard case .receiving(let head, let refusal) = state else { return }
            guard body.readableBytes + part.readableBytes <= limits.bodyBytes else {
                write(.bodyTooLarge, to: head, keepAlive: false, context)
                return
            }
            // A refused request's body is counted against the limit all the same: it is read to keep the connection.
            body.writeBuffer(&part)
            state = .receiving(head, refusal: refusal)
        case .end:
            guard case .receiving(let head, let refusal) = state else { return }
            state = .answering(head)
            answer(head, refusal: refusal, context)
        }
    }

    private func answer(_ head: HTTPRequestHead, refusal: HTTPServerResponse?, _ context: ChannelHandlerContext) {
        arm(limits.answerTimeout, context)
        if let refusal {
            guard refusal.status == 401, head.headers.contains(name: "Authorization") else {
                return write(refusal, to: head, keepAlive: head.isKeepAlive, context)
            }
            tokenWasWrong(context.remoteAddress)
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.wrongTokenDelay) {
                guard case .answering = self.state else { return }
                self.write(refusal, to: head, keepAlive: head.isKeepAlive, context)
            }
            return
        }
        seat.works()
        guard let target = HTTPRequestTarget(head.uri) else {
            write(.badRequest, to: head, keepAlive: head.isKeepAlive, context)
            return
        }
        let request = HTTPServerRequest(
            method: head.method == .POST ? .post : .get, path: target.path, query: target.query,
            headers: head.headers, body: body, peer: context.remoteAddress?.ipAddress)
        respond(request, context.eventLoop).hop(to: context.eventLoop).assumeIsolated().whenComplete { result in
            guard case .answering = self.state else { return }
            switch result {
            case .success(let response):
                self.write(response, to: head, keepAlive: head.isKeepAlive, context)
            case .failure(let error):
                self.logger.error("a monitor route failed", metadata: ["error": "\(type(of: error))"])
                self.write(.internalError, to: head, keepAlive: head.isKeepAlive, context)
            }
        }
    }

    private func write(
        _ response: HTTPServerResponse, to request: HTTPRequestHead, keepAlive: Bool, _ context: ChannelHandlerContext
    ) {
        if let stream = response.stream, request.method != .HEAD {
            return begin(stream, response, to: request, context)
        }
        var headers = headers(of: response)
        headers.replaceOrAdd(name: "Content-Length", value: String(response.body.readableBytes))
        if !keepAlive {
            headers.replaceOrAdd(name: "Connection", value: "close")
        } else if request.version == .http1_0 {
            headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
        seat.waits(from: context.eventLoop.now)
        // The state changes before the last part is written: the next pipelined request comes from inside that write.
        state = keepAlive ? .waiting : .closing
        arm(keepAlive ? limits.requestTimeout : limits.answerTimeout, context)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD, response.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(response.body))), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        if !keepAlive {
            written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
    }

    private func headers(of response: HTTPServerResponse) -> HTTPHeaders {
        var headers = response.headers
        headers.replaceOrAdd(name: "Content-Type", value: response.contentType)
        for (name, value) in HTTPServerResponse.securityHeaders where !headers.contains(name: name) {
            headers.add(name: name, value: value)
        }
        if isSecure { headers.replaceOrAdd(name: "Strict-Transport-Security", value: "max-age=31536000") }
        return headers
    }

    /// Writes the head of an answer that goes on, and hands the rest over.
    private func begin(
        _ start: (HTTPServerStream) -> Void, _ response: HTTPServerResponse, to request: HTTPRequestHead,
        _ context: ChannelHandlerContext
    ) {
        var headers = headers(of: response)
        headers.replaceOrAdd(name: "Connection", value: "close")
        state = .streaming
        deadline?.cancel()
        deadline = nil
        let marks = ChannelOptions.Types.WriteBufferWaterMark(
            low: HTTPServerStream.backlogBytes / 2, high: HTTPServerStream.backlogBytes)
        context.channel.setOption(.writeBufferWaterMark, value: marks).whenFailure { _ in }
        // HTTP/1.0 knows no chunks: the connection's end is the body's.
        let head = HTTPResponseHead(version: request.version, status: .ok, headers: headers)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        start(HTTPServerStream(channel: context.channel))
    }

    private func arm(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.timeIsUp(context) }
    }

    private func timeIsUp(_ context: ChannelHandlerContext) {
        switch state {
        case .receiving(let head, _): write(.requestTimeout, to: head, keepAlive: false, context)
        case .answering(let head): write(.late, to: head, keepAlive: false, context)
        case .waiting, .closing: context.close(promise: nil)
        case .streaming, .closed: break
        }
    }
}
