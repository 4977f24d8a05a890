import Foundation
import TestPrograms
import Testing

/// Clients that repeat as PlanFix does (`Peers/planfix.py`).
struct PlanFixClients {
    struct Report: Decodable {
        var calls: [String: Int]
        /// The journal's keys of the messages that they were told are accepted.
        var accepted: [Int]
        var seenTwice: Int
        var seenTwiceAfterNotSent: Int
        var notSentButSeen: Int
        /// Those of them whose client had got no reply at all before.
        var notSentAfterSilence: Int
        var acceptedButUnseen: Int
        var acceptedWithoutAcknowledgement: Int

        enum CodingKeys: String, CodingKey {
            case calls, accepted
            case notSentButSeen = "not_sent_but_seen"
            case notSentAfterSilence = "not_sent_after_silence"
            case seenTwice = "seen_twice"
            case seenTwiceAfterNotSent = "seen_twice_after_not_sent"
            case acceptedButUnseen = "accepted_but_unseen"
            case acceptedWithoutAcknowledgement = "accepted_without_acknowledgement"
        }
    }

    let process: ProcessHandle

    /// Posts to a bridge with this journal, and does it harm meanwhile.
    ///
    /// - Parameters:
    ///   - harm: it ends with a bridge that is ready.
    ///   - stored: the URL by which the journal is read then; nil = the bridge's own.
    static func post(
        journal url: String, _ lines: [String] = [], readBy stored: String? = nil,
        _ harm: (inout Bridge, LedgerSMSC) async throws -> Void
    ) async throws {
        let smsc = try await LedgerSMSC.start()
        defer { smsc.discard() }
        var setup = BridgeSetup(replyWithin: "5s", journal: url, lines)
        setup.logLevel = "notice"
        setup.carriers[0].port = smsc.port
        setup.carriers[0].lines = ["receipts: { request: false }"]
        var bridge = try await Bridge.start(setup)
        defer { bridge.discard() }
        do {
            try await bridge.awaitReady()
            let clients = try await start(bridge, count: 8, smsc)
            defer { clients.process.kill() }
            try await smsc.goOn()
            try await harm(&bridge, smsc)
            try await smsc.goOn()
            let report = try await clients.report()
            #expect(try await bridge.stop().exitCode == 0)
            try await report.expectTruth(recordedIn: stored ?? url)
        } catch {
            throw HarnessError("\(error)\nserve wrote:\n\(bridge.process.current.everything.suffix(6_000))")
        }
    }

    static func start(_ bridge: Bridge, count: Int, _ smsc: LedgerSMSC) async throws -> PlanFixClients {
        let process = try ProcessHandle(
            "python3",
            [
                Repository.testFile("Peers/planfix.py"), "\(bridge.port)",
                try await TestCertificate.shared().certificate,
                try await TestSecrets.shared().key, "\(count)", smsc.ledger,
            ], keepsInput: true)
        try await process.waitForOutput(containing: "posting")
        return PlanFixClients(process: process)
    }

    /// Ends them.
    func report() async throws -> Report {
        process.closeInput()
        let output = try await process.waitForExit(atMost: .seconds(60))
        guard output.exitCode == 0 else { throw HarnessError("planfix.py: \(output.everything)") }
        return try JSONDecoder().decode(Report.self, from: Data(output.standardOutput.utf8))
    }
}

extension PlanFixClients.Report {
    /// Nothing was sent twice, nobody was told what is not so, and what was accepted is in the journal.
    fileprivate func expectTruth(recordedIn url: String) async throws {
        let told = Comment(rawValue: "\(self)".replacing(/accepted: \[[0-9, ]*\]/, with: "accepted: \(accepted.count)"))
        print("\(told)")
        #expect(seenTwice == 0, told)
        #expect(seenTwiceAfterNotSent == 0, told)
        #expect(notSentButSeen == notSentAfterSilence, told)
        #expect(acceptedButUnseen == 0, told)
        #expect(acceptedWithoutAcknowledgement == 0, told)
        #expect(accepted.count > 100, told)
        let rows = try await run("python3", [Repository.testFile("Peers/journal_rows.py"), url])
        let recorded = Set(rows.standardOutput.split(separator: "\n").compactMap { Int($0) })
        #expect(rows.exitCode == 0, "\(rows.standardError)")
        #expect(accepted.filter { !recorded.contains($0) } == [], told)
    }
}
