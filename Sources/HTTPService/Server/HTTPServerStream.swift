package import NIOCore
import NIOHTTP1

/// An answer that goes on: its body is written piece by piece until the peer has gone or `end`. From any thread.
package final class HTTPServerStream: Sendable {
    /// More octets than this that the peer did not take cut it off. What a stream begins with must fit.
    static let backlogBytes = 4 << 20

    private let channel: any Channel

    /// - Parameter channel: of a request whose answer's head is written and whose end is not.
    init(channel: any Channel) {
        self.channel = channel
    }

    /// Calls `action` once the peer has gone, or at once when it has.
    package func whenClosed(_ action: @escaping @Sendable () -> Void) {
        channel.closeFuture.whenComplete { _ in action() }
    }

    /// Writes a piece. A peer that is too slow to have taken the ones before is cut off: it may come back and begin anew.
    package func send(_ piece: ByteBuffer) {
        let channel = channel
        channel.eventLoop.execute {
            guard channel.isWritable else { return channel.close(promise: nil) }
            channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(piece)), promise: nil)
        }
    }

    /// Ends the answer and the connection.
    package func end() {
        let channel = channel
        channel.eventLoop.execute {
            channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
