import NIOCore
import NIOPosix

@testable import TLS

/// A TLS server on 127.0.0.1 that answers each read through `answer`.
struct SocketServer {
    let channel: any Channel
    var port: Int { channel.localAddress?.port ?? 0 }

    init(
        _ context: TLSServerContext, timeout: TimeAmount = .seconds(10),
        answer: @escaping @Sendable (ChannelHandlerContext, ByteBuffer) -> Void
    ) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        TLSHandler(server: context, handshakeTimeout: timeout), Answerer(answer),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// Answers once, in capitals, and closes.
    static func once(_ context: TLSServerContext) async throws -> SocketServer {
        try await SocketServer(context) { context, buffer in
            let text = String(buffer: buffer).uppercased()
            context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
            context.close(promise: nil)
        }
    }

    /// Sends back what it gets.
    static func echo(_ context: TLSServerContext) async throws -> SocketServer {
        try await SocketServer(context) { $0.writeAndFlush(NIOAny($1), promise: nil) }
    }

    func close() async throws {
        try await channel.close()
    }
}

private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let answer: @Sendable (ChannelHandlerContext, ByteBuffer) -> Void

    init(_ answer: @escaping @Sendable (ChannelHandlerContext, ByteBuffer) -> Void) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        answer(context, unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

/// A TLS client of ours on a socket: sends, collects what comes until `count` bytes or the end.
struct SocketClient {
    struct Result: Sendable {
        var agreement: TLSHandshakeCompleted?
        var received = ByteBuffer()
        var error: (any Error)?
    }

    static func exchange(
        _ context: TLSClientContext, port: Int, serverName: String? = "localhost", send: ByteBuffer,
        expecting count: Int
    ) async throws -> Result {
        let collected = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Result.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        TLSHandler(client: context, serverName: serverName), Collector(send, count, collected),
                    ])
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let result = try await collected.futureResult.get()
        try await channel.closeFuture.get()
        return result
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let send: ByteBuffer
        private let count: Int
        private let promise: EventLoopPromise<Result>
        private var result = Result()
        private var done = false

        init(_ send: ByteBuffer, _ count: Int, _ promise: EventLoopPromise<Result>) {
            self.send = send
            self.count = count
            self.promise = promise
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            result.received.writeImmutableBuffer(unwrapInboundIn(data))
            if result.received.readableBytes >= count, !done {
                context.close(promise: nil)
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let event = event as? TLSHandshakeCompleted {
                result.agreement = event
                context.writeAndFlush(NIOAny(send), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            result.error = result.error ?? error
        }

        func channelInactive(context: ChannelHandlerContext) {
            guard !done else { return }
            done = true
            promise.succeed(result)
        }
    }
}
