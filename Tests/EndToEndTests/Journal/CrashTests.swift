import Foundation
import TestPrograms
import Testing

/// kill -9 of the bridge under load, again and again, with clients that repeat as PlanFix does: no message reaches the SMSC twice, and
/// every acceptance that a client was told is in the journal. `SMPPOST_CRASHES` says how often.
@Suite struct CrashTests {
    private static let crashes = JournalTrouble.times(10)

    @Test(.timeLimit(.minutes(10)), arguments: JournalKind.there)
    func nothingIsSentTwiceAndNothingForgotten(kind: JournalKind) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let port = try Ports.free()
        let smsc = try Ports.free()
        var setup = BridgeSetup(
            replyWithin: "5s",
            carriers: [CarrierSetup(port: smsc, binds: 2, lines: ["receipts: { request: false }"])], logLevel: "notice")
        let url = try await kind.url()
        setup.lines = ["journal:", "  url: \"\(url)\""]
        try await setup.write(to: folder, port: port, monitorPort: try Ports.free())
        let seed = UInt16.random(in: 0...UInt16.max)
        let output = try await run(
            "python3",
            [
                Repository.testFile("Peers/crash.py"), Repository.smppost, folder.file("config"),
                folder.file("carriers"),
                "\(port)", try await TestCertificate.shared().certificate, try await TestSecrets.shared().key,
                "\(smsc)",
                kind == .sqlite ? "sqlite:" + folder.file("var/smppost.db") : url, "\(Self.crashes)", "\(seed)",
            ], atMost: .seconds(60 + 8 * Self.crashes))
        let told = Comment(rawValue: "\(kind), seed \(seed): \(output.everything)")
        print("\(told)")
        let report = try #require(
            try? JSONDecoder().decode(CrashReport.self, from: Data(output.standardOutput.utf8)), told)
        #expect(report.seenTwice == 0, told)
        #expect(report.seenTwiceAfterNotSent == 0, told)
        #expect(report.notSentButSeen == 0, told)
        #expect(report.notInJournal == 0, told)
        #expect(report.afterTheLastKill.notInJournal == 0, told)
        #expect(report.acceptedButUnseen == 0, told)
        #expect(report.acceptedWithoutAcknowledgement == 0, told)
        #expect(report.exitCode == 0, told)
        // It was what it is meant to be: every kill met messages under way.
        #expect(report.underWayAtKills.count { $0 > 0 } > Self.crashes / 2, told)
        #expect(report.accepted > 20 * Self.crashes, told)
        #expect(report.lastStatus.keys.allSatisfy { ["200", "504", "-1"].contains($0) }, told)
    }
}

/// What `crash.py` prints.
private struct CrashReport: Decodable {
    /// The journal as the last kill left it.
    struct Crashed: Decodable {
        var accepted: Int
        var notInJournal: Int

        enum CodingKeys: String, CodingKey {
            case accepted
            case notInJournal = "not_in_journal"
        }
    }

    /// How many messages ended with each status; -1 = was never posted.
    var lastStatus: [String: Int]
    var exitCode: Int
    var accepted: Int
    var notInJournal: Int
    var afterTheLastKill: Crashed
    var seenTwice: Int
    var seenTwiceAfterNotSent: Int
    var notSentButSeen: Int
    var acceptedButUnseen: Int
    var acceptedWithoutAcknowledgement: Int
    var underWayAtKills: [Int]

    enum CodingKeys: String, CodingKey {
        case accepted
        case lastStatus = "last_status"
        case exitCode = "exit_code"
        case notInJournal = "not_in_journal"
        case afterTheLastKill = "after_the_last_kill"
        case seenTwice = "seen_twice"
        case seenTwiceAfterNotSent = "seen_twice_after_not_sent"
        case notSentButSeen = "not_sent_but_seen"
        case acceptedButUnseen = "accepted_but_unseen"
        case acceptedWithoutAcknowledgement = "accepted_without_acknowledgement"
        case underWayAtKills = "under_way_at_kills"
    }
}
