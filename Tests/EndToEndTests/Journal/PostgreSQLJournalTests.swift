import Foundation
import TestPrograms
import Testing

/// The journal in PostgreSQL while that is stopped, killed and started under load.
@Suite(.enabled(if: PostgreSQLServer.isThere), .timeLimit(.minutes(3))) struct PostgreSQLJournalTests {
    /// Nothing is sent twice, nothing is accepted that the database does not have, and the bridge goes on by itself.
    @Test func stoppedUnderLoadLosesNothing() async throws {
        let server = try await PostgreSQLServer()
        let database = try await server.newDatabase()
        let smsc = try await LedgerSMSC.start()
        defer { smsc.discard() }
        var setup = BridgeSetup(replyWithin: "5s", journal: server.url(of: database))
        setup.logLevel = "notice"
        setup.carriers[0].port = smsc.port
        setup.carriers[0].lines = ["receipts: { request: false }"]
        try await withBridge(setup) { bridge in
            let clients = try await PlanFixClients.start(bridge, count: 8, smsc)
            defer { clients.process.kill() }
            try await smsc.goOn()
            for round in 0..<4 {
                try await (round.isMultiple(of: 2) ? server.stop() : server.crash())
                try await eventually("noticed") { try await bridge.monitor("/readyz").status == 503 }
                let key = try await TestSecrets.shared().key
                let refused = try await bridge.post(
                    .keyed(key, text: "\(round)"), headers: ["Accept: application/json"])
                #expect(refused.status == 503)
                #expect(refused.outcome == "not-sent")
                #expect(try refused.json().error == "no_journal")
                try await server.start()
                try await bridge.awaitReady()
                try await smsc.goOn()
            }
            let report = try await clients.report()
            let told = Comment(rawValue: "\(report)")
            #expect(report.seenTwice == 0, told)
            #expect(report.seenTwiceAfterNotSent == 0, told)
            #expect(report.acceptedButUnseen == 0, told)
            #expect(report.acceptedWithoutAcknowledgement == 0, told)
            #expect(report.accepted.count > 100, told)
            let rows = try await server.psql(
                "SELECT o.id FROM smppost.outcome o WHERE outcome = 'accepted' AND EXISTS "
                    + "(SELECT FROM smppost.message m WHERE m.id = coalesce(o.replay_of, o.id))", in: database)
            let recorded = Set(rows.split(separator: "\n").compactMap { Int($0) })
            #expect(report.accepted.filter { !recorded.contains($0) } == [], told)
        }
        try await server.remove()
    }
}

/// An SMSC that is not ours and writes down what it sees (`Peers/ledger_smsc.py`).
private struct LedgerSMSC {
    let folder: TemporaryFolder
    let process: ProcessHandle
    let port: Int

    var ledger: String { folder.file("ledger") }

    static func start() async throws -> LedgerSMSC {
        let folder = try TemporaryFolder()
        let port = try Ports.free()
        let process = try ProcessHandle(
            "python3", [Repository.testFile("Peers/ledger_smsc.py"), "\(port)", folder.file("ledger"), "5"])
        try await process.waitForOutput(containing: "listening")
        return LedgerSMSC(folder: folder, process: process, port: port)
    }

    /// Waits until it has seen more messages.
    func goOn() async throws {
        let before = try size()
        try await eventually("more messages") { try size() > before + 10_000 }
    }

    private func size() throws -> Int {
        try FileManager.default.attributesOfItem(atPath: ledger)[.size] as? Int ?? 0
    }

    func discard() {
        process.kill()
        folder.remove()
    }
}

/// Clients that repeat as PlanFix does (`Peers/planfix.py`).
private struct PlanFixClients {
    struct Report: Decodable {
        var calls: [String: Int]
        /// The journal's keys of the messages that they were told are accepted.
        var accepted: [Int]
        var seenTwice: Int
        var seenTwiceAfterNotSent: Int
        var acceptedButUnseen: Int
        var acceptedWithoutAcknowledgement: Int

        enum CodingKeys: String, CodingKey {
            case calls, accepted
            case seenTwice = "seen_twice"
            case seenTwiceAfterNotSent = "seen_twice_after_not_sent"
            case acceptedButUnseen = "accepted_but_unseen"
            case acceptedWithoutAcknowledgement = "accepted_without_acknowledgement"
        }
    }

    let process: ProcessHandle

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
