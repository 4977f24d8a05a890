import Foundation
import TestPrograms
import Testing

/// Receipts of an SMSC that is not ours, which gives ids in decimal and writes them in hexadecimal.
@Suite struct ReceiptTests {
    @Test(.timeLimit(.minutes(1))) func receiptsFindTheirMessages() async throws {
        let port = try Ports.free()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let smsc = try ProcessHandle(
            "python3", [Repository.testFile("Peers/ledger_smsc.py"), "\(port)", folder.file("ledger"), "5", "50"])
        defer { smsc.kill() }
        try await smsc.waitForOutput(containing: "listening")
        try await withBridge(BridgeSetup(carriers: [CarrierSetup(port: port, binds: 3)])) { bridge in
            let replies = try await bridge.post((0..<60).map { .message(text: "Receipt \($0)") })
            #expect(replies.allSatisfy { $0.status == 200 })
            try await eventually("all matched") { try await bridge.carriers()[0].receipts.matched >= 60 }
            let receipts = try await bridge.carriers()[0].receipts
            #expect(receipts.matched == 60)
            #expect(receipts.unmatched == 0)
            #expect(receipts.duplicates == 0)
            #expect(receipts.states == ["delivered": 60])
            #expect(receipts.ids.hasPrefix("hexadecimal"), "\(receipts.ids)")
        }
    }

    /// A carrier that counts its messages, and whose receipts come right behind its answers: none stands at another message, and none is
    /// posted for one. Each message goes to a number of its own.
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ["decimal", "same", "1"], ["decimal", "same", "100000"], ["decimal", "hex", "1"],
            ["decimal", "padded", "5"],
            ["hexadecimal", "decimal", "99"],
        ])
    func receiptsOfACounter(_ form: [String]) async throws {
        let arguments = [
            "--no-faults", "--receipts", "0s", "--message-ids", form[0], "--receipt-ids", form[1], "--first-id",
            form[2],
        ]
        var setup = BridgeSetup(journal: BridgeSetup.ownJournal)
        setup.carriers[0].window = 20
        try await withBridgeAndSimulator(setup, simulator: arguments) { bridge, _ in
            try await withThrowingTaskGroup { group in
                for client in 0..<8 {
                    let forms = (0..<38).map { Form.message(to: "7916\(1_000_000 + client * 100 + $0)", text: "Hello") }
                    group.addTask {
                        let replies = try await bridge.post(forms)
                        #expect(replies.allSatisfy { $0.status == 200 })
                    }
                }
                try await group.waitForAll()
            }
            try await eventually("receipts", atMost: .seconds(20)) {
                let receipts = try await bridge.carriers()[0].receipts
                return receipts.matched + receipts.unmatched >= 304
            }
            let receipts = try await bridge.carriers()[0].receipts
            #expect(receipts.matched == 304 && receipts.unmatched == 0)
            #expect(receipts.duplicates == 0 && receipts.early == 0)
            let output = try await run(
                Repository.smppost,
                [
                    "messages", "--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers"),
                    "--json", "--limit", "1000",
                ])
            let lives = try output.standardOutput.split(separator: "\n").map {
                try JSONDecoder().decode(Life.self, from: Data($0.utf8))
            }
            #expect(lives.count == 304)
            let wrong = lives.filter { life in
                life.receipts.count != 1 || !Self.isOne(life.segments[0].carrier_id, life.receipts[0].carrier_id, form)
            }
            #expect(wrong.isEmpty, "\(wrong.count) of 304, as \(wrong.prefix(3))")
        }
    }

    /// A receipt that waits for the answer to another message is not acknowledged before: after a kill the carrier brings it again, and it
    /// finds its message.
    @Test(.timeLimit(.minutes(1))) func aReceiptThatWaitsIsNotLostByAKill() async throws {
        let port = try Ports.free()
        let smsc = try ProcessHandle("python3", [Repository.testFile("Peers/unacknowledged_smsc.py"), "\(port)"])
        defer { smsc.kill() }
        try await smsc.waitForOutput(containing: "listening")
        let lines = ["receipts: { hold: 8s }", "deliver: { within: 9s }"]
        var setup = BridgeSetup(journal: BridgeSetup.ownJournal)
        setup.carriers = [CarrierSetup(port: port, lines: lines)]
        let bridge = try await Bridge.start(setup)
        defer { bridge.discard() }
        try await bridge.awaitReady()
        let id = try await bridge.post(.message(text: "answered")).id ?? ""
        try await bridge.postAndLeave(.message(text: "silent")) { smsc.current.standardOutput.contains("receipt") }
        #expect(!smsc.current.standardOutput.contains("acknowledged"))
        bridge.process.kill()
        _ = try await bridge.process.waitForExit()
        #expect(!smsc.current.standardOutput.contains("acknowledged"))

        let next = try await bridge.startAgain()
        defer { next.process.kill() }
        try await next.awaitReady()
        try await eventually("found") {
            try await next.monitor("/messages/\(id)").body.contains("\"state\":\"delivered\"")
        }
        try await smsc.waitForOutput(containing: "acknowledged")
        #expect(try await next.carriers()[0].receipts.matched == 1)
    }

    /// A line of `messages --json`.
    private struct Life: Decodable {
        struct Named: Decodable {
            // As the line has it.
            // swift-format-ignore
            var carrier_id: String
        }

        var segments: [Named]
        var receipts: [Named]
    }

    private static func isOne(_ given: String, _ receipted: String, _ form: [String]) -> Bool {
        let number = UInt64(given, radix: form[0] == "hexadecimal" ? 16 : 10)
        return number == UInt64(receipted, radix: form[1] == "hex" ? 16 : 10)
    }
}
