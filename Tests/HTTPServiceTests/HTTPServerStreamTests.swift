import Logging
import NIOCore
import NIOPosix
import Testing

@testable import HTTPService

/// Answers that go on.
@Suite(.timeLimit(.minutes(1)))
struct StreamTests {
    private func withStreams(
        _ body: (HTTPServer, SocketAddress, AsyncStream<HTTPServerStream>) async throws -> Void
    ) async throws {
        let (streams, opened) = AsyncStream.makeStream(of: HTTPServerStream.self)
        var routes = HTTPRoutes()
        routes.get("/events") { _, loop in loop.makeSucceededFuture(.events { opened.yield($0) }) }
        routes.get("/hello") { _, loop in loop.makeSucceededFuture(.text("hello")) }
        let server = HTTPServer(
            host: "127.0.0.1", port: 0, limits: HTTPServerLimits(requestTimeout: .milliseconds(200)),
            logger: Logger(label: "monitor.test"), handler: routes.respond)
        let address = try await server.start()
        do {
            try await body(server, address, streams)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private static func client(_ address: SocketAddress, version: String = "HTTP/1.1") async throws
        -> NIOAsyncChannel<ByteBuffer, ByteBuffer>
    {
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await client.channel.writeAndFlush(ByteBuffer(string: "GET /events \(version)\r\nHost: x\r\n\r\n"))
        return client
    }

    /// Longer than any time-out of a request.
    @Test func piecesComeAsTheyAreSentAndStoppingEndsThem() async throws {
        try await withStreams { server, address, streams in
            let client = try await Self.client(address)
            try await client.executeThenClose { inbound, _ in
                var opened = streams.makeAsyncIterator()
                let stream = try #require(await opened.next())
                var text = ""
                var pieces = inbound.makeAsyncIterator()
                for word in ["one", "two", "three"] {
                    stream.send(ByteBuffer(string: "data: \(word)\n\n"))
                    while !text.contains(word) { text += String(buffer: try #require(await pieces.next())) }
                    try await Task.sleep(for: .milliseconds(150))
                }
                #expect(text.lowercased().contains("content-type: text/event-stream\r\n"))
                #expect(text.contains("X-Accel-Buffering: no\r\n") && text.contains("Cache-Control: no-store\r\n"))
                #expect(text.lowercased().contains("transfer-encoding: chunked\r\n"))
                await server.stop()
                while let piece = try await pieces.next() { text += String(buffer: piece) }
                #expect(text.hasSuffix("\r\n0\r\n\r\n"))
            }
        }
    }

    @Test func oldClientsGetNoChunks() async throws {
        try await withStreams { _, address, streams in
            let client = try await Self.client(address, version: "HTTP/1.0")
            try await client.executeThenClose { inbound, _ in
                var opened = streams.makeAsyncIterator()
                let stream = try #require(await opened.next())
                stream.send(ByteBuffer(string: "data: one\n\n"))
                stream.end()
                var text = ""
                for try await piece in inbound { text += String(buffer: piece) }
                #expect(text.hasPrefix("HTTP/1.0 200 ") && text.hasSuffix("\r\n\r\ndata: one\n\n"))
            }
        }
    }

    /// Memory for a peer that does not read has an end.
    /// Where it is not so the test runs out of time.
    @Test func slowReadersAreCut() async throws {
        try await withStreams { _, address, streams in
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(to: address).get()
            try await client.writeAndFlush(ByteBuffer(string: "GET /events HTTP/1.1\r\nHost: x\r\n\r\n"))
            var opened = streams.makeAsyncIterator()
            let stream = try #require(await opened.next())
            let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)
            await withCheckedContinuation { (closed: CheckedContinuation<Void, Never>) in
                stream.whenClosed { closed.resume() }
                // What the kernel takes on both sides, and four mebioctets.
                for _ in 0..<64 { stream.send(piece) }
            }
            try? await client.close()
        }
    }

    @Test func headOfAStreamIsOnlyAHead() async throws {
        try await withStreams { _, address, _ in
            let answers = try await SocketClient.exchange(
                address, "HEAD /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answers.map(\.status) == [200])
        }
    }

    @Test func thePeersEndIsTold() async throws {
        try await withStreams { _, address, streams in
            let client = try await Self.client(address)
            var opened = streams.makeAsyncIterator()
            let stream = try #require(await opened.next())
            try await client.executeThenClose { _, _ in }
            await withCheckedContinuation { (closed: CheckedContinuation<Void, Never>) in
                stream.whenClosed { closed.resume() }
                // The end is seen at the latest when something is sent.
                stream.send(ByteBuffer(string: "data: x\n\n"))
                stream.send(ByteBuffer(string: "data: x\n\n"))
            }
            stream.send(ByteBuffer(string: "data: too late\n\n"))
        }
    }
}
