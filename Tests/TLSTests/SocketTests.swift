import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import TLS

/// Both ends ours, over sockets.
@Suite struct SocketTests {
    let files: TestFiles
    let server: TLSServerContext
    let client: TLSClientContext

    init() throws {
        files = try TestFiles()
        server = try files.server()
        client = try TLSClientContext(caFile: files.path("server.crt"))
    }

    @Test func fiveMegabytesThereAndBack() async throws {
        let listening = try await SocketServer.echo(server)
        let bytes = ByteBuffer(bytes: (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 13 >> 2) })
        let result = try await SocketClient.exchange(
            client, port: listening.port, send: bytes, expecting: bytes.readableBytes)
        #expect(result.received == bytes)
        #expect(result.error == nil)
        try await listening.close()
    }

    @Test func withoutANameTheAddressIsVerified() async throws {
        let listening = try await SocketServer.echo(server)
        let good = try await SocketClient.exchange(
            client, port: listening.port, serverName: nil, send: ByteBuffer(string: "x"), expecting: 1)
        #expect(good.agreement != nil && good.error == nil)
        let named = try files.pair("named", names: ["localhost"])
        let other = try await SocketServer.echo(
            TLSServerContext(certificateFile: named.certificate, keyFile: named.key))
        let refused = try await SocketClient.exchange(
            TLSClientContext(caFile: named.certificate), port: other.port, serverName: nil,
            send: ByteBuffer(string: "x"), expecting: 1)
        #expect((refused.error as? TLSError)?.reason == "IP address mismatch")
        try await listening.close()
        try await other.close()
    }

    @Test func serverThatClosesAfterItsAnswer() async throws {
        let listening = try await SocketServer.once(server)
        let result = try await SocketClient.exchange(
            client, port: listening.port, send: ByteBuffer(string: "bye"), expecting: .max)
        #expect(String(buffer: result.received) == "BYE")
        #expect(result.error == nil)
        try await listening.close()
    }

    @Test func aSilentClientIsCut() async throws {
        let listening = try await SocketServer(server, timeout: .milliseconds(100)) { _, _ in }
        let silent = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: listening.port).get()
        try await silent.closeFuture.get()
        try await listening.close()
    }

    @Test func aServerCutOffIsTruncated() async throws {
        // The server's TCP connection ends below its TLS handler: no close_notify.
        let listening = try await SocketServer(server) { context, _ in
            context.channel.pipeline.context(handlerType: TLSHandler.self).assumeIsolated().whenSuccess {
                $0.close(promise: nil)
            }
        }
        let result = try await SocketClient.exchange(
            client, port: listening.port, send: ByteBuffer(string: "cut"), expecting: .max)
        #expect((result.error as? TLSError)?.kind == .truncated)
        try await listening.close()
    }

    /// Two thousand connections leave nothing behind.
    @Test func nothingLeaks() async throws {
        let listening = try await SocketServer.echo(server)
        let port = listening.port
        // Other tests run at the same time and take memory too: but not in each of the rounds.
        var least = Int.max
        for _ in 0..<5 {
            let before = try residentBytes()
            for _ in 0..<400 {
                let result = try await SocketClient.exchange(
                    client, port: port, send: ByteBuffer(string: "ping"), expecting: 4)
                try #require(result.error == nil)
            }
            least = try min(least, residentBytes() - before)
        }
        // An SSL that leaks after its handshake is above 10 KB.
        #expect(least < 2_000_000)
        try await listening.close()
    }

    private func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 4096
    }
}
