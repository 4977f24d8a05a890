import Foundation
import TestPrograms
import Testing

/// Receipts of messages that memory does not know, or not by their ids (`Peers/patient_smsc.py`).
@Suite struct RecallTests {
    /// A line of `messages --json`.
    private struct Life: Decodable {
        struct Receipt: Decodable {
            var state: String
        }

        var id: String
        var to: String
        var receipts: [Receipt]
    }

    private func withPatientSMSC(
        replyWithin: String = "10s", _ lines: [String], _ work: (Bridge) async throws -> Void
    ) async throws {
        try await withSetup(replyWithin: replyWithin, lines) { setup in
            try await withBridge(setup) { try await work($0) }
        }
    }

    private func withSetup(
        replyWithin: String = "10s", journal: [String] = [], _ lines: [String],
        _ work: (BridgeSetup) async throws -> Void
    ) async throws {
        let port = try Ports.free()
        let smsc = try ProcessHandle("python3", [Repository.testFile("Peers/patient_smsc.py"), "\(port)"])
        defer { smsc.kill() }
        try await smsc.waitForOutput(containing: "listening")
        var setup = BridgeSetup(replyWithin: replyWithin, journal: BridgeSetup.ownJournal, ["recall: 20"] + journal)
        setup.logLevel = "notice"
        setup.carriers = [CarrierSetup(port: port, window: 50, lines: lines)]
        try await work(setup)
    }

    /// Messages go out, kill -9, and the next process has the receipts that come then.
    private func withKilledBridge(
        journal: [String] = [], first: (Bridge) async throws -> Void, then work: (Bridge) async throws -> Void
    ) async throws {
        try await withSetup(journal: journal, []) { setup in
            let bridge = try await Bridge.start(setup)
            defer { bridge.discard() }
            try await bridge.awaitReady()
            try await first(bridge)
            bridge.process.kill()
            _ = try await bridge.process.waitForExit()
            let next = try await bridge.startAgain()
            defer { next.process.kill() }
            try await next.awaitReady()
            #expect(try await next.post(.message(to: "79165000000", text: "settle")).status == 200)
            try await work(next)
        }
    }

    private func lives(_ bridge: Bridge, _ numbers: [String]) async throws -> [Life] {
        try await lives(bridge, arguments: numbers.map { ["--number", $0] })
    }

