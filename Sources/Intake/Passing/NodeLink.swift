import DequeModule
import Messaging
import NIOCore
import NIOPosix
import TLS

/// One connection to another node, for one form at a time; words that replies were taken go beside. Confined to its loop.
///
/// ```
/// connecting ──handshake──▶ open ──close, fault, idle, the node's last reply──▶ closed
///      └──fault, time──────────────────────────────────────────────────────────▶ closed
/// ```
final class NodeLink: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Event {
        case opened
        /// The form is answered; where the reply says so the link closes next.
        case answered(PassedReply)
        /// Comes once, as the last one.
        case closed(any Error)
    }

    private enum State {
        case connecting, open, closed
    }

    private enum Expected {
        case form, report
    }

    /// It ended without a fault.
    struct Ended: Error {}
    /// The other end speaks TLS, but not as a node of this cluster.
    struct NoNode: Error {}

    let number: Int
    private let host: String
    /// Of reports.
    private let path: String
    private let idleTimeout: TimeAmount
    private let eventLoop: any EventLoop
    private var events: ((Event) -> Void)?
    private var state = State.connecting
    private var context: ChannelHandlerContext?
    private var reader = PassedReplyReader()
    private var expected: Deque<Expected> = []
    private var idle: Scheduled<Void>?

    /// - Parameters:
    ///   - host: with its port, as requests name it.
    ///   - path: of the form.
    init(
        _ number: Int, host: String, path: String, idleTimeout: TimeAmount, eventLoop: any EventLoop,
        events: @escaping (Event) -> Void
    ) {
        self.number = number
        self.host = host
        self.path = path
        self.idleTimeout = idleTimeout
        self.eventLoop = eventLoop
        self.events = events
    }

    /// Sends a form. Only while it is open and has none.
    func send(_ form: FormToPass, milliseconds: Int) {
        idle?.cancel()
        write(form.request(to: host, milliseconds: milliseconds), expecting: .form)
    }

    /// Tells that a reply was taken; nothing where the link has gone.
    func report(_ id: MessageID) {
        guard case .open = state else { return }
        write(FormToPass.report(.delivered(id), path: path, to: host), expecting: .report)
    }

    private func write(_ request: ByteBuffer, expecting next: Expected) {
        expected.append(next)
        context?.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    /// Ends it; what is under way on it is lost.
    func close(_ error: any Error = Ended()) {
        guard let events else { return }
        state = .closed
        self.events = nil
        idle?.cancel()
        context?.close(promise: nil)
        events(.closed(error))
    }

    private func rest() {
        idle = eventLoop.assumeIsolated().scheduleTask(in: idleTimeout) { [self] in close() }
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // Given up while it was being connected.
        if case .closed = state { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let agreed = event as? TLSHandshakeCompleted, case .connecting = state {
            guard agreed.alpn == NodeCertificates.alpn else { return close(NoNode()) }
            state = .open
            rest()
            events?(.opened)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .open = state else { return }
        reader.receive(unwrapInboundIn(data))
        do throws(PassedReplyReader.Problem) {
            while case .open = state, let reply = try reader.next() { take(reply) }
        } catch {
            close(error)
        }
    }

    private func take(_ reply: PassedReply) {
        switch expected.popFirst() {
        case .form:
            rest()
            events?(.answered(reply))
        case .report: break
        // Nothing was asked.
        case nil: return close(PassedReplyReader.Problem.malformed)
        }
        if reply.closes { close() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        close(ChannelError.eof)
        context.fireChannelInactive()
    }
}

extension NodeLink {
    /// Connects; whatever comes of it is told as an event.
    ///
    /// - Parameter timeout: for TCP, and then for TLS.
    func connect(to server: String, port: Int, tls: TLSClientContext, timeout: TimeAmount) {
        guard case .connecting = state else { return }
        let link = NIOLoopBound(self, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(TLSHandler(client: tls, serverName: server, handshakeTimeout: timeout))
                    try pipeline.addHandler(link.value)
                }
            }
            .connect(host: server, port: port)
            .whenFailure { link.value.close($0) }
    }
}
