import Foundation
import Testing

/// SIGTERM: what is under way is answered, binds are ended with unbind, the exit code is 0.
@Suite struct ShutdownTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func messagesUnderWayAreAnswered(signal: Int32) async throws {
        try await withSimulator(["--latency", "1s"]) { simulator in
            let bridge = try await Bridge.start(BridgeSetup(carriers: [CarrierSetup(port: simulator.port)]))
            defer { bridge.discard() }
            try await bridge.awaitReady()
            async let reply = bridge.post(.message(text: "under way"))
            try await eventually("received") { try await simulator.counters().submits == 1 }
            kill(bridge.process.id, signal)
            let answered = try await reply
            #expect(answered.status == 200)
            let ended = try await bridge.process.waitForExit()
            #expect(ended.exitCode == 0)
            #expect(try await simulator.counters().unbinds == 1)
            #expect(try await simulator.counters().openBinds == 0)
        }
    }

    /// An idle keep-alive connection does not hold the stop up.
    @Test func idleConnectionsDoNotDelayIt() async throws {
        try await withSimulator { simulator in
            let bridge = try await Bridge.start(BridgeSetup(carriers: [CarrierSetup(port: simulator.port)]))
            defer { bridge.discard() }
            try await bridge.awaitReady()
            let idle = try ProcessHandle(
                "openssl", ["s_client", "-ign_eof", "-connect", "127.0.0.1:\(bridge.port)"], input: "")
            try await idle.waitForOutput(containing: "Verif")
            let start = ContinuousClock.now
            let ended = try await bridge.stop()
            #expect(ended.exitCode == 0)
            #expect(ContinuousClock.now - start < .seconds(5))
            _ = try await idle.waitForExit()
        }
    }

    /// A carrier that does not answer holds it up for its response timeout and no longer.
    @Test func silentCarrierDelaysItWithinBounds() async throws {
        try await withSimulator { simulator in
            var setup = BridgeSetup(carriers: [
                CarrierSetup(port: simulator.port, lines: ["timeouts: { response: 2s, unbind: 1s }"])
            ])
            setup.replyWithin = "3s"
            let bridge = try await Bridge.start(setup)
            defer { bridge.discard() }
            try await bridge.awaitReady()
            async let reply = bridge.post(.message(to: "79161670001"))
            try await eventually("received") { try await simulator.counters().submits == 1 }
            let start = ContinuousClock.now
            let ended = try await bridge.stop()
            let answered = try await reply
            #expect(answered.status == 504)
            #expect(ended.exitCode == 0)
            #expect(ContinuousClock.now - start < .seconds(8))
        }
    }

    @Test func simulatorAndBridgeReportAPortInUse() async throws {
        try await withBridgeAndSimulator { bridge, simulator in
            let second = try await run(Repository.smppost, ["simulate", "--listen", "127.0.0.1:\(simulator.port)"])
            #expect(second.exitCode == 1)
            #expect(second.everything.contains("\(simulator.port)"))
            let other = try await run(
                Repository.smppost,
                ["serve", "--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers")])
            #expect(other.exitCode == 1)
            #expect(!other.everything.isEmpty)
        }
    }
}
