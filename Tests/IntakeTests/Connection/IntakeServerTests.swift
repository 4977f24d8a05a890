import Foundation
import HTTPService
import Intake
import Logging
import NIOCore
import NIOPosix
import SMPP
import TLS
import TestPrograms
import Testing

/// The whole intake over real sockets.
@Suite(.timeLimit(.minutes(1))) struct IntakeServerTests {
    private let account: Account
    private let form = "login=acme&password=right&from=&to=%2B7+916&text=%D0%9F"

    init() {
        account = Account(
            index: 0, name: "acme", login: "acme", password: ScryptHash.make(password: "right", logN: 10),
            key: KeyHash(hashing: Array(EmbeddedIntake.key.utf8)), language: .en)
    }

    /// Runs `body` with a server that listens on 127.0.0.1 with TLS.
    private func withServer(
        _ scripted: ScriptedHandler = ScriptedHandler(automatic: .accepted(segments: 1, carrierIDs: [], language: .en)),
        tls: Bool = true, configure: (inout IntakeConfiguration) -> Void = { _ in },
        _ body: (IntakeServer, SocketAddress, TLSClientContext?) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let made = try SelfSignedCertificate.make(commonName: "localhost", subjectAltNames: ["localhost"], days: 1)
        try folder.write(made.certificatePEM, to: "a.crt")
        try folder.write(made.keyPEM, to: "a.key")
        var configuration = IntakeConfiguration(listen: [("127.0.0.1", 0)])
        if tls {
            configuration.tls = try TLSServerContext(
                certificateFile: folder.file("a.crt"), keyFile: folder.file("a.key"))
        }
        configure(&configuration)
        let server = IntakeServer(
            configuration: configuration, accounts: [account], group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, handler: scripted.handler)
        let address = try #require(try await server.start().first)
        let client = tls ? try TLSClientContext(caFile: folder.file("a.crt")) : nil
        try await body(server, address, client)
        await server.drain(within: .seconds(5))
    }

    @Test func overTLS() async throws {
        let scripted = ScriptedHandler(automatic: .accepted(segments: 1, carrierIDs: [], language: .en))
        try await withServer(scripted) { server, address, tls in
            let client = try await TestClient(address, tls: tls)
            try await client.send(EmbeddedIntake.post(form))
            let reply = try #require(await client.replies().first)
            #expect(reply.status == 200)
            #expect(reply["Strict-Transport-Security"] == "max-age=31536000")
            #expect(reply["Content-Language"] == "en")
            try await client.send(EmbeddedIntake.post() + EmbeddedIntake.post(form) + EmbeddedIntake.post())
            #expect(await client.replies(3).map(\.status) == [200, 200, 200])
            #expect(scripted.requests.map(\.to) == ["+7 916", "79161234567", "+7 916", "79161234567"])
            #expect(scripted.requests[0].text == "П")
            let statistics = server.statistics
            #expect(statistics.requests == 4 && statistics.handed == 4 && statistics.connections == 1)
        }
    }

    @Test func wrongPasswordsOverTLS() async throws {
        try await withServer {
            $0.lockOut = .init(attempts: 2, window: .minutes(5))
        } _: { _, address, tls in
            let client = try await TestClient(address, tls: tls)
            var bodies: [String] = []
            for login in ["acme", "nobody"] {
                try await client.send(EmbeddedIntake.post("login=\(login)&password=wrong&to=1&text=t"))
                let reply = try #require(await client.replies().first)
                #expect(reply.status == 401 && reply.reason == "Bad credentials")
                bodies.append(String(reply.body.prefix { $0 != "." }))
            }
            #expect(bodies[0] == bodies[1])
            try await client.send(EmbeddedIntake.post(form))
            let reply = try #require(await client.replies().first)
            #expect(reply.status == 429 && reply["Retry-After"] == "300")
        }
    }

    @Test func refusedRequestsAreAnsweredBeforeTheClose() async throws {
        try await withServer { _, address, tls in
            let client = try await TestClient(address, tls: tls)
            try await client.send(
                "POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n"
                    + String(repeating: "x", count: 200_000))
            let reply = try #require(await client.replies().first)
            #expect(reply.status == 413 && reply["Connection"] == "close")
            #expect(await client.end() == "")
        }
    }

    @Test func slowSendersAreCut() async throws {
        try await withServer {
            $0.requestTimeout = .milliseconds(200)
        } _: { _, address, tls in
            let client = try await TestClient(address, tls: tls)
            try await client.send("POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nab")
            #expect(await client.replies().first?.status == 408)
            #expect(await client.end() == "")
            let trickle = try await TestClient(address, tls: tls)
            try await trickle.send("PO")
            #expect(await trickle.replies().first?.status == 408)
        }
    }

    @Test func connectionsAreBounded() async throws {
        try await withServer(tls: false) {
            $0.maxConnections = 2
        } _: { server, address, _ in
            let first = try await TestClient(address, tls: nil)
            let second = try await TestClient(address, tls: nil)
            for client in [first, second] {
                try await client.send(EmbeddedIntake.post())
                #expect(await client.replies().first?.status == 200)
            }
            let third = try await TestClient(address, tls: nil)
            #expect(await third.end() == "")
            #expect(server.statistics.connectionsRefused == 1)
            try await first.send(EmbeddedIntake.post(EmbeddedIntake.form, "Connection: close\r\n"))
            #expect(await first.replies().first?.status == 200)
            #expect(await first.end() == "")
            // The place comes back when the server's side of the connection is gone too.
            while server.statistics.connections >= 2 { await Task.yield() }
            let fourth = try await TestClient(address, tls: nil)
            try await fourth.send(EmbeddedIntake.post())
            #expect(await fourth.replies().first?.status == 200)
        }
    }

    @Test func drain() async throws {
        let scripted = ScriptedHandler()
        try await withServer(scripted) { server, address, tls in
            let busy = try await TestClient(address, tls: tls)
            let idle = try await TestClient(address, tls: tls)
            let half = try await TestClient(address, tls: tls)
            try await idle.send(EmbeddedIntake.post(path: "/no"))
            #expect(await idle.replies().first?.status == 404)
            try await half.send(
                EmbeddedIntake.post(path: "/no") + "POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n")
            #expect(await half.replies().first?.status == 404)
            try await busy.send(EmbeddedIntake.post())
            while scripted.requests.isEmpty { await Task.yield() }
            #expect(server.isListening)
            async let drained: Void = server.drain(within: .seconds(20))
            while !server.statistics.isDraining { await Task.yield() }
            #expect(!server.isListening)
            await #expect(throws: (any Error).self) { _ = try await TestClient(address, tls: nil) }
            try await idle.send(EmbeddedIntake.post())
            let refused = try #require(await idle.replies().first)
            #expect(refused.status == 503 && refused["Connection"] == "close" && refused["X-Outcome"] == "not-sent")
            #expect(refused.reason == "Not sent, shutting down")
            let request = scripted.requests[0]
            request.eventLoop.execute { scripted.answer("hello", ScriptedHandler.accepted) }
            let last = try #require(await busy.replies().first)
            #expect(last.status == 200 && last["Connection"] == "close")
            await drained
            #expect(await half.replies().first?.status == 503)
            #expect(await busy.end() == "")
            while server.statistics.connections > 0 { await Task.yield() }
        }
    }

    @Test func clientsThatLeaveAreCounted() async throws {
        let scripted = ScriptedHandler()
        try await withServer(scripted) { server, address, tls in
            let client = try await TestClient(address, tls: tls)
            try await client.send(EmbeddedIntake.post())
            while scripted.requests.isEmpty { await Task.yield() }
            try await client.close()
            while server.statistics.connections > 0 { await Task.yield() }
            scripted.requests[0].eventLoop.execute { scripted.answer("hello", ScriptedHandler.accepted) }
            while server.statistics.clientsGone == 0 { await Task.yield() }
            #expect(server.statistics.requests == 1)
        }
    }

    /// What a wrong address in PlanFix's settings sends.
    @Test(arguments: [1, 1000]) func plainHTTPIsAnsweredInPlainText(_ pieces: Int) async throws {
        try await withServer { server, address, _ in
            let client = try await TestClient(address, tls: nil)
            let request = EmbeddedIntake.post(form)
            if pieces == 1 {
                for character in request.prefix(5) { try await client.send(String(character)) }
                try await client.send(String(request.dropFirst(5)))
            } else {
                try await client.send(request + String(repeating: "x", count: 100_000))
            }
            let reply = try #require(await client.replies().first)
            #expect(reply.status == 400 && reply.body.hasPrefix("Нужен адрес https://"))
            #expect(reply["Connection"] == "close" && reply["Strict-Transport-Security"] == nil)
            #expect(reply["X-Message-Id"] != nil)
            #expect(server.statistics.replies.contains { $0.key.code == .httpsRequired && $0.value == 1 })
        }
    }

    @Test func failedHandshakesAreCounted() async throws {
        try await withServer { server, address, _ in
            let stranger = try await TestClient(address, tls: try TLSClientContext())
            _ = await stranger.end()
            let babble = try await TestClient(address, tls: nil)
            try await babble.send("no TLS at all, and no HTTP")
            _ = await babble.end()
            while server.statistics.handshakeFailures.values.reduce(0, +) < 2 { await Task.yield() }
            #expect(server.statistics.handshakeFailures[.ourCertificate] == 1)
            #expect(server.statistics.handshakeFailures[.notTLS] == 1)
        }
    }

    @Test func severalAddresses() async throws {
        try await withServer(tls: false) {
            $0.listen = [("127.0.0.1", 0), ("127.0.0.2", 0)]
        } _: { server, address, _ in
            #expect(address.ipAddress == "127.0.0.1")
            _ = server
        }
        try await withServer(tls: false) {
            $0.listen = [("::1", 0)]
        } _: { _, address, _ in
            let client = try await TestClient(address, tls: nil)
            try await client.send(EmbeddedIntake.post())
            #expect(await client.replies().first?.status == 200)
        }
    }

    @Test func anAddressInUseIsAnError() async throws {
        try await withServer(tls: false) { _, address, _ in
            let port = try #require(address.port)
            await #expect(throws: ListenFailure.self) {
                try await withServer(tls: false) {
                    $0.listen = [("127.0.0.1", 0), ("127.0.0.1", port)]
                } _: { _, _, _ in
                }
            }
        }
    }
}
