import Cluster
import Intake
import Messaging
import NIOCore
import SMPP
import Synchronization
import TLS
import TestPrograms
import Testing

/// Forms at a node that has no bind for them, over real connections.
@Suite(.timeLimit(.minutes(1))) struct PassingTests {
    private let nodes: Nodes
    private static let accepted = IntakeReply.accepted(segments: 2, carrierIDs: ["c1", "c2"], language: .en)
    private static let noBind = IntakeReply(.noBind, language: .en)

    init() throws { nodes = try Nodes() }

    /// Posts at a node over TLS, and gives the reply.
    private func post(
        _ node: Nodes.Node, _ form: String = EmbeddedIntake.form, _ fields: String = "", path: String = "/sms"
    ) async throws -> ParsedReply {
        let client = try await TestClient(node.address, tls: nodes.client)
        try await client.send(EmbeddedIntake.post(form, fields, path: path))
        let reply = try #require(await client.replies().first)
        try await client.close()
        return reply
    }

    /// a has no bind, b has; a knows it.
    private func pair(
        reply: IntakeReply? = accepted, account: Account = Nodes.account,
        configure: (inout IntakeConfiguration) -> Void = { _ in }
    ) async throws -> (a: Nodes.Node, b: Nodes.Node) {
        let b = try await nodes.start("b", isBound: true, reply: reply, account: account, configure: configure)
        let a = try await nodes.start("a", isBound: false, reply: Self.noBind, account: account)
        a.server.adopt(peers: PeerTable([Nodes.peer("b", b.address)]))
        return (a, b)
    }

    private func end(_ all: Nodes.Node...) async {
        for node in all { await node.server.drain(within: .seconds(5)) }
    }

    private func counted(_ node: Nodes.Node) -> [PassingLabel: Int] { node.server.statistics.passedOn }

    // MARK: The other node's reply

    @Test func theWholeReplyIsTheOtherNodes() async throws {
        let (a, b) = try await pair()
        let reply = try await post(
            a, "key=secret-key&to=%2B7+916&text=%CF%F0",
            "Content-Type: application/x-www-form-urlencoded; charset=cp1251\r\n")
        #expect((reply.status, reply.reason) == (200, "Accepted"))
        #expect(reply["X-Outcome"] == "accepted" && reply["X-Segments"] == "2/2" && reply["Content-Language"] == "en")
        #expect(reply["Connection"] == nil && reply["X-Passed-On"] == nil)
        let request = try #require(b.handler.requests.first)
        #expect((request.to, request.text) == ("+7 916", "Пр"))
        #expect(reply["X-Message-Id"] == request.id.description && reply.body.hasSuffix(request.id.description))
        #expect(a.handler.requests.isEmpty)
        #expect(counted(a) == [PassingLabel(node: "b", ending: .answered(.accepted)): 1])
        #expect(a.server.statistics.replies == [:] && a.server.statistics.requests == 1)
        try await eventually("the line is written") {
            a.lines.all.contains {
                $0.hasPrefix("info message \(request.id) account=- status=200 code=- outcome=accepted")
                    && $0.contains(" node=b")
            }
        }
        await end(a, b)
    }

    @Test func asJSONAndAsAChat() async throws {
        let chat = ChatTerms(
            token: KeyHash(hashing: Array("token".utf8)), providerID: "p", ids: .numbers, takesAttachments: false)
        var account = Nodes.account
        account.chat = chat
        let (a, b) = try await pair(account: account)
        let json = try await post(a, EmbeddedIntake.form, "Accept: application/json\r\n")
        #expect(json.json["carrier_ids"] as? [String] == ["c1", "c2"])
        let form = "cmd=newMessage&providerId=p&contactPhone=79161234567&token=token&message=x&messageId=1"
        let told = try await post(a, form, path: "/planfix/chat")
        #expect(told["Content-Type"] == "application/json")
        #expect(b.handler.requests.last?.chat?.messageID == "1")
        #expect(a.handler.requests.isEmpty)
        await end(a, b)
    }

    /// Several requests of one connection, some of which are decided here: replies come in their order.
    @Test func inTheOrderOfThePipeline() async throws {
        let (a, b) = try await pair()
        let client = try await TestClient(a.address, tls: nodes.client)
        let here = EmbeddedIntake.post("key=wrong&to=1&text=x")
        try await client.send(EmbeddedIntake.post() + here + EmbeddedIntake.post() + EmbeddedIntake.post("to=1"))
        #expect(await client.replies(4).map(\.status) == [200, 401, 200, 400])
        try await client.send(EmbeddedIntake.post(EmbeddedIntake.form, "Connection: close\r\n"))
        let last = try #require(await client.replies().first)
        #expect(last.status == 200 && last["Connection"] == "close")
        #expect(await client.end() == "")
        #expect(b.handler.requests.count == 3)
        // One after the other, over the same connection: another one came while that was used.
        #expect(b.server.statistics.connections <= 2)
        await end(a, b)
    }

    @Test func proofAndLocksAreTheOtherNodesAndMeetTheClient() async throws {
        let b = try await nodes.start("b", isBound: true, reply: Self.accepted) {
            $0.lockOut = .init(attempts: 2, window: .minutes(5))
        }
        // Plain, so that a client can say before its first request whose it is.
        let a = try await nodes.start("a", isBound: false, reply: Self.noBind) {
            $0.tls = nil
            $0.proxies = [AddressBlock(parsing: "127.0.0.1")].compactMap(\.self)
        }
        a.server.adopt(peers: PeerTable([Nodes.peer("b", b.address)]))
        let client = try await TestClient(a.address, tls: nil)
        let wrong = EmbeddedIntake.post("login=acme&password=wrong&to=1&text=t")
        try await client.send("PROXY TCP4 203.0.113.9 192.0.2.1 40000 443\r\n" + wrong)
        #expect(await client.replies().first?.status == 401)
        try await client.send(wrong)
        #expect(await client.replies().first?.status == 401)
        try await client.send(wrong)
        let locked = try #require(await client.replies().first)
        #expect(locked.status == 429 && locked["Retry-After"] == "300")
        try await eventually("the line is written") {
            b.lines.all.contains { $0.contains("code=bad_credentials") && $0.contains("peer=203.0.113.9") }
        }
        // Another client's, by the same node.
        let other = try await TestClient(a.address, tls: nil)
        try await other.send("PROXY TCP4 203.0.113.10 192.0.2.1 40000 443\r\n" + wrong)
        #expect(await other.replies().first?.status == 401)
        #expect(a.server.statistics.lockOuts.counts.values.allSatisfy { $0 == 0 })
        #expect(b.server.statistics.lockOuts.counts.values.contains { $0 > 0 })
        await end(a, b)
    }

    @Test func allowListsMeetTheClient() async throws {
        var account = Nodes.account
        account.allowFrom = [AddressBlock(parsing: "203.0.113.0/24")].compactMap(\.self)
        let (a, b) = try await pair(account: account)
        #expect(try await post(a).status == 403)
        #expect(b.handler.requests.isEmpty)
        #expect(b.server.statistics.replies == [ReplyLabel(account: "acme", status: 403, code: .ipNotAllowed): 1])
        await end(a, b)
    }

    // MARK: Time and delivery

    @Test func theTimeThatIsOverIsTakenOff() async throws {
        let b = try await nodes.start("b", isBound: true, reply: Self.accepted)
        let a = try await nodes.start("a", isBound: false) { $0.replyWithin = .seconds(3) }
        a.server.adopt(peers: PeerTable([Nodes.peer("b", b.address)]))
        let start = NIODeadline.now()
        #expect(try await post(a).status == 200)
        let deadline = try #require(b.handler.requests.first).deadline
        #expect(deadline > start + .seconds(2) && deadline < .now() + .milliseconds(2_901))
        await end(a, b)
    }

    /// Who waits for the delivery of a reply hears of it when the client has it, and not before.
    @Test func deliveredToTheClient() async throws {
        let told = Mutex<[MessageID]>([])
        var reply = Self.accepted
        reply.onDelivered = { id in told.withLock { $0.append(id) } }
        let (a, b) = try await pair(reply: reply)
        let answer = try await post(a)
        try await eventually("the node has told") {
            told.withLock { $0.map(\.description) } == [answer["X-Message-Id"]]
        }
        await end(a, b)
    }

    @Test func notDeliveredWhereTheClientHasGone() async throws {
        let told = Mutex(0)
        let reply = {
            var reply = Self.accepted
            reply.onDelivered = { _ in told.withLock { $0 += 1 } }
            return reply
        }()
        let (a, b) = try await pair(reply: nil)
        let client = try await TestClient(a.address, tls: nodes.client)
        try await client.send(EmbeddedIntake.post("key=secret-key&to=1&text=gone"))
        try await eventually("the form is there") { b.handler.requests.count == 1 }
        try await client.close()
        try await eventually("the client has gone") { a.server.statistics.connections == 0 }
        let request = b.handler.requests[0]
        request.eventLoop.execute { b.handler.answer("gone", reply) }
        try await eventually("it is counted") {
            counted(a) == [PassingLabel(node: "b", ending: .answered(.accepted)): 1]
        }
        // What comes later over the same connection says nothing of it either.
        let next = try await TestClient(a.address, tls: nodes.client)
        try await next.send(EmbeddedIntake.post("key=secret-key&to=1&text=next"))
        try await eventually("the next form is there") { b.handler.requests.count == 2 }
        let second = b.handler.requests[1]
        second.eventLoop.execute { b.handler.answer("next", reply) }
        #expect(await next.replies().first?.status == 200)
        try await eventually("the node has told") { told.withLock { $0 } == 1 }
        #expect(a.server.statistics.clientsGone == 1)
        await end(a, b)
    }
}
