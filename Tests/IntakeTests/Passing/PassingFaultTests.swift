import Cluster
import Intake
import NIOCore
import SMPP
import TLS
import TestPrograms
import Testing

/// What passing on must not do, and what it does where the other node is gone.
@Suite(.timeLimit(.minutes(1))) struct PassingFaultTests {
    private let nodes: Nodes
    private static let noBind = IntakeReply(.noBind, language: .en)

    init() throws { nodes = try Nodes() }

    private func post(
        _ node: Nodes.Node, _ form: String = EmbeddedIntake.form, _ fields: String = ""
    ) async throws -> ParsedReply {
        let client = try await TestClient(node.address, tls: nodes.client)
        try await client.send(EmbeddedIntake.post(form, fields))
        let reply = try #require(await client.replies().first)
        try await client.close()
        return reply
    }

    /// A node without a bind, which answers what it decides itself with `no_bind`.
    private func start(
        _ peers: [Peer], configure: (inout IntakeConfiguration) -> Void = { _ in }
    ) async throws -> Nodes.Node {
        let node = try await nodes.start("a", isBound: false, reply: Self.noBind, configure: configure)
        node.server.adopt(peers: PeerTable(peers))
        return node
    }

    private func end(_ all: Nodes.Node...) async {
        for node in all { await node.server.drain(within: .seconds(5)) }
    }

    private func counted(_ node: Nodes.Node) -> [PassingLabel: Int] { node.server.statistics.passedOn }

    @Test func aLinkThatEndsAfterTheFormLeft() async throws {
        let double = try await nodes.startDouble("b") { _ in nil }
        let a = try await start([Nodes.peer("b", try #require(double.localAddress))])
        let reply = try await post(a)
        #expect((reply.status, reply["X-Outcome"]) == (504, "unknown"))
        #expect(reply.body.hasPrefix("Result unknown: the carrier connection was lost"))
        #expect(reply["Retry-After"] == nil)
        #expect(counted(a) == [PassingLabel(node: "b", ending: .lost): 1])
        #expect(a.handler.requests.isEmpty)
        #expect(a.lines.all.contains { $0.contains("warning node b has a form and its reply is lost") })
        try await double.close()
        await end(a)
    }

    @Test(arguments: ["", "nonsense\r\n\r\n"]) func noReplyOfANode(text: String) async throws {
        let double = try await nodes.startDouble("b") { _ in text }
        let a = try await start([Nodes.peer("b", try #require(double.localAddress))]) {
            $0.replyWithin = .milliseconds(600)
        }
        #expect(try await post(a).status == 504)
        #expect(counted(a) == [PassingLabel(node: "b", ending: .lost): 1])
        try await double.close()
        await end(a)
    }

    @Test func aPeerThatIsGone() async throws {
        let gone = try await nodes.startDouble("b") { _ in nil }
        let address = try #require(gone.localAddress)
        try await gone.close()
        let a = try await start([Nodes.peer("b", address)])
        let reply = try await post(a)
        #expect((reply.status, reply["X-Outcome"]) == (503, "not-sent"))
        // It was proven here, and its carriers were asked.
        #expect(a.handler.requests.count == 1)
        #expect(try await post(a, "key=secret-key&to=1&text=t").status == 503)
        #expect(try await post(a, "login=acme&password=wrong&to=1&text=t").status == 401)
        #expect(counted(a) == [PassingLabel(node: "b", ending: .unreachable): 3])
        // The other one has it.
        let c = try await nodes.start("c", isBound: true)
        let peers = [Nodes.peer("b", address, carriers: ["main", "backup"]), Nodes.peer("c", c.address)]
        a.server.adopt(peers: PeerTable(peers))
        for _ in 0..<4 { #expect(try await post(a).status == 200) }
        #expect(counted(a)[PassingLabel(node: "c", ending: .answered(.accepted))] == 4)
        await end(a, c)
    }

    /// Nodes know each other by certificates of one authority, both ways.
    @Test func whoIsNoNodeGetsNoForms() async throws {
        let outside = try await nodes.start(nil, isBound: true)
        let stranger = try await nodes.start("stranger", isBound: true)
        for other in [outside, stranger] {
            let a = try await start([Nodes.peer("b", other.address)])
            #expect(try await post(a).status == 503)
            #expect(counted(a) == [PassingLabel(node: "b", ending: .unreachable): 1])
            #expect(other.handler.requests.isEmpty)
            await end(a)
        }
        await end(outside, stranger)
    }

    /// Anybody can write the field; it counts from a node only.
    @Test func aForgedFieldIsPassedOver() async throws {
        let b = try await nodes.start("b", isBound: true)
        let a = try await start([Nodes.peer("b", b.address)])
        let forged = "X-Passed-On: 203.0.113.9 5000\r\n"
        #expect(try await post(b, "key=wrong&to=1&text=t", forged).status == 401)
        #expect(b.lines.all.contains { $0.contains("code=bad_credentials") && $0.contains("peer=127.0.0.1") })
        // It is no reason not to pass the form on.
        #expect(try await post(a, EmbeddedIntake.form, forged).status == 200)
        #expect(try await post(a, EmbeddedIntake.form, "X-Passed-On: delivered 0123456789abc\r\n").status == 200)
        #expect(b.handler.requests.count == 2)
        await end(a, b)
    }

    @Test func nothingIsPassedOnTwice() async throws {
        let a = try await nodes.start("a", isBound: false, reply: Self.noBind)
        let b = try await nodes.start("b", isBound: false, reply: Self.noBind)
        a.server.adopt(peers: PeerTable([Nodes.peer("b", b.address)]))
        b.server.adopt(peers: PeerTable([Nodes.peer("a", a.address)]))
        let reply = try await post(a)
        #expect((reply.status, reply["Retry-After"]) == (503, "5"))
        #expect((a.handler.requests.count, b.handler.requests.count) == (0, 1))
        #expect(counted(a) == [PassingLabel(node: "b", ending: .answered(.notSent)): 1])
        #expect(counted(b) == [:])
        await end(a, b)
    }

    /// Who is bound passes nothing on, and neither does who knows nobody.
    @Test func decidedHere() async throws {
        let b = try await nodes.start("b", isBound: true)
        let c = try await nodes.start("c", isBound: true)
        c.server.adopt(peers: PeerTable([Nodes.peer("b", b.address)]))
        #expect(try await post(c).status == 200)
        let a = try await start([Nodes.peer("b", b.address, carriers: ["other"])])
        #expect(try await post(a).status == 503)
        // Nobody's that is known.
        a.server.adopt(peers: PeerTable([Nodes.peer("b", b.address)]))
        #expect(try await post(a, "login=nobody&password=x&to=1&text=t").status == 401)
        a.server.adopt(peers: PeerTable())
        #expect(try await post(a).status == 503)
        #expect((b.server.statistics.requests, counted(a), counted(c)) == (0, [:], [:]))
        await end(a, b, c)
    }

    /// A bounded number of connections, and of forms that wait for one; what finds no room is decided here.
    @Test func bounded() async throws {
        let b = try await nodes.start("b", isBound: true, reply: nil)
        let a = try await nodes.start("a", isBound: false, reply: Self.noBind) {
            $0.passing?.connections = 1
            $0.passing?.queue = 1
        }
        a.server.adopt(peers: PeerTable([Nodes.peer("b", b.address)]))
        let client = try await TestClient(a.address, tls: nodes.client)
        func form(_ text: String) -> String { EmbeddedIntake.post("key=secret-key&to=1&text=\(text)") }
        try await client.send(form("one"))
        try await eventually("the first has left") { b.handler.requests.count == 1 }
        try await client.send(form("two") + form("three"))
        try await eventually("the third is decided here") { a.handler.requests.map(\.text) == ["three"] }
        for (place, text) in ["one", "two"].enumerated() {
            try await eventually("\(text) is there") { b.handler.requests.count > place }
            b.handler.requests[place].eventLoop.execute { b.handler.answer(text, ScriptedHandler.accepted) }
        }
        #expect(await client.replies(3).map(\.status) == [200, 200, 503])
        await end(a, b)
    }
}
