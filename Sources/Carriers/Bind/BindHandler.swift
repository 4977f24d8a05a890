import NIOCore
import SMPP
import SMPPWire
import TLS

/// The channel's end of a bind: whole PDUs in, bytes out, and how the connection ended.
///
/// ```
///   opening ──active, or TLS handshake done──▶ open ──inactive, socket takes no bytes──▶ ended
///      └───────────────────inactive─────────────────────────────────────────────────────▶
/// ```
///
/// It reports to a bind from `adopt` to `close`; before and after, nobody hears of it.
///
/// It cuts the stream into PDUs itself: `PDUFrameDecoder` in NIO's `ByteToMessageHandler` cost 2 % of a message's CPU.
final class BindHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case opening, open
        case ended(BindFailure)
    }

    private let usesTLS: Bool
    private let resets: Bool
    /// How long the socket may take no bytes.
    private let writeTimeout: TimeAmount
    private var writeDeadline: Scheduled<Void>?
    private var readAhead: ReadAhead
    private var isReading = true
    /// What the TLS handshake agreed, where there was one.
    private(set) var agreement: TLSHandshakeCompleted?
    private var phase = Phase.opening
    private var failure: BindFailure?
    private var context: ChannelHandlerContext?
    private var bind: Bind?
    /// What has come and is not taken yet: a piece of a PDU between two reads.
    private var stream = ByteBuffer()
    /// Nothing that comes can be understood any more.
    private var streamIsBroken = false

    /// - Parameters:
    ///   - readAhead: octets that are read, at most, while the socket takes none.
    ///   - resets: whether the socket resets its connection wherever it is not closed by `close`.
    init(usesTLS: Bool, writeTimeout: TimeAmount, readAhead: Int, resets: Bool = false) {
        self.resets = resets
        self.usesTLS = usesTLS
        self.writeTimeout = writeTimeout
        self.readAhead = ReadAhead(bound: readAhead)
    }

    /// The peer's address.
    var remoteAddress: SocketAddress? { context?.channel.remoteAddress }

    /// The address that the connection comes from.
    var localAddress: SocketAddress? { context?.channel.localAddress }

    // MARK: For the bind

    /// Reports to this bind from now on, and at once what has happened already.
    func adopt(by bind: Bind) {
        self.bind = bind
        switch phase {
        case .opening: break
        case .open: bind.connectionOpened()
        case .ended(let failure): bind.connectionEnded(failure)
        }
    }

    func writeAndFlush(_ bytes: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Closes the connection and reports nothing more.
    ///
    /// - Returns: when it is closed; nil where it is already.
    func close() -> EventLoopFuture<Void>? {
        bind = nil
        guard let context else { return nil }
        let closed = context.channel.closeFuture
        if resets { SocketLinger.resets(false, on: context.channel) }
        context.close(promise: nil)
        return closed
    }

    /// Ends the connection by RST, without a word, and reports nothing more.
    ///
    /// - Returns: when it is closed; nil where it is already.
    func abort() -> EventLoopFuture<Void>? {
        bind = nil
        guard let context else { return nil }
        let closed = context.channel.closeFuture
        SocketLinger.resets(true, on: context.channel)
        // TLS would say goodbye: the way begins below it.
        let pipeline = context.pipeline.syncOperations
        if usesTLS, let tls = try? pipeline.context(handlerType: TLSHandler.self) {
            tls.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
        return closed
    }

    // MARK: From the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { transportIsActive() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        bind = nil
        writeDeadline?.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
        transportIsActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSHandshakeCompleted {
            agreement = event
            opened()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !streamIsBroken else { return }
        var bytes = unwrapInboundIn(data)
        readAhead.read(bytes.readableBytes)
        setReading(context)
        if stream.readableBytes == 0 {
            stream = bytes
        } else {
            stream.discardReadBytes()
            stream.writeBuffer(&bytes)
        }
        do throws(FrameError) {
            while let frame = try PDUFrame.next(from: &stream) { bind?.received(frame) }
        } catch {
            streamIsBroken = true
            errorCaught(context: context, error: error)
        }
        // A buffer that is held cannot be used for the next read.
        if stream.readableBytes == 0 || streamIsBroken { stream = ByteBuffer() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        bind?.receivedAll()
    }

    /// Back-pressure: a peer that reads nothing of what we write is read from up to a bound only.
    private func setReading(_ context: ChannelHandlerContext) {
        guard readAhead.mayRead != isReading else { return }
        isReading = readAhead.mayRead
        context.channel.setOption(.autoRead, value: isReading).whenFailure { _ in }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        readAhead.writability(isWritable)
        setReading(context)
        writeDeadline?.cancel()
        writeDeadline =
            isWritable
            ? nil
            : context.eventLoop.assumeIsolated().scheduleTask(in: writeTimeout) { [self] in writeIsOverdue(context) }
    }

    /// The socket took nothing for too long: the link is dead, though TCP may not know it yet.
    private func writeIsOverdue(_ context: ChannelHandlerContext) {
        let failure = BindFailure(.writeTimeout)
        phase = .ended(failure)
        bind?.connectionEnded(failure)
        bind = nil
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let cause = TransportFailure.cause(of: error)
        if case .notSMPP(let length) = cause, let bind {
            bind.streamBroken(commandLength: length)
            return
        }
        failure = failure ?? BindFailure(cause)
        if case .incomplete = cause { return }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if stream.readableBytes > 0 {
            errorCaught(context: context, error: FrameError.incomplete(received: stream.readableBytes))
        }
        let failure = failure ?? BindFailure(.closed)
        phase = .ended(failure)
        bind?.connectionEnded(failure)
        bind = nil
    }

    private func transportIsActive() {
        if !usesTLS { opened() }
    }

    private func opened() {
        guard case .opening = phase else { return }
        phase = .open
        bind?.connectionOpened()
    }
}