    private func lives(_ bridge: Bridge, arguments: [[String]]) async throws -> [Life] {
        var lives: [Life] = []
        for arguments in arguments {
            let output = try await run(
                Repository.smppost,
                [
                    "messages", "--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers"),
                    "--json",
                ] + arguments)
            lives += try output.standardOutput.split(separator: "\n").map {
                try JSONDecoder().decode(Life.self, from: Data($0.utf8))
            }
        }
        return lives
    }

    /// Memory has room for 1,000 segments, and the receipts of the first come after the last.
    @Test(.timeLimit(.minutes(3))) func aReceiptThatComesAfterMemoryForgotIsFoundInTheJournal() async throws {
        try await withPatientSMSC(["receipts: { known: 1000 }"]) { bridge in
            let first = (0..<10).map { "7916200000\($0)" }
            #expect(try await bridge.post(.message(to: "79163000000", text: "prompt")).status == 200)
            try await eventually("the prompt receipt") { try await bridge.carriers()[0].receipts.matched == 1 }
            let early = try await bridge.post(first.map { .message(to: $0, text: "early") })
            #expect(early.allSatisfy { $0.status == 200 })
            try await withThrowingTaskGroup { group in
                for client in 0..<4 {
                    let numbers = (0..<260).map { "7916\(1_000_000 + client * 1_000 + $0)" }
                    let forms = numbers.map { Form.message(to: $0, text: "more") }
                    group.addTask {
                        let replies = try await bridge.post(forms)
                        #expect(replies.allSatisfy { $0.status == 200 })
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await bridge.post(.message(to: "79165000000", text: "settle")).status == 200)
            // Some of the last find no room among the questions to the journal: that bound is the configuration's.
            try await eventually("receipts", atMost: .seconds(30)) {
                let receipts = try await bridge.carriers()[0].receipts
                return receipts.matched + receipts.unmatched >= 1_052
            }
            let lives = try await lives(bridge, first)
            #expect(lives.count == 10)
            #expect(lives.allSatisfy { $0.receipts.map(\.state) == ["delivered"] })
        }
    }

    /// Two messages to one number whose responses are lost: which receipt is whose is told by `user_message_reference` alone.
    @Test(.timeLimit(.minutes(2))) func aLostResponseIsSettledByTheReceiptsReference() async throws {
        try await withPatientSMSC(replyWithin: "2s", ["receipts: { reference: true }"]) { bridge in
            let number = "79164000000"
            async let one = bridge.post(.message(to: number, text: "lost UNDELIV"))
            async let other = bridge.post(.message(to: number, text: "lost DELIVRD"))
            let replies = try await [one, other]
            #expect(replies.allSatisfy { $0.status == 504 })
            try await eventually("receipts") { try await bridge.carriers()[0].receipts.matched >= 2 }
            #expect(try await bridge.carriers()[0].receipts.unmatched == 0)
            let lives = try await lives(bridge, [number])
            let states = lives.map { $0.receipts.map(\.state) }
            #expect(Set(states) == [["delivered"], ["undeliverable"]] && states.count == 2)
            // A carrier that has it has accepted it: its repeat is told so, and nothing is sent again.
            let repeated = try await bridge.post(.message(to: number, text: "lost DELIVRD"))
            #expect(repeated.status == 200)
        }
    }

    /// It is under way at a kill -9, and its receipt, which names an id that nobody has seen, comes to the next process.
    @Test(.timeLimit(.minutes(2))) func aReceiptSettlesWhatWasUnderWayAtAKill() async throws {
        let held = Form.message(to: "79166000000", text: "hold DELIVRD")
        try await withKilledBridge { bridge in
            try await bridge.postAndLeave(held) {
                try await bridge.monitor("/metrics").body.split(separator: "\n").contains {
                    $0.hasPrefix("smppost_window_in_use{") && $0.hasSuffix(" 1")
                }
            }
        } then: { bridge in
            try await eventually("receipts") { try await bridge.carriers()[0].receipts.matched == 2 }
            #expect(try await lives(bridge, ["79166000000"]).map { $0.receipts.map(\.state) } == [["delivered"]])
            let repeated = try await bridge.post(held)
            #expect(repeated.status == 200 && repeated.headers["x-replayed"] == "true")
        }
    }

    /// Numbers that differ only under the mask, ids that are hexadecimal in answers and decimal in receipts, and kill -9 between them: each
    /// receipt stands at its own message.
    @Test(.timeLimit(.minutes(2))) func maskedNumbersAreToldApartAfterAKill() async throws {
        let forms = (0..<40).map { index in
            Form.message(
                to: "791600\(100 + index)00", text: "hex " + (index.isMultiple(of: 3) ? "UNDELIV" : "DELIVRD"))
        }
        var ids: [String] = []
        try await withKilledBridge(journal: ["mask_numbers: true"]) { bridge in
            let replies = try await bridge.post(forms)
            #expect(replies.allSatisfy { $0.status == 200 })
            ids = replies.compactMap { $0.headers["x-message-id"] }
        } then: { bridge in
            try await eventually("receipts", atMost: .seconds(30)) {
                try await bridge.carriers()[0].receipts.matched == 41
            }
            let lives = try await lives(bridge, arguments: ids.map { ["--id", $0] })
            #expect(lives.count == 40 && lives.allSatisfy { $0.to.contains("*****") && !$0.to.contains("~") })
            for (index, id) in ids.enumerated() {
                let states = lives.first { $0.id == id }?.receipts.map(\.state)
                #expect(states == [index.isMultiple(of: 3) ? "undeliverable" : "delivered"], "message \(index)")
            }
        }
    }
}
