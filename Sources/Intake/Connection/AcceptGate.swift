import Logging
import NIOCore

/// Stands in a listening channel: when the process has no file descriptors or memory for another connection, accepting
/// rests a while instead of failing over and over, and the log says so once each time.
final class AcceptGate: ChannelInboundHandler {
    typealias InboundIn = any Channel

    /// How long accepting rests.
    static let pause = TimeAmount.seconds(1)

    private let logger: Logger
    private var isPaused = false

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, !isPaused, let options = context.channel.syncOptions else { return }
        isPaused = true
        logger.warning("cannot accept connections, will try again in 1 s: \(error)")
        // Only this takes the listener out of epoll: a read that is pending stays so after an error, and would be tried at once again.
        try? options.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.isPaused = false
            try? options.setOption(.autoRead, value: true)
        }
    }
}
