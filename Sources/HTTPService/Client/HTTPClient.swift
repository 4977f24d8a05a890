package import NIOCore
import NIOHTTP1
import NIOPosix
package import TLS

/// An HTTP/1.1 client for what is asked now and then: each request has a connection of its own, and an end.
package struct HTTPClient: Sendable {
    /// Header fields, in order.
    package typealias Fields = [(name: String, value: String)]

    /// What came back.
    package struct Answer: Sendable {
        /// The HTTP status code.
        package var status: Int
        /// Names as they came.
        package var fields: Fields
        package var body: ByteBuffer

        /// The first field of that name, whatever its case.
        package func field(_ name: String) -> String? {
            fields.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    package let url: HTTPURL
    private let context: TLSClientContext?
    private let fields: Fields
    private let timeout: TimeAmount
    private let bodyLimit: Int
    private let group: any EventLoopGroup

    /// - Parameters:
    ///   - url: where requests go; those that name a path go below it.
    ///   - context: an https address needs one, an http address does not use it.
    ///   - fields: sent with every request besides `Host`, `Connection` and what frames the body.
    ///   - timeout: for connecting, and then for the answer.
    ///   - bodyLimit: the largest body that is taken, in octets.
    package init(
        _ url: HTTPURL, context: TLSClientContext?, fields: Fields = [], timeout: TimeAmount = .seconds(10),
        bodyLimit: Int, group: any EventLoopGroup
    ) {
        precondition(url.scheme == .http || context != nil, "https needs a TLS context")
        self.url = url
        self.context = url.scheme == .https ? context : nil
        self.fields = fields
        self.timeout = timeout
        self.bodyLimit = bodyLimit
        self.group = group
    }

    /// - Parameter path: begins with `/` and may have a query; none: what the address says.
    package func get(_ path: String = "") async throws(HTTPFailure) -> Answer {
        try await ask(head(.GET, path))
    }

    /// - Parameters:
    ///   - path: as of `get`.
    ///   - fields: sent besides those of all requests.
    package func post(
        _ path: String = "", body: ByteBuffer = ByteBuffer(), type: String? = nil, fields: Fields = []
    ) async throws(HTTPFailure) -> Answer {
        var head = head(.POST, path)
        if let type { head.headers.add(name: "Content-Type", value: type) }
        head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        for field in fields { head.headers.add(name: field.name, value: field.value) }
        return try await ask(head, body)
    }

    /// Posts the fields of a form.
    package func post(
        _ path: String = "", form: Fields, fields: Fields = []
    ) async throws(HTTPFailure) -> Answer {
        try await post(
            path, body: ByteBuffer(string: FormCoding.encode(form)), type: FormCoding.contentType, fields: fields)
    }

    private func head(_ method: HTTPMethod, _ path: String) -> HTTPRequestHead {
        let base = url.target.hasSuffix("/") ? String(url.target.dropLast()) : url.target
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path.isEmpty ? url.target : base + path)
        head.headers = ["Host": url.authority, "Connection": "close"]
        for field in fields { head.headers.add(name: field.name, value: field.value) }
        return head
    }

    private func ask(_ head: HTTPRequestHead, _ body: ByteBuffer = ByteBuffer()) async throws(HTTPFailure) -> Answer {
        let answer = group.next().makePromise(of: Answer.self)
        let (context, host, timeout, bodyLimit) = (context, url.host, timeout, bodyLimit)
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
            .connect(host: host, port: url.port)
        connected.whenFailure { answer.fail($0) }
        connected.whenSuccess { channel in
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            if body.readableBytes > 0 { channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil) }
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        do {
            return try await answer.futureResult.get()
        } catch {
            throw HTTPFailure(error, timeout: timeout)
        }
    }
}

/// Collects one answer and closes.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let answer: EventLoopPromise<HTTPClient.Answer>
    private let timeout: TimeAmount
    private let bodyLimit: Int
    private var deadline: Scheduled<Void>?
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()

    init(answer: EventLoopPromise<HTTPClient.Answer>, timeout: TimeAmount, bodyLimit: Int) {
        self.answer = answer
        self.timeout = timeout
        self.bodyLimit = bodyLimit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let (answer, channel, timeout) = (answer, context.channel, timeout)
        deadline = context.eventLoop.scheduleTask(in: timeout) {
            answer.fail(HTTPFailure.timeout(timeout))
            channel.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part):
            body.writeImmutableBuffer(part)
            if body.readableBytes > bodyLimit { fail(HTTPFailure.bodyTooLarge(limit: bodyLimit), context) }
        case .end:
            guard let head else { return }
            deadline?.cancel()
            answer.succeed(
                HTTPClient.Answer(
                    status: Int(head.status.code), fields: head.headers.map { ($0.name, $0.value) }, body: body))
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(HTTPFailure.closedEarly, context)
        context.fireChannelInactive()
    }

    /// A promise that is already kept ignores this.
    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        answer.fail(error)
        context.close(promise: nil)
    }
}
