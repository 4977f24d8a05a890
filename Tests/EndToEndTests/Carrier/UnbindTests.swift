import TestPrograms
import Testing

/// The carrier says `unbind` while messages have no answer yet.
@Suite struct UnbindTests {
    /// The answers follow, 0.3 s later or in the same segment: they are what their senders are told.
    @Test(.timeLimit(.minutes(5)), arguments: ["unbind-first:300ms", "unbind-first:0s"])
    func answersBehindItCount(action: String) async throws {
        let setup = BridgeSetup(accounts: [AccountSetup()], logLevel: "notice")
        let arguments = ["--no-faults", "--latency", "200ms", "--fault", "9160000030=\(action)"]
        try await withBridgeAndSimulator(setup, simulator: arguments) { bridge, simulator in
            try await warmUp(bridge, simulator)
            let posters = try await OpenPosters.start(bridge, rate: 20, seconds: 4)
            let run = CarrierRun(posts: try await posters.posts(), carrier: try await simulator.counters())
            print("\(run.told)")
            #expect(run.carrier.binds == 1, "bound anew: \(run.carrier)")
            #expect(run.unknown == 0, run.told)
            #expect(run.toldAccepted == run.carrier.accepted, run.told)
        }
    }
}
