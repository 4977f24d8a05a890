import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import HTTPService

@Suite(.timeLimit(.minutes(1)))
struct HTTPServerTests {
    private static var routes: HTTPRoutes {
        var routes = HTTPRoutes()
        routes.get("/hello") { request, eventLoop in
            eventLoop.makeSucceededFuture(.text("hello \(request.query["name"] ?? "nobody")"))
        }
        routes.post("/press") { request, eventLoop in
            eventLoop.makeSucceededFuture(.text("\(request.body.readableBytes)"))
        }
        routes.get("/page") { _, eventLoop in
            let headers: HTTPHeaders = ["Content-Security-Policy": "default-src 'self'"]
            return eventLoop.makeSucceededFuture(
                HTTPServerResponse(contentType: "text/html", body: ByteBuffer(string: "<p>"), headers: headers))
        }
        routes.get("/fails") { _, eventLoop in eventLoop.makeFailedFuture(ChannelError.eof) }
        routes.get("/never") { _, eventLoop in eventLoop.makePromise(of: HTTPServerResponse.self).leaked() }
        routes.get("/open") { _, eventLoop in eventLoop.makeSucceededFuture(.text("page")) }
        routes.postBelow("/below/") { request, eventLoop in eventLoop.makeSucceededFuture(.text(request.path)) }
        routes.get("/elsewhere") { _, _ in
            MultiThreadedEventLoopGroup.singleton.any().makeSucceededFuture(.text("hopped"))
        }
        return routes
    }

