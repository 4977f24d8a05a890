import HTTPService
import NIOCore
import TLS

/// Where and how forms are posted; one for all links of a run.
struct FormTarget: Sendable {
    var url: HTTPURL
    var address: SocketAddress
    var context: TLSClientContext
    var timeout: UInt64
    /// All of a request before the value of `Content-Length`.
    var head: ByteBuffer

    init(url: HTTPURL, address: SocketAddress, context: TLSClientContext, timeout: Duration) {
        self.url = url
        self.address = address
        self.context = context
        self.timeout = UInt64(clamping: TimeAmount(timeout).nanoseconds)
        head = ByteBuffer(
            string: "POST \(url.target) HTTP/1.1\r\nHost: \(url.authority)\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ")
    }
}

/// One keep-alive HTTPS connection that posts one form at a time.
///
///     closed ──▶ connecting ──handshake──▶ idle ◀──reply── busy
///       ▲            │                      │  ──send──▶    │
///       └─back-off───┴──────────────────────┴───────────────┘ closed, timed out, unreadable
final class FormLink: LoadLink {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case closed
        case connecting
        case idle
        case busy(TimedMessage)
    }

    private let index: Int
    private let target: FormTarget
    private let maker: MessageMaker
    unowned let share: LoadShare<FormLink>
    private var state = State.closed
    private(set) var context: ChannelHandlerContext?
    private var reader = ReplyReader()
    private var request = ByteBuffer()
    private var body = ByteBuffer()
    var reconnect = LinkReconnect()

    init(index: Int, target: FormTarget, maker: MessageMaker, share: LoadShare<FormLink>) {
        self.index = index
        self.target = target
        self.maker = maker
        self.share = share
    }

    var hasRoom: Bool {
        if case .idle = state { true } else { false }
    }

    func open() {
        guard case .closed = state, !reconnect.isEnding else { return }
        state = .connecting
        connect(to: target.address) { [target] pipeline in
            try pipeline.addHandler(TLSHandler(client: target.context, serverName: target.url.host))
        }
    }

    func connectFailed() {
        guard case .connecting = state else { return }
        state = .closed
        disconnected(failed: true)
    }

    func send(_ timed: TimedMessage) {
        guard let context, case .idle = state else {
            share.ended(timed, .connectionLost)
            return
        }
        body.clear()
        maker.writeForm(timed.number, into: &body)
        request.clear()
        request.writeImmutableBuffer(target.head)
        request.writeDecimal(UInt64(body.readableBytes), width: 1)
        request.writeStaticString("\r\n\r\n")
        request.writeBuffer(&body)
        state = .busy(timed)
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func tick(_ now: UInt64) {
        guard case .busy(let timed) = state, now > timed.started + target.timeout else { return }
        end(as: .timedOut)
    }

    func abandon(as outcome: LoadOutcome) {
        guard case .busy = state else { return }
        reconnect.end()
        end(as: outcome)
    }

    func close(_ done: @escaping () -> Void) {
        beginClose(done)?.close(promise: nil)
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSHandshakeCompleted, case .connecting = state {
            reconnect.succeeded()
            share.recorder.connectionsOpened += 1
            becomeIdle()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        switch reader.read(&bytes) {
        case .needsBytes: break
        case .broken: end(as: .unreadable)
        case .reply(let reply): answered(reply)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .connecting = state { share.recorder.lastConnectFailure = ConnectionWords.of(error) }
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        let was = state
        state = .closed
        let reply = reader.end()
        reader = ReplyReader()
        var failed = false
        switch was {
        case .closed: break
        case .connecting: failed = true
        case .idle: if !reconnect.isEnding { share.recorder.connectionsLost += 1 }
        case .busy(let timed):
            if let reply {
                settle(timed, reply)
            } else {
                share.recorder.connectionsLost += 1
                share.ended(timed, .connectionLost)
            }
        }
        disconnected(failed: failed)
    }

    // MARK: Steps

    private func becomeIdle() {
        state = .idle
        share.becameReady(index)
    }

    private func answered(_ reply: ReplyReader.Reply) {
        guard case .busy(let timed) = state else {
            // Nothing was asked: an early error, or a second answer.
            end(as: .unreadable)
            return
        }
        if reply.closes {
            state = .closed
            settle(timed, reply)
            context?.close(promise: nil)
        } else {
            state = .idle
            settle(timed, reply)
            share.becameReady(index)
        }
    }

    private func settle(_ timed: TimedMessage, _ reply: ReplyReader.Reply) {
        if reply.isReplayed { share.recorder.replayed += 1 }
        share.recorder.segments += reply.acceptedSegments
        share.ended(timed, Self.outcome(of: reply), code: UInt32(reply.status))
    }

    /// The bridge says it; for any other target the status alone decides.
    static func outcome(of reply: ReplyReader.Reply) -> LoadOutcome {
        if let outcome = reply.outcome { return outcome }
        return switch reply.status {
        case 200: .accepted
        case 429, 503: .notSent
        case 400..<500, 502: .refused
        default: .unknown
        }
    }

    /// The connection is of no use any more.
    private func end(as outcome: LoadOutcome) {
        let was = state
        state = .closed
        context?.close(promise: nil)
        if case .busy(let timed) = was { share.ended(timed, outcome) }
    }
}
