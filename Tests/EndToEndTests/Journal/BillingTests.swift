import Foundation
import TestPrograms
import Testing

/// What billing and a careful operator read of a journal.
@Suite(.timeLimit(.minutes(2))) struct BillingTests {
    private func smppost(_ bridge: Bridge, _ command: String, _ arguments: [String]) async throws -> ProcessOutput {
        try await run(
            Repository.smppost,
            [command, "--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers")]
                + arguments)
    }

    @Test func linesAndSums() async throws {
        try await withBridgeAndSimulator(BridgeSetup(journal: "sqlite:../var/smppost.db")) { bridge, _ in
            for number in 0..<150 {
                let reply = try await bridge.post(
                    .keyed(try await TestSecrets.shared().key, to: "79161234567", text: "text \(number)"))
                #expect(reply.status == 200)
            }
            try await eventually("all are seen") {
                // More than the list's own bound.
                let lines = try await smppost(bridge, "messages", ["--csv", "--zone", "Europe/Moscow"]).standardOutput
                return lines.split(separator: "\n").count == 151
                    && lines.split(separator: "\n").last?.contains("+03:00,") == true
            }
            let table = try await smppost(bridge, "messages", ["--zone", "Asia/Almaty"]).standardOutput
            #expect(table.split(separator: "\n").count == 101)
            #expect(table.contains("TIME (Asia/Almaty)"))
            let report = try await smppost(bridge, "report", ["--since", "1h", "--by", "carrier", "--csv"])
            let lines = report.standardOutput.split(separator: "\n")
            #expect(lines.last?.hasPrefix("total,150,150,0,0,0,0,0,150,150,") == true, "\(report.everything)")
            #expect(lines.count == 3)
            #expect(try await smppost(bridge, "report", []).exitCode == 64)
            #expect(try await smppost(bridge, "messages", ["--since", "soon"]).exitCode == 64)
            #expect(try await smppost(bridge, "messages", ["--zone", "Moscow"]).exitCode == 64)
            let file = bridge.folder.file("var/smppost.db")
            let check = try await run(Repository.smppost, ["journal", "check", file])
            #expect(check.exitCode == 0, "\(check.everything)")
            #expect(check.standardOutput.contains("message: 150 rows"))
            #expect(check.standardOutput.contains("all of it can be read"))
            let none = try await run(Repository.smppost, ["journal", "check", file + "x"])
            #expect(none.exitCode == 1)
        }
    }
}
