import NIOCore
import NIOPosix
import TLS

/// A client over a real socket, with TLS or without.
final class TestClient {
    private let channel: any Channel
    private var incoming: AsyncStream<ByteBuffer>.Iterator
    private var unread = ""

    init(_ address: SocketAddress, tls: TLSClientContext?) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer {
            channel in
            channel.eventLoop.makeCompletedFuture {
                if let tls {
                    try channel.pipeline.syncOperations.addHandler(TLSHandler(client: tls, serverName: "localhost"))
                }
                try channel.pipeline.syncOperations.addHandler(Collector(continuation))
            }
        }.connect(to: address).get()
        incoming = stream.makeAsyncIterator()
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text)).get()
    }

    func close() async throws {
        try await channel.close().get()
    }

    /// The next `count` replies; fewer when the server closes.
    func replies(_ count: Int = 1) async -> [ParsedReply] {
        while true {
            if let replies = ParsedReply.all(in: unread), replies.count >= count {
                unread = ""
                return replies
            }
            guard let bytes = await incoming.next(isolation: #isolation) else {
                return ParsedReply.all(in: unread) ?? []
            }
            unread += String(buffer: bytes)
        }
    }

    /// Waits until the server has closed; returns what it still said.
    func end() async -> String {
        while let bytes = await incoming.next(isolation: #isolation) { unread += String(buffer: bytes) }
        return unread
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(unwrapInboundIn(data))
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
