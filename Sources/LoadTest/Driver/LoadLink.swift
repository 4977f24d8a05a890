import HTTPService
import NIOCore
import NIOPosix

/// A connection or bind that carries messages of a share. Loop-confined.
protocol LoadLink: ChannelInboundHandler, SendableMetatype {
    var share: LoadShare<Self> { get }
    var reconnect: LinkReconnect { get set }
    /// Nil while the link is in no pipeline.
    var context: ChannelHandlerContext? { get }
    /// Whether it can take a message now.
    var hasRoom: Bool { get }
    /// Starts to connect, and keeps doing so until `close`.
    func open()
    /// An attempt to connect ended before the link was in a pipeline.
    func connectFailed()
    /// Sends a message; only while it has room.
    func send(_ timed: TimedMessage)
    /// Fails what has waited too long for its answer, and keeps the connection alive.
    func tick(_ now: UInt64)
    /// Gives up what is under way as `outcome`.
    func abandon(as outcome: LoadOutcome)
    /// Ends the connection politely; `done` is called once, when it is closed.
    func close(_ done: @escaping () -> Void)
}

/// What a link knows from one connection to the next: each attempt that fails makes the wait for the next one longer, up to a
/// bound.
struct LinkReconnect {
    fileprivate var failures: UInt64 = 0
    /// No connection follows.
    fileprivate(set) var isEnding = false
    fileprivate var onClosed: (() -> Void)?

    /// The link is up: after its end the next attempt comes at once.
    mutating func succeeded() {
        failures = 0
    }

    /// The end of the run: nothing is connected any more.
    mutating func end() {
        isEnding = true
    }

    fileprivate var pause: TimeAmount {
        guard failures > 0 else { return .zero }
        return .nanoseconds(Int64(min(LoadLimits.reconnectFirst << min(failures, 5), LoadLimits.reconnectMaximum)))
    }
}

extension LoadLink {
    /// Connects; the link comes behind the handlers that `configure` adds.
    func connect(
        to address: SocketAddress,
        _ configure: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void
    ) {
        let handler = NIOLoopBound(self, eventLoop: share.eventLoop)
        ClientBootstrap(group: share.eventLoop)
            .connectTimeout(LoadLimits.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try configure(pipeline)
                    try pipeline.addHandler(handler.value)
                }
            }
            .connect(to: address)
            .assumeIsolated().whenFailure { [self] error in
                share.recorder.lastConnectFailure = ConnectionWords.of(error)
                // Where the link was in a pipeline, its removal does the rest.
                if context == nil { connectFailed() }
            }
    }

    /// The connection has ended, or there was none: whoever waits for that is told, or the next attempt follows.
    ///
    /// - Parameter failed: whether the link was never up.
    func disconnected(failed: Bool) {
        if failed {
            share.recorder.connectFailures += 1
            reconnect.failures += 1
        }
        reconnect.onClosed?()
        reconnect.onClosed = nil
        guard !reconnect.isEnding else { return }
        share.eventLoop.assumeIsolated().scheduleTask(in: reconnect.pause) { [self] in open() }
    }

    /// Nothing is connected any more, and `done` is called when the connection has ended: at once where there is none (then
    /// the result is nil), else after the caller has closed it.
    func beginClose(_ done: @escaping () -> Void) -> ChannelHandlerContext? {
        reconnect.end()
        guard let context else {
            done()
            return nil
        }
        reconnect.onClosed = done
        return context
    }
}
