import TestPrograms
import Testing

/// A carrier that is bound and takes nothing: the account's next one gets the messages.
@Suite struct NextCarrierTests {
    private static let rate = 30

    /// Posts to an account whose first carrier is `primary`, and whose second one is healthy.
    ///
    /// - Parameters:
    ///   - during: runs beside the posts.
    ///   - afterwards: runs when all are answered.
    private static func run(
        primary arguments: [String] = [], during: @Sendable (Simulator) async throws -> Void = { _ in },
        afterwards: (Bridge, Simulator) async throws -> Void = { _, _ in }
    ) async throws -> CarrierRun {
        let latency = ["--no-faults", "--latency", "50ms"]
        let run = try await withSimulator(latency) { backup in
            try await withSimulator(latency + arguments) { primary in
                let setup = BridgeSetup(
                    accounts: [AccountSetup(carriers: ["main", "backup"])],
                    carriers: [
                        CarrierSetup(port: primary.port, window: CarrierRun.window),
                        CarrierSetup(name: "backup", port: backup.port, window: CarrierRun.window),
                    ], logLevel: "notice")
                return try await withBridge(setup) { bridge in
                    try await eventually("both bound") {
                        try await bridge.carriers().allSatisfy { $0.binds.allSatisfy { $0.state == "bound" } }
                    }
                    try await warmUp(bridge, primary, backup)
                    let posters = try await OpenPosters.start(bridge, rate: rate, seconds: CarrierRun.seconds)
                    try await during(primary)
                    let run = CarrierRun(
                        posts: try await posters.posts(), carrier: try await primary.counters(),
                        backup: try await backup.counters())
                    try await afterwards(bridge, primary)
                    return run
                }
            }
        }
        print("\(run.told)")
        return run
    }

    private static func expectMostAccepted(_ run: CarrierRun) {
        let accepted = run.posts.filter(\.isAccepted)
        #expect(Double(accepted.count) >= 0.9 * Double(run.posts.count), run.told)
        #expect(accepted.time(atMost: 0.95) <= 0.5, run.told)
        #expect(Double(accepted.count) <= run.accepted, run.told)
    }

    /// From the third second on it answers enquire_link and no submit; afterwards it is well again and gets messages.
    @Test(.timeLimit(.minutes(10))) func aHungCarrierCostsAWindow() async throws {
        let run = try await Self.run { primary in
            try await Task.sleep(for: .seconds(3))
            try await primary.post("/fault", "action=silent")
        } afterwards: { bridge, primary in
            try await primary.post("/fault")
            let before = try await primary.counters().accepted
            try await eventually("the primary has messages again") {
                _ = try await bridge.post(.message())
                return try await primary.counters().accepted > before
            }
        }
        Self.expectMostAccepted(run)
        #expect(run.unknown <= CarrierRun.window, run.told)
        #expect(run.unknown <= run.carrier.unanswered, run.told)
    }

    @Test(.timeLimit(.minutes(10)), arguments: CarrierRun.some(["0x58", "0x14", "0x08"]))
    func aCarrierThatRefusesAllIsLeft(status: String) async throws {
        let run = try await Self.run(primary: ["--fault", "*=status:\(status)"])
        Self.expectMostAccepted(run)
        #expect(run.unknown == 0, run.told)
    }

    /// What one carrier's file does not allow another's may; what none allows is told before anybody's readiness is asked.
    @Test func aTextIsRefusedWhereNoCarrierCouldTakeIt() async throws {
        let simulator = try await Simulator.start()
        defer { simulator.process.kill() }
        let parts = { (most: Int) in ["text: { max_parts: \(most) }"] }
        let setup = BridgeSetup(
            accounts: [AccountSetup(carriers: ["main", "backup"])],
            carriers: [
                CarrierSetup(port: simulator.port, lines: parts(1)),
                CarrierSetup(name: "backup", port: simulator.port, lines: parts(3)),
            ])
        try await withBridge(setup) { bridge in
            try await bridge.awaitAllBound()
            let longer = String(repeating: "x", count: 4 * 153)
            #expect(try await bridge.post(.message(text: String(longer.prefix(3 * 153)))).status == 200)
            #expect(try await simulator.counters().accepted == 3)
            #expect(try await bridge.post(.message(text: longer)).status == 422)
            simulator.process.kill()
            try await eventually("no bind is up") {
                try await bridge.carriers().allSatisfy { $0.binds.allSatisfy { $0.state != "bound" } }
            }
            #expect(try await bridge.post(.message(text: longer)).status == 422)
            #expect(try await bridge.post(.message()).status == 503)
        }
    }
}
