import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import HTTPService

@Suite(.timeLimit(.minutes(1)))
struct HTTPClientTests {
    private static var routes: HTTPRoutes {
        var routes = HTTPRoutes()
        routes.getBelow("/") { request, loop in
            loop.makeSucceededFuture(.text("\(request.path) \(request.query["a"] ?? "-")", headers: ["X-One": "1"]))
        }
        routes.get("/large") { _, loop in loop.makeSucceededFuture(.text(String(repeating: "a", count: 2000))) }
        routes.post("/form") { request, loop in
            let type = request.headers.first(name: "Content-Type") ?? ""
            let own = request.headers.first(name: "X-Own") ?? ""
            return loop.makeSucceededFuture(.text("\(type) \(request.form?["text"] ?? "-") \(own)", status: 502))
        }
        return routes
    }

    private static func client(
        _ address: SocketAddress, _ path: String = "", timeout: TimeAmount = .seconds(10), bodyLimit: Int = 1024
    ) throws -> HTTPClient {
        HTTPClient(
            try #require(HTTPURL("http://127.0.0.1:\(address.port ?? 0)\(path)")), context: nil,
            fields: [("X-Own", "own")], timeout: timeout, bodyLimit: bodyLimit,
            group: MultiThreadedEventLoopGroup.singleton)
    }

    @Test func asks() async throws {
        let server = HTTPServer(
            host: "127.0.0.1", port: 0, logger: Logger(label: "test"), handler: Self.routes.respond)
        let address = try await server.start()
        for (base, path, line) in [
            ("", "", "/ -\n"), ("/", "/x?a=b", "/x b\n"), ("/y/", "/x", "/y/x -\n"), ("/y?a=1", "", "/y 1\n"),
        ] {
            let answer = try await Self.client(address, base).get(path)
            #expect(answer.status == 200 && String(buffer: answer.body) == line)
            #expect(answer.field("x-one") == "1" && answer.field("x-two") == nil)
        }
        let answer = try await Self.client(address).post("/form", form: [("text", "a b+é")])
        #expect(answer.status == 502)
        #expect(String(buffer: answer.body) == "application/x-www-form-urlencoded a b+é own\n")
        #expect(try await Self.client(address, bodyLimit: 4000).get("/large").body.readableBytes == 2001)
        let error = await #expect(throws: HTTPFailure.self) { try await Self.client(address).get("/large") }
        #expect(error?.description == "the answer's body has more than 1024 octets")
        await server.stop()
    }

    @Test func saysWhyThereIsNoAnswer() async throws {
        // It takes connections and says nothing.
        let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try Self.client(try #require(silent.localAddress), timeout: .seconds(1))
        func failure() async throws -> String {
            let error = await #expect(throws: HTTPFailure.self) { try await client.get() }
            return "\(try #require(error))"
        }
        #expect(try await failure() == "no answer within 1 s")
        try await silent.close()
        #expect(try await failure().contains("refused"))
    }
}
