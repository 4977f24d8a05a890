import Logging
import NIOCore

/// Stands in a listening channel: when the process has no file descriptors or memory for another connection, accepting
/// rests a while instead of failing over and over, and the log says so once each time.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    /// How long accepting rests.
    static let pause = TimeAmount.seconds(1)

    private let logger: Logger
    private var isPaused = false
    private var readWithheld = false

    init(logger: Logger) {
        self.logger = logger
    }

    func read(context: ChannelHandlerContext) {
        if isPaused {
            readWithheld = true
        } else {
            context.read()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, !isPaused else { return }
        isPaused = true
        logger.warning("cannot accept connections, will try again in 1 s: \(error)")
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.isPaused = false
            guard self.readWithheld else { return }
            self.readWithheld = false
            context.read()
        }
    }
}