    private func withMonitor(
        token: String? = nil, access: HTTPServerAccess? = nil, limits: HTTPServerLimits = HTTPServerLimits(),
        refusals: HTTPServerRefusals = HTTPServerRefusals(), _ body: (HTTPServer, SocketAddress) async throws -> Void
    ) async throws {
        let server = HTTPServer(
            host: "127.0.0.1", port: 0, access: access ?? HTTPServerAccess(token: token), limits: limits,
            refusals: refusals,
            logger: Logger(label: "monitor.test"),
            handler: Self.routes.respond)
        let address = try await server.start()
        do {
            try await body(server, address)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private static func request(
        _ line: String, _ headers: String..., body: String = "", keepAlive: Bool = false
    ) -> String {
        var text = "\(line) HTTP/1.1\r\nHost: monitor:1\r\n"
        for header in headers { text += header + "\r\n" }
        if !body.isEmpty { text += "Content-Length: \(body.utf8.count)\r\n" }
        if !keepAlive { text += "Connection: close\r\n" }
        return text + "\r\n" + body
    }

    @Test(arguments: [
        ("GET /hello", 200, "hello nobody\n"), ("GET /hello?name=Ann+B%C3%A9", 200, "hello Ann Bé\n"),
        ("GET /hello?name=a&name=b&x", 200, "hello a\n"), ("GET /elsewhere", 200, "hopped\n"),
        ("GET /nothing", 404, "not found\n"), ("GET /", 404, "not found\n"), ("GET /hello/", 404, "not found\n"),
        ("POST /hello", 405, "method not allowed\n"), ("GET /press", 405, "method not allowed\n"),
        ("DELETE /hello", 405, "method not allowed\n"), ("POST /press", 200, "0\n"),
        ("GET /hello?name=%zz", 400, "bad request\n"), ("GET /hello?name=%FF", 400, "bad request\n"),
        ("GET /hello?name=%2", 400, "bad request\n"), ("GET http://monitor/hello", 400, "bad request\n"),
        ("GET /fails", 500, "internal error\n"),
    ])
    func answers(line: String, status: Int, body: String) async throws {
        try await withMonitor { _, address in
            let answers = try await SocketClient.exchange(address, Self.request(line))
            try #require(answers.count == 1)
            #expect(answers[0].status == status && answers[0].body == body)
            #expect(answers[0].headers["connection"] == "close")
            for (name, value) in HTTPServerResponse.securityHeaders {
                #expect(answers[0].headers[name.lowercased()] == value)
            }
            if status == 405 { #expect(answers[0].headers["allow"]?.isEmpty == false) }
        }
    }

    @Test func aPageMayHaveItsOwnPolicy() async throws {
        try await withMonitor { _, address in
            let answer = try await SocketClient.exchange(address, Self.request("GET /page"))[0]
            #expect(answer.headers["content-security-policy"] == "default-src 'self'")
            #expect(answer.headers["content-type"] == "text/html")
        }
    }

    @Test func headHasTheLengthButNoBody() async throws {
        try await withMonitor { _, address in
            let answers = try await SocketClient.exchange(address, Self.request("HEAD /hello"))
            #expect(answers[0].headers["content-length"] == "13" && answers[0].body.isEmpty)
        }
    }

    @Test func connectionsAreKeptAndPipelinedRequestsAnsweredInOrder() async throws {
        try await withMonitor { _, address in
            let first = Self.request("GET /hello?name=1", keepAlive: true)
            let second = Self.request("POST /press", body: "abc", keepAlive: true)
            let third = Self.request("GET /nothing", keepAlive: true)
            let last = Self.request("GET /hello?name=4")
            let answers = try await SocketClient.exchange(address, first, second + third + last)
            #expect(answers.map(\.body) == ["hello 1\n", "3\n", "not found\n", "hello 4\n"])
            #expect(answers[0].headers["connection"] == nil)
        }
    }

    @Test func oldClientsAreServedOnce() async throws {
        try await withMonitor { _, address in
            let answers = try await SocketClient.exchange(address, "GET /hello HTTP/1.0\r\n\r\n")
            #expect(answers.map(\.status) == [200])
        }
    }

    @Test(arguments: [
        (nil, 401), ("Bearer wrong", 401), ("Bearer secret2", 401), ("Basic secret", 401), ("secret", 401),
        ("Bearer", 401), ("Bearer secret", 200), ("bearer secret", 200),
    ])
    func theTokenIsAskedFor(authorization: String?, status: Int) async throws {
        try await withMonitor(token: "secret") { _, address in
            let request: String
            if let authorization {
                request = Self.request("GET /hello", "Authorization: \(authorization)")
            } else {
                request = Self.request("GET /hello")
            }
            let answer = try await SocketClient.exchange(address, request)[0]
            #expect(answer.status == status)
            #expect(answer.headers["www-authenticate"] == (status == 401 ? "Bearer" : nil))
        }
    }

    @Test func twoTokensAreNone() async throws {
        try await withMonitor(token: "secret") { _, address in
            let header = "Authorization: Bearer secret"
            let answers = try await SocketClient.exchange(address, Self.request("GET /hello", header, header))
            #expect(answers.map(\.status) == [401])
        }
    }

    @Test(arguments: [("http://monitor:1", 200), ("https://monitor:1", 200), ("http://evil", 403), ("null", 403)])
    func anotherSitesPageCannotPress(origin: String, status: Int) async throws {
        try await withMonitor { _, address in
            let request = Self.request("POST /press", "Origin: \(origin)")
            try await SocketClient.expect([status], address, request)
        }
    }

    /// What a browser says of itself holds behind a proxy too, where `Origin` and `Host` differ.
    @Test(arguments: [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403), ("", 403)])
    func theBrowserKnowsWhoPresses(site: String, status: Int) async throws {
        try await withMonitor { _, address in
            let request = Self.request("POST /press", "Sec-Fetch-Site: \(site)", "Origin: https://proxy")
            try await SocketClient.expect([status], address, request)
        }
    }

    /// A page of another site may call our address by a name of its own (DNS rebinding): it gets nothing.
    @Test(arguments: [
        ("127.0.0.1:8080", 200), ("localhost", 200), ("LOCALHOST:1", 200), ("[::1]:8080", 200), ("10.0.0.1", 200),
        ("evil.example", 421), ("localhost.evil.example:8080", 421), ("127.0.0.1.evil.example", 421), ("", 421),
    ])
    func onlyLocalNames(host: String, status: Int) async throws {
        try await withMonitor(access: HTTPServerAccess(localNamesOnly: true)) { _, address in
            for line in ["GET /hello", "POST /press"] {
                let request = "\(line) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
                try await SocketClient.expect([status], address, request)
            }
        }
    }

    /// Silent connections wait; one that comes with a request takes the place of the oldest of them.
    @Test func silentConnectionsKeepNobodyOut() async throws {
        let refusals = HTTPServerRefusals()
        try await withMonitor(limits: HTTPServerLimits(connections: 3), refusals: refusals) { server, address in
            var silent: [any Channel] = []
            for _ in 0..<3 {
                silent.append(
                    try await ClientBootstrap(group: NIOSingletons.posixEventLoopGroup).connect(to: address).get())
            }
            while server.openConnections < 3 { await Task.yield() }
            for _ in 0..<5 { try await SocketClient.expect([200], address, Self.request("GET /hello")) }
            #expect(refusals.connections >= 1)
            for channel in silent { try? await channel.close().get() }
        }
    }

    /// Whoever guesses at the token is told late, and counted; who has none yet is told at once.
    @Test func guessesAtTheTokenAreSlow() async throws {
        let refusals = HTTPServerRefusals()
        try await withMonitor(token: "secret", refusals: refusals) { _, address in
            try await SocketClient.expect([401], address, Self.request("GET /hello"))
            #expect(refusals.tokens == 0)
            let begin = ContinuousClock.now
            try await SocketClient.expect([401], address, Self.request("GET /hello", "Authorization: Bearer guess"))
            #expect(ContinuousClock.now - begin >= .milliseconds(900))
            #expect(refusals.tokens == 1)
            try await SocketClient.expect([200], address, Self.request("GET /hello", "Authorization: Bearer secret"))
        }
    }

    /// The page holds no data: it asks for the token itself.
    @Test(arguments: [
        ("GET /open", 200), ("HEAD /open", 200), ("GET /open?x=1", 200), ("GET /", 401), ("GET //open", 401),
        ("GET /hello", 401), ("POST /press", 401),
        ("GET /%6Fpen", 401), ("GET /open/", 401),
    ])
    func openPathsNeedNoToken(line: String, status: Int) async throws {
        let access = HTTPServerAccess(token: "secret", openPaths: ["/open"])
        try await withMonitor(access: access) { _, address in
            let answers = try await SocketClient.exchange(address, Self.request(line))
            #expect(answers.map(\.status) == [status])
        }
    }

    @Test func aBodyThatIsTooLargeEndsTheConnection() async throws {
        try await withMonitor(limits: HTTPServerLimits(bodyBytes: 10)) { _, address in
            let fits = Self.request("POST /press", body: "0123456789", keepAlive: true)
            let tooLarge = Self.request("POST /press", body: "0123456789a", keepAlive: true)
            let answers = try await SocketClient.exchange(address, fits + tooLarge)
            #expect(answers.map(\.status) == [200, 413])
            #expect(answers.last?.headers["connection"] == "close")
        }
    }

    @Test func headersAreBounded() async throws {
        try await withMonitor(limits: HTTPServerLimits(headerBytes: 200, headerFields: 5)) { _, address in
            let long = Self.request("GET /hello", "X: " + String(repeating: "x", count: 300))
            try await SocketClient.expect([400], address, long)
            let many = Self.request("GET /hello", "A: 1", "B: 1", "C: 1", "D: 1")
            try await SocketClient.expect([400], address, many)
        }
    }

    @Test(arguments: ["garbage\r\n\r\n", "GET /hello\r\n\r\n", "GET /hello HTTP/1.1\r\nbad header\r\n\r\n", "\0\0\0\0"])
    func garbageIsABadRequest(text: String) async throws {
        try await withMonitor { _, address in
            try await SocketClient.expect([400], address, text)
        }
    }

    @Test func slowSendersAreCut() async throws {
        try await withMonitor(limits: HTTPServerLimits(requestTimeout: .milliseconds(500))) { _, address in
            try await SocketClient.expect([], address, "GET /hello HT")
            let halfBody = "POST /press HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"
            try await SocketClient.expect([408], address, halfBody)
            // Of a connection that is kept, too.
            let kept = Self.request("GET /hello", keepAlive: true)
            try await SocketClient.expect([200], address, kept)
        }
    }

    @Test func aRouteThatNeverAnswersIsCut() async throws {
        try await withMonitor(limits: HTTPServerLimits(answerTimeout: .milliseconds(50))) { _, address in
            let never = Self.request("GET /never", keepAlive: true)
            try await SocketClient.expect([503], address, never)
        }
    }

    /// Only a connection that waits for a request gives its place to a newcomer.
    @Test func whereAllAreAtWorkOneMoreIsClosed() async throws {
        let (promises, given) = AsyncStream.makeStream(of: EventLoopPromise<HTTPServerResponse>.self)
        var routes = Self.routes
        routes.get("/busy") { _, eventLoop in
            let promise = eventLoop.makePromise(of: HTTPServerResponse.self)
            given.yield(promise)
            return promise.futureResult
        }
        let server = HTTPServer(
            host: "127.0.0.1", port: 0, limits: HTTPServerLimits(connections: 1), logger: Logger(label: "monitor.test"),
            handler: routes.respond)
        let address = try await server.start()
        let first = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address).get()
        try await first.writeAndFlush(ByteBuffer(string: Self.request("GET /busy", keepAlive: true))).get()
        var atWork = promises.makeAsyncIterator()
        let answer = try #require(await atWork.next(isolation: #isolation))
        try await SocketClient.expect([], address, Self.request("GET /hello"))
        answer.succeed(.text("done"))
        try await first.close()
        // The place is free again as soon as the server has seen the close.
        while try await SocketClient.exchange(address, Self.request("GET /hello")).isEmpty {}
        await server.stop()
    }

    @Test func stoppingClosesIdleConnectionsAndTheListener() async throws {
        try await withMonitor { server, address in
            let idle = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(to: address).get()
            try await SocketClient.expect([200], address, Self.request("GET /hello"))
            await server.stop()
            try await idle.closeFuture.get()
            await #expect(throws: (any Error).self) { try await SocketClient.exchange(address, "") }
        }
    }
}

extension EventLoopPromise where Value == HTTPServerResponse {
    /// The future of a promise that is kept only much later, long after the test.
    fileprivate func leaked() -> EventLoopFuture<HTTPServerResponse> {
        futureResult.eventLoop.scheduleTask(in: .milliseconds(500)) { self.succeed(.text("too late")) }
        return futureResult
    }
}
