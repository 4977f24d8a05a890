import Foundation
import TestPrograms
import Testing

/// Truth while everything breaks: 24 clients post without pause; links are reset, SMSCs killed and restarted, one of two hosts goes
/// dark. What two SMSCs that are not ours wrote down is held against every reply.
@Suite struct FaultTests {
    private static let seconds = 60.0

    @Test(.enabled(if: Peers.haveNamespaces, "no network namespace or no nft: see Tests/run"), .timeLimit(.minutes(5)))
    func repliesStayTrue() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let port = try Ports.free()
        let carriers = [try Ports.free(), try Ports.free()]
        // `reconnect` stays as it is delivered: the return of an SMSC must be noticed all the same.
        let setup = BridgeSetup(
            replyWithin: "5s",
            carriers: [
                CarrierSetup(
                    port: carriers[0], otherPorts: [carriers[1]], binds: 4,
                    lines: [
                        "enquire_link: { every: 2s, unanswered: 2 }",
                        "timeouts: { connect: 2s, bind: 2s, response: 2s, unbind: 2s }",
                        // What a receipt may still name is kept, within its bound: here memory must stay flat.
                        "receipts: { request: false }",
                    ])
            ], logLevel: "notice")
        try await setup.write(to: folder, port: port, monitorPort: try Ports.free())
        let script = [
            Repository.testFile("Peers/faults.py"), Repository.smppost, folder.file("config"), folder.file("carriers"),
            "\(port)", try await TestCertificate.shared().certificate, TestAccount.login, TestAccount.password,
            "\(carriers[0])", "\(carriers[1])", "\(Self.seconds)", "\(UInt16.random(in: 0...UInt16.max))",
        ]
        let output = try await run(
            "unshare", Peers.newNetwork + ["sh", "-c", "ip link set lo up && exec python3 \"$@\"", "faults"] + script,
            atMost: .seconds(Self.seconds + 60))
        let report = try JSONDecoder().decode(FaultReport.self, from: Data(output.standardOutput.utf8))
        let told = Comment(rawValue: output.standardOutput)
        #expect(report.acceptedWithoutAcknowledgement == 0, told)
        #expect(report.notSentButSeen == 0, told)
        #expect(report.seenTwice == 0, told)
        #expect(report.unanswered == 0, told)
        #expect(report.exitCode == 0, told)
        #expect(report.outcomes["200 accepted", default: 0] > 1000, told)
        #expect(report.backIn.allSatisfy { ($0 ?? .infinity) < 2 }, told)
        #expect(report.backIn.count == 5, told)
        #expect(report.after.rssKiB < report.before.rssKiB + 8192, told)
        #expect(report.after.fds <= report.before.fds + 4, told)
    }
}

/// What `faults.py` prints.
private struct FaultReport: Decodable {
    struct Resources: Decodable {
        var rssKiB: Int
        var fds: Int

        enum CodingKeys: String, CodingKey {
            case rssKiB = "rss_kib"
            case fds
        }
    }

    var outcomes: [String: Int]
    var backIn: [Double?]
    var before: Resources
    var after: Resources
    var exitCode: Int
    var acceptedWithoutAcknowledgement: Int
    var notSentButSeen: Int
    var seenTwice: Int
    var unanswered: Int

    enum CodingKeys: String, CodingKey {
        case outcomes, before, after, unanswered
        case backIn = "back_in"
        case exitCode = "exit_code"
        case acceptedWithoutAcknowledgement = "accepted_without_acknowledgement"
        case notSentButSeen = "not_sent_but_seen"
        case seenTwice = "seen_twice"
    }
}
