package import Logging
package import NIOCore

/// Stands in a listening channel. A connection that is refused holds its descriptor until its own event loop has closed it, so nothing
/// is accepted until then: a burst would take the descriptors that are kept for others, whatever the bound. And when the process has no
/// descriptors or memory for another one, accepting rests a while instead of failing over and over; the log says so once each time.
package final class AcceptGate: ChannelInboundHandler {
    package typealias InboundIn = any Channel
    package typealias InboundOut = any Channel

    /// What becomes of a connection.
    package enum Admission {
        case taken
        case refused
        /// It is taken, and this one is closed.
        case instead(of: any Channel)
    }

    /// How long accepting rests.
    private static let pause = TimeAmount.seconds(1)

    private let logger: Logger
    private let admit: (any Channel) -> Admission
    private var isPaused = false
    /// Connections that are being closed.
    private var closing = 0

    /// - Parameter admit: called for each connection that was accepted, on the listener's event loop.
    package init(logger: Logger, admit: @escaping (any Channel) -> Admission) {
        self.logger = logger
        self.admit = admit
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let connection = unwrapInboundIn(data)
        switch admit(connection) {
        case .taken: context.fireChannelRead(data)
        case .refused: end(connection, context)
        case .instead(let other):
            end(other, context)
            context.fireChannelRead(data)
        }
    }

    private func end(_ connection: any Channel, _ context: ChannelHandlerContext) {
        closing += 1
        updateReading(context)
        let home = context.eventLoop
        connection.close().hop(to: home).assumeIsolated().whenComplete { _ in
            self.closing -= 1
            self.updateReading(context)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, !isPaused else { return }
        isPaused = true
        logger.warning("cannot accept connections, will try again in 1 s: \(error)")
        updateReading(context)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.isPaused = false
            self.updateReading(context)
        }
    }

    /// Only this takes the listener out of epoll: a read that is pending stays so after an error, and would be tried at once again.
    private func updateReading(_ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: closing == 0 && !isPaused)
    }
}
