import Foundation
import TestPrograms
import Testing

/// A load on the bridge, as those who posted saw it and as the carrier counted it.
struct CarrierRun {
    var posts: [OpenPosters.Post]
    var carrier: Counters
    /// Of the account's next carrier, where it has one.
    var backup: Counters?
    /// How many `submit_sm` a message needs.
    var parts = 1

    private static let asked = ProcessInfo.processInfo.environment["SMPPOST_CARRIER_SECONDS"].flatMap(Double.init)
    /// All arguments of a test where `SMPPOST_CARRIER_SECONDS` asks for them, which takes minutes; else the first.
    static func some<Argument>(_ arguments: [Argument]) -> [Argument] { asked == nil ? [arguments[0]] : arguments }

    /// How long the load lasts, in seconds.
    static let seconds = asked ?? 12

    /// The bridge's window of each carrier.
    static let window = 10

    /// How many messages both carriers accepted whole.
    var accepted: Double { Double(carrier.accepted + (backup?.accepted ?? 0)) / Double(parts) }
    var toldAccepted: Int { posts.count(where: \.isAccepted) }
    var unknown: Int { posts.count(where: \.isUnknown) }

    /// All of it in one line.
    var told: Comment {
        let outcomes = Dictionary(grouping: posts, by: \.outcome).mapValues { group in
            "\(group.count) (p50 \(Self.text(group.time(atMost: 0.5))) p95 \(Self.text(group.time(atMost: 0.95))))"
        }
        let replies = outcomes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        return """
            told \(replies); carrier \(Self.text(carrier))\(backup.map { "; backup " + Self.text($0) } ?? "")
            """
    }

    private static func text(_ seconds: Double) -> String { String(format: "%.2f s", seconds) }

    private static func text(_ counters: Counters) -> String {
        "submits \(counters.submits), accepted \(counters.accepted), unanswered \(counters.unanswered), "
            + "refused \(counters.statuses), busiest second \(counters.maxInOneSecond), "
            + "busy \(counters.busyShare.map { String(format: "%.2f", $0) } ?? "-")"
    }

    /// Who is told 200 is whom the carrier accepted, and the carrier's overload is nobody's 502 or 504.
    func expectTruth(_ location: SourceLocation = #_sourceLocation) {
        #expect(Double(toldAccepted) <= accepted, told, sourceLocation: location)
        #expect(Double(toldAccepted) >= 0.95 * accepted, told, sourceLocation: location)
        #expect(posts.allSatisfy { $0.isAccepted || $0.isRefused }, told, sourceLocation: location)
        #expect(posts.allSatisfy { !$0.isRefused || $0.retryAfter != nil }, told, sourceLocation: location)
    }
}

/// Posts at `rate` to a bridge with the carrier `main` (further lines of its file in `lines`), which is a simulator.
func overload(
    rate: Int, length: Int = OpenPosters.shortText, parts: Int = 1, lines: [String], simulator arguments: [String]
) async throws -> CarrierRun {
    let setup = BridgeSetup(
        accounts: [AccountSetup()], carriers: [CarrierSetup(window: CarrierRun.window, lines: lines)],
        logLevel: "notice")
    let run = try await withBridgeAndSimulator(setup, simulator: ["--no-faults"] + arguments) { bridge, simulator in
        try await warmUp(bridge, simulator)
        let posters = try await OpenPosters.start(bridge, rate: rate, seconds: CarrierRun.seconds, length: length)
        let posts = try await posters.posts()
        return CarrierRun(posts: posts, carrier: try await simulator.counters(), parts: parts)
    }
    print("\(run.told)")
    return run
}

/// The first message pays for the password; it is not counted.
func warmUp(_ bridge: Bridge, _ simulators: Simulator...) async throws {
    _ = try await bridge.post(.message(to: "79169999999"))
    for simulator in simulators { try await simulator.post("/reset") }
}
