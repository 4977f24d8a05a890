import Foundation
import TestPrograms
import Testing

/// Repeats as PlanFix makes them: nothing is sent twice, and nothing that was accepted is told otherwise.
@Suite(.timeLimit(.minutes(2))) struct LedgerTests {
    static let silent = "79161670001"

    /// A bridge with an empty journal in the database that is tried.
    private static func setup(_ replyWithin: String = "10s", _ lines: [String] = []) async throws -> BridgeSetup {
        let url = try await TriedJournal.url()
        return BridgeSetup(replyWithin: replyWithin, journal: url, lines)
    }

    /// A form with the account's key, which is checked in no time, so that times below are the carrier's.
    private func form(to: String = "79161234567", _ text: String = "Hello") async throws -> Form {
        .keyed(try await TestSecrets.shared().key, to: to, text: text)
    }

    @Test func silentCarrierIsAskedOnce() async throws {
        try await withBridgeAndSimulator(try await Self.setup("3s")) { bridge, simulator in
            let form = try await form(to: Self.silent)
            let first = try await bridge.post(form)
            #expect(first.status == 504)
            #expect(first.headers["x-replayed"] == nil)
            for _ in 0..<3 {
                let again = try await bridge.post(form)
                #expect(again.status == 504)
                #expect(again.outcome == "unknown")
                #expect(again.headers["x-replayed"] == "true")
                #expect(again.headers["retry-after"] == nil)
                #expect(again.id != first.id)
                #expect(again.time < first.time, "it waited for the carrier again")
            }
            #expect(try await simulator.counters().submits == 1)
            // Another text is another message.
            let other = try await bridge.post(form.with("text", "Other"))
            #expect(other.headers["x-replayed"] == nil)
            #expect(try await simulator.counters().submits == 2)
            #expect(try await bridge.monitor("/metrics").body.contains("\nsmppost_replayed_total 3\n"))
        }
    }

    @Test func inDoubtReplyMayBeAccepted() async throws {
        let setup = try await Self.setup("3s", ["in_doubt_reply: accepted"])
        try await withBridgeAndSimulator(setup) { bridge, simulator in
            let form = try await form(to: Self.silent)
            #expect(try await bridge.post(form).status == 504)
            let again = try await bridge.post(form)
            #expect(again.status == 200)
            #expect(again.outcome == "accepted")
            #expect(again.headers["x-replayed"] == "true")
            #expect(try await simulator.counters().submits == 1)
        }
    }

    /// The client goes away before its 200, and comes back.
    @Test func lostAnswerIsGivenAgain() async throws {
        let faults = ["--fault", "0002=late:4s"]
        try await withBridgeAndSimulator(try await Self.setup(), simulator: faults) { bridge, simulator in
            let form = try await form(to: "79161230002")
            try await bridge.postAndLeave(form) { try await simulator.counters().submits == 1 }
            try await eventually("answered") { bridge.process.current.everything.contains("client=gone") }
            let again = try await bridge.post(form, headers: ["Accept: application/json"])
            #expect(again.status == 200)
            #expect(again.headers["x-replayed"] == "true")
            #expect(again.headers["x-segments"] == "1/1")
            #expect(try again.json().carrierIDs?.count == 1)
            #expect(try await simulator.counters().submits == 1)
            // Now the client has it: the same text is a new message.
            let next = try await bridge.post(form)
            #expect(next.status == 200)
            #expect(next.headers["x-replayed"] == nil)
            #expect(try await simulator.counters().submits == 2)
        }
    }

    @Test func duplicateWindowAnswersWhatWasDelivered() async throws {
        try await withBridgeAndSimulator(try await Self.setup("10s", ["duplicate_window: 1h"])) { bridge, simulator in
            let (one, other) = (try await form("One"), try await form("Other"))
            let replies = try await bridge.post([one, one, other, one])
            #expect(replies.map(\.status) == [200, 200, 200, 200])
            #expect(replies.map { $0.headers["x-replayed"] } == [nil, "true", nil, "true"])
            #expect(try await simulator.counters().submits == 2)
        }
    }

    @Test func repeatDuringTheFirstWaitsForItsEnd() async throws {
        let faults = ["--fault", "0002=late:4s"]
        try await withBridgeAndSimulator(try await Self.setup(), simulator: faults) { bridge, simulator in
            let form = try await form(to: "79161230002")
            async let one = bridge.post(form)
            async let two = bridge.post(form)
            async let three = bridge.post(form)
            let replies = try await [one, two, three]
            #expect(replies.map(\.status) == [200, 200, 200])
            #expect(replies.count { $0.headers["x-replayed"] == "true" } == 2)
            #expect(try await simulator.counters().submits == 1)
        }
    }

    @Test func refusalsAndWhatWasNotSentAreTriedAnew() async throws {
        try await withBridgeAndSimulator(try await Self.setup()) { bridge, simulator in
            for _ in 0..<2 {
                let reply = try await bridge.post(try await form(to: "79161670004"))
                #expect(reply.status == 422)
                #expect(reply.headers["x-replayed"] == nil)
            }
            #expect(try await simulator.counters().submits == 2)
        }
    }

    @Test func lateAnswerResolves() async throws {
        let faults = ["--fault", "0042=late:5s"]
        try await withBridgeAndSimulator(try await Self.setup("3s"), simulator: faults) { bridge, simulator in
            let form = try await form(to: "79161230042")
            let first = try await bridge.post(form)
            #expect(first.status == 504)
            try await eventually("resolved") {
                let id = first.id ?? ""
                return try await bridge.monitor("/messages/\(id)").body.contains("\"late\":[{")
            }
            let again = try await bridge.post(form)
            #expect(again.status == 200)
            #expect(again.headers["x-replayed"] == "true")
            #expect(try await simulator.counters().submits == 1)
        }
    }

    /// A receipt is an answer, too: people are not shown the message as one in doubt any more.
    @Test func aReceiptEndsTheDoubt() async throws {
        try await withBridgeAndSimulator(try await Self.setup(), simulator: ["--receipts", "1500ms"]) { bridge, _ in
            #expect(try await bridge.post(try await form(to: "79161670002")).status == 504)
            func shown() async throws -> Bool { try await !bridge.monitor("/binds").body.contains("\"in_doubt\":[]") }
            #expect(try await shown())
            try await eventually("settled") { try await !shown() }
        }
    }

    /// kill -9 with one message unanswered, one whose 200 nobody took, and one whose 200 was taken.
    @Test func killedBridgeStillKnows() async throws {
        let faults = ["--fault", "0001=silent", "--fault", "0002=late:3s"]
        try await withSimulator(faults) { simulator in
            var setup = try await Self.setup("20s")
            setup.carriers[0].port = simulator.port
            setup.carriers[0].lines = ["timeouts: { response: 20s }"]
            let bridge = try await Bridge.start(setup)
            defer { bridge.discard() }
            try await bridge.awaitReady()
            let taken = try await form("taken")
            let notTaken = try await form(to: "79161230002", "not taken")
            let unanswered = try await form(to: "79161230001", "unanswered")
            #expect(try await bridge.post(taken).status == 200)
            try await bridge.postAndLeave(notTaken) { try await simulator.counters().submits == 2 }
            try await eventually("answered") { bridge.process.current.everything.contains("client=gone") }
            try await bridge.postAndLeave(unanswered) { try await simulator.counters().submits == 3 }
            bridge.process.kill()
            _ = try await bridge.process.waitForExit()

            let next = try await bridge.startAgain()
            defer { next.process.kill() }
            try await next.awaitReady()
            let unansweredAgain = try await next.post(unanswered)
            #expect(unansweredAgain.status == 504)
            #expect(unansweredAgain.headers["x-replayed"] == "true")
            let notTakenAgain = try await next.post(notTaken)
            #expect(notTakenAgain.status == 200)
            #expect(notTakenAgain.headers["x-replayed"] == "true")
            #expect(try await simulator.counters().submits == 3)
            let takenAgain = try await next.post(taken)
            #expect(takenAgain.status == 200)
            #expect(takenAgain.headers["x-replayed"] == nil)
            #expect(try await simulator.counters().submits == 4)
            #expect(try await next.stop().exitCode == 0)
        }
    }

    @Test func receiptsFindMessagesOfTheProcessBefore() async throws {
        let arguments = ["--receipts", "8s", "--receipt-ids", "hex"]
        try await withSimulator(arguments) { simulator in
            var setup = try await Self.setup()
            setup.carriers[0].port = simulator.port
            let bridge = try await Bridge.start(setup)
            defer { bridge.discard() }
            try await bridge.awaitReady()
            let id = try await bridge.post(try await form()).id ?? ""
            bridge.process.kill()
            _ = try await bridge.process.waitForExit()
            let next = try await bridge.startAgain()
            defer { next.process.kill() }
            try await next.awaitReady()
            try await eventually("matched") { try await next.carriers()[0].receipts.matched == 1 }
            try await eventually("recorded") {
                try await next.monitor("/messages/\(id)").body.contains("\"state\":\"delivered\"")
            }
            #expect(try await next.stop().exitCode == 0)
        }
    }

    @Test func messageIsShown() async throws {
        try await withBridgeAndSimulator(try await Self.setup("10s", ["mask_numbers: true"])) { bridge, _ in
            let reply = try await bridge.post(try await form(to: "79161234567"))
            let page = try await bridge.monitor("/messages/\(reply.id ?? "")")
            #expect(page.status == 200)
            #expect(page.body.contains("\"to\":\"7916*****67\""))
            #expect(page.body.contains("\"text\":null"))
            #expect(page.body.contains("\"outcome\":\"accepted\""))
            #expect(try await bridge.monitor("/messages/0000000000000").status == 404)
            #expect(try await bridge.monitor("/messages/nonsense").status == 404)
            try await eventually("delivered") {
                try await bridge.monitor("/messages/\(reply.id ?? "")").body.contains("\"delivered\":true")
            }
        }
    }
}

extension Bridge {
    /// Posts a form and ends the client, without the reply, once something is so.
    func postAndLeave(_ form: Form, once isSo: () async throws -> Bool) async throws {
        let certificate = try await TestCertificate.shared()
        let client = try ProcessHandle(
            "curl", ["-q", "-s", "--cacert", certificate.certificate, "--data-binary", form.encoded, url])
        defer { client.kill() }
        try await eventually("posted", isSo)
        client.kill()
        _ = try await client.waitForExit()
    }
}
