import Foundation
import TestPrograms
import Testing

/// The carrier's limits as the SMSC counts them, and each account's share of them.
@Suite struct PacingTests {
    /// Overload of one rate over three binds. `SMPPOST_PACING_SECONDS` makes it longer.
    @Test(.timeLimit(.minutes(10))) func rateAndWindowHoldUnderOverload() async throws {
        let seconds = Repository.pacingSeconds
        let rate = 200
        let port = try Ports.free()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let smsc = try ProcessHandle(
            "python3", [Repository.testFile("Peers/ledger_smsc.py"), "\(port)", folder.file("ledger"), "20"])
        defer { smsc.kill() }
        try await smsc.waitForOutput(containing: "listening")
        let setup = BridgeSetup(
            accounts: [AccountSetup()],
            carriers: [CarrierSetup(port: port, window: 5, binds: 3, lines: ["rate: \(rate)/s"])], logLevel: "notice")
        let report = try await withBridge(setup) { bridge in
            try await eventually("all bound") {
                try await bridge.carriers()[0].binds.allSatisfy { $0.state == "bound" }
            }
            let posters = try await Posters.start(bridge, clients: 40, seconds: seconds)
            return try await posters.report(atMost: .seconds(seconds + 30))
        }
        let ledger = try Ledger(file: folder.file("ledger"))
        #expect(ledger.submits.count == report.accepted, "\(report.outcomes)")
        #expect(ledger.mostInOneSecond <= rate)
        #expect(ledger.mostUnanswered <= 5)
        #expect(ledger.perSecond >= 0.97 * Double(rate), "\(report.accepted) accepted")
    }

    /// One account floods, the other sends a message now and then.
    @Test(.timeLimit(.minutes(2))) func aFloodDoesNotStarveOthers() async throws {
        let accounts = [AccountSetup(), AccountSetup(name: "quiet", login: "quiet")]
        let setup = BridgeSetup(accounts: accounts, logLevel: "notice")
        let arguments = ["--latency", "50ms", "--jitter", "20ms"]
        try await withBridgeAndSimulator(setup, simulator: arguments) { bridge, _ in
            let alone = try await Posters.start(bridge, login: "quiet", clients: 1, pause: 20, seconds: 10).report()
            let flood = try await Posters.start(bridge, clients: 64, seconds: 14)
            try await eventually("flooded") { try await bridge.carriers()[0].binds[0].waiting > 20 }
            let beside = try await Posters.start(bridge, login: "quiet", clients: 1, pause: 20, seconds: 10).report()
            let flooded = try await flood.report()
            let (before, after) = (try #require(alone.p50), try #require(beside.p50))
            // In one queue it would be six times as long. The tail is the machine's too: it is told, not judged.
            let tails = "p99 \(alone.p99 ?? 0) ms alone, \(beside.p99 ?? 0) ms beside a flood of \(flooded.accepted)"
            #expect(after <= 2 * before, "p50 \(before) ms alone, \(after) ms beside; \(tails)")
            print("fairness: p50 \(before) ms alone, \(after) ms beside; \(tails)")
            #expect(beside.outcomes.keys.sorted() == ["200 accepted"])
        }
    }
}

/// What `ledger_smsc.py` wrote down.
private struct Ledger {
    /// When each submit_sm was read, in seconds.
    private(set) var submits: [Double] = []
    /// The most of them without a response on one link.
    private(set) var mostUnanswered = 0

    init(file: String) throws {
        var open: [Substring: Int] = [:]
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 4, let time = Double(fields[3]) else { throw HarnessError("ledger: \(line)") }
            if fields[0] == "S" { submits.append(time) }
            open[fields[2], default: 0] += fields[0] == "S" ? 1 : -1
            mostUnanswered = max(mostUnanswered, open[fields[2], default: 0])
        }
    }

    /// From the first to the last: what came before, such as scrypt, is not the pace's.
    var perSecond: Double {
        guard let first = submits.first, let last = submits.last, last > first else { return 0 }
        return Double(submits.count - 1) / (last - first)
    }

    /// The most in any second, wherever it begins.
    var mostInOneSecond: Int {
        var first = 0
        var most = 0
        for (place, time) in submits.enumerated() {
            while submits[first] <= time - 1 { first += 1 }
            most = max(most, place - first + 1)
        }
        return most
    }
}
