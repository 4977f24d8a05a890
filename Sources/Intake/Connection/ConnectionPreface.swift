import NIOCore

/// Whose a connection is, fired as a user inbound event before any of its bytes: the client that a balancer names.
struct ClientAddress: Sendable {
    let peer: SocketAddress
}

/// Stands before TLS while a connection begins: reads the PROXY header where the peer is a balancer of ours, and answers plain HTTP on
/// the TLS port in plain text, since that is what a wrong address in PlanFix's settings sends. Then it takes itself out.
///
/// ```
/// header ──▶ start ──TLS──────▶ (gone)
///   └─broken, no place─▶ closed │
///                               └─plain HTTP─▶ answered ──▶ closed
/// ```
final class ConnectionPreface: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// A PROXY header must come first.
        case header
        /// The first bytes of the client.
        case start
        /// Plain HTTP has its answer; what still comes is dropped, so many bytes until now.
        case answered(dropped: Int)
        case closed
    }

    private let loop: IntakeLoop
    private let gate: ConnectionGate?
    private var state: State
    private var bytes = ByteBuffer()

    /// - Parameters:
    ///   - expectsHeader: the peer is a balancer.
    ///   - gate: where the balancer's clients are counted.
    init(loop: IntakeLoop, expectsHeader: Bool, gate: ConnectionGate?) {
        self.loop = loop
        self.gate = gate
        state = expectsHeader ? .header : .start
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        switch state {
        case .header:
            bytes.writeBuffer(&part)
            readHeader(context)
        case .start:
            bytes.writeBuffer(&part)
            readStart(context)
        case .answered(let dropped):
            let total = dropped + part.readableBytes
            state = .answered(dropped: total)
            if total > IntakeConfiguration.lingerBytes { close(context) }
        case .closed: break
        }
    }

    private func readHeader(_ context: ChannelHandlerContext) {
        switch ProxyHeader.read(Array(bytes.readableBytesView)) {
        case .incomplete: break
        case .malformed:
            loop.refused(.proxyHeader, peer: context.remoteAddress)
            close(context)
        case .header(let header):
            bytes.moveReaderIndex(forwardBy: header.length)
            guard let client = header.client else { return start(context) }
            guard gate?.admit(client) != false else { return close(context) }
            context.channel.closeFuture.whenComplete { [gate] _ in gate?.dismiss(client) }
            if let peer = try? SocketAddress(ipAddress: client.text, port: header.port) {
                context.fireUserInboundEventTriggered(ClientAddress(peer: peer))
            }
            start(context)
        }
    }

    private func start(_ context: ChannelHandlerContext) {
        state = .start
        if bytes.readableBytes > 0 { readStart(context) }
    }

    private func readStart(_ context: ChannelHandlerContext) {
        guard loop.configuration.tls != nil else { return passOn(context) }
        switch PlainHTTP.read(bytes.readableBytesView) {
        case .incomplete: break
        case .other: passOn(context)
        case .request: answerPlainHTTP(context)
        }
    }

    private func passOn(_ context: ChannelHandlerContext) {
        state = .closed
        let rest = bytes
        bytes = ByteBuffer()
        context.fireChannelRead(wrapInboundOut(rest))
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// Answers, and closes a while later: a client that still sends would have the answer taken from it by a reset.
    private func answerPlainHTTP(_ context: ChannelHandlerContext) {
        state = .answered(dropped: 0)
        bytes = ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(loop.plainHTTPReply(to: context.remoteAddress)), promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: loop.configuration.lingerTimeout) { self.close(context) }
    }

    private func close(_ context: ChannelHandlerContext) {
        if case .closed = state { return }
        state = .closed
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closed
        context.fireChannelInactive()
    }
}

/// Tells a request in plain HTTP by its first bytes. A TLS record begins with 0x16 (RFC 8446 §5.1).
enum PlainHTTP {
    enum Reading {
        case incomplete
        case other
        case request
    }

    private static let methods = [
        "GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE", "PATCH", "CONNECT", "TRACE", "PRI",
    ]
    .map { Array("\($0) ".utf8) }

    static func read(_ bytes: some Collection<UInt8>) -> Reading {
        var mayBe = false
        for method in methods where bytes.prefix(method.count).elementsEqual(method.prefix(bytes.count)) {
            if bytes.count >= method.count { return .request }
            mayBe = true
        }
        return mayBe ? .incomplete : .other
    }
}
