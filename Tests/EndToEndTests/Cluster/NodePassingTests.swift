import Foundation
import TestPrograms
import Testing

/// Two nodes and one bind: forms at the node that has it not.
@Suite(.enabled(if: PostgreSQLServer.isThere), .timeLimit(.minutes(5))) struct NodePassingTests {
    private static let silent = "79161670001"

    private static func start(_ name: String, journal: String, smsc: Int) async throws -> Bridge {
        let certificate = try await TestCertificate.shared()
        var setup = BridgeSetup(journal: journal)
        setup.lines += [
            "cluster:", "  name: \(name)", "  address: \"https://127.0.0.1:\(BridgeSetup.ownPort)\"",
            "  database: managed", "  ca: \"\(certificate.certificate)\"",
            "  certificate: \"\(certificate.certificate)\"", "  key: \"\(certificate.key)\"",
        ]
        setup.carriers = [CarrierSetup(port: smsc)]
        return try await Bridge.start(setup)
    }

    private static func isBound(_ bridge: Bridge) async throws -> Bool {
        try await bridge.carriers().flatMap(\.binds).contains { $0.state == "bound" }
    }

    /// Runs `body` with the node that has the bind and the one that has it not.
    private func withNodes(
        _ arguments: [String],
        _ body: (Simulator, _ holder: Bridge, _ front: Bridge, _ name: String) async throws -> Void
    ) async throws {
        let journal = try await JournalKind.postgresql.url()
        try await withSimulator(arguments) { smsc in
            async let first = Self.start("a", journal: journal, smsc: smsc.port)
            let b = try await Self.start("b", journal: journal, smsc: smsc.port)
            let a = try await first
            defer { for bridge in [a, b] { bridge.discard() } }
            do {
                try await eventually("one has it", atMost: .seconds(40)) {
                    let (ofA, ofB) = (try await Self.isBound(a), try await Self.isBound(b))
                    return ofA != ofB
                }
                let isA = try await Self.isBound(a)
                try await body(smsc, isA ? a : b, isA ? b : a, isA ? "a" : "b")
            } catch {
                throw HarnessError(
                    "\(error)\na:\n\(a.process.current.everything.suffix(6_000))\nb:\n"
                        + "\(b.process.current.everything.suffix(6_000))")
            }
        }
    }

    @Test func passedOnAnsweredAndLost() async throws {
        try await withNodes(["--fault", "0001=silent"]) { smsc, holder, front, name in
            let form = Form.keyed(try await TestSecrets.shared().key, text: "one")
            var reply = try await front.post(form)
            try await eventually("the node that has the bind is known") {
                if reply.status != 200 { reply = try await front.post(form) }
                return reply.status == 200
            }
            #expect(reply.reason == "Accepted" && reply.outcome == "accepted")
            #expect(reply.headers["x-segments"] == "1/1" && reply.headers["x-replayed"] == nil)
            #expect(try await smsc.counters().submits == 1)
            let id = try #require(reply.id)
            try await holder.process.waitForOutput(containing: "message \(id) account=acme status=200 code=ok")
            try await front.process.waitForOutput(
                containing: "message \(id) account=- status=200 code=- outcome=accepted")
            // Its client has the reply, and its node knows it: the same once more is a new message.
            try await eventually("sent again") { try await front.post(form).headers["x-replayed"] == nil }
            #expect(try await smsc.counters().submits == 2)

            // The client is seen where it is proven.
            var wrong = try await front.request(.message(password: "wrong"))
            wrong.options.append("interface = \"127.0.0.2\"")
            #expect(try await Curl.run(wrong).status == 401)
            try await holder.process.waitForOutput(containing: "status=401 code=bad_credentials outcome=refused")
            #expect(holder.process.current.everything.contains("peer=127.0.0.2"))
            #expect(!front.process.current.everything.contains("code=bad_credentials"))

            async let lost = front.post(form.with("to", Self.silent))
            try await eventually("it has gone") { try await smsc.counters().submits == 3 }
            holder.process.kill()
            let unknown = try await lost
            #expect((unknown.status, unknown.outcome) == (504, "unknown"))
            #expect(unknown.headers["retry-after"] == nil)
            // All of its connections have ended.
            _ = try await holder.process.waitForExit()
            // Nobody has the bind now.
            let refused = try await front.post(form.with("text", "two"))
            #expect((refused.status, refused.outcome) == (503, "not-sent"))
            let metrics = try await front.monitor("/metrics").body
            #expect(metrics.contains("smppost_passed_on_total{node=\"\(name)\",outcome=\"lost\"} 1\n"))
            try await eventually("it takes the bind", atMost: .seconds(30)) { try await Self.isBound(front) }
            try await eventually("it sends") { try await front.post(form.with("text", "two")).status == 200 }
            #expect(try await smsc.counters().submits == 4)
            #expect(try await front.stop().exitCode == 0)
        }
    }
}
