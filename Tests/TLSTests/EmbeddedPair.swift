import NIOCore
import NIOEmbedded

@testable import TLS

/// A client and a server without sockets, and the wire between them.
final class EmbeddedPair {
    let client = EmbeddedChannel()
    let server = EmbeddedChannel()
    let atClient = Recorder()
    let atServer = Recorder()

    init(
        _ serverContext: TLSServerContext, _ clientContext: TLSClientContext, serverName: String? = "localhost",
        timeout: TimeAmount = .seconds(10)
    ) throws {
        let clientHandler = TLSHandler(client: clientContext, serverName: serverName, handshakeTimeout: timeout)
        let serverHandler = TLSHandler(server: serverContext, handshakeTimeout: timeout)
        try client.pipeline.syncOperations.addHandlers([clientHandler, atClient])
        try server.pipeline.syncOperations.addHandlers([serverHandler, atServer])
    }

    /// Connects both ends.
    func connect() throws {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        server.connect(to: address, promise: nil)
        client.connect(to: address, promise: nil)
    }

    /// Connects and carries everything over until nothing moves.
    @discardableResult
    func handshake() throws -> EmbeddedPair {
        try connect()
        try pump()
        return self
    }

    /// Carries records both ways, in pieces of `size` bytes at most.
    func pump(pieces size: Int = .max) throws {
        var moved = true
        while moved {
            moved = false
            for (from, to) in [(client, server), (server, client)] {
                while var records = try from.readOutbound(as: ByteBuffer.self) {
                    moved = true
                    while let piece = records.readSlice(length: min(size, records.readableBytes)),
                        piece.readableBytes > 0
                    {
                        to.pipeline.fireChannelRead(piece)
                        to.pipeline.fireChannelReadComplete()
                    }
                }
            }
            client.embeddedEventLoop.run()
            server.embeddedEventLoop.run()
        }
    }

    /// Frees what is left.
    func finish() {
        for channel in [client, server] {
            channel.close(promise: nil)
            channel.embeddedEventLoop.advanceTime(by: .seconds(60))
            _ = try? channel.finish(acceptAlreadyClosed: true)
        }
    }
}
