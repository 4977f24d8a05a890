import Foundation
import TestPrograms
import Testing

/// SIGTERM: what is under way is answered, binds are ended with unbind, the exit code is 0.
@Suite(.serialized) struct ShutdownTests {
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

    /// Whatever the drain waits for: the second signal ends the process at once.
    @Test(arguments: [SIGTERM, SIGINT])
    func aSecondSignalEndsItAtOnce(signal: Int32) async throws {
        try await withSimulator(["--latency", "20s"]) { simulator in
            let bridge = try await Bridge.start(BridgeSetup(carriers: [CarrierSetup(port: simulator.port)]))
            defer { bridge.discard() }
            try await bridge.awaitReady()
            let client = Task { try await bridge.post(.message(text: "under way")) }
            try await eventually("received") { try await simulator.counters().submits == 1 }
            kill(bridge.process.id, SIGTERM)
            try await bridge.process.waitForOutput(containing: "smppost is stopping")
            try await eventually("not ready") {
                try await bridge.monitor("/readyz").body.hasPrefix("not ready: the intake takes no connections")
            }
            let start = ContinuousClock.now
            kill(bridge.process.id, signal)
            let ended = try await bridge.process.waitForExit()
            #expect(ended.exitCode == 128 + signal)
            // The message under way is answered after 10 s.
            #expect(ContinuousClock.now - start < .seconds(5))
            _ = await client.result
        }
    }

    /// Under load no request is left without its answer, and nothing is accepted that its client is not told.
    @Test func underLoadEveryRequestIsAnswered() async throws {
        try await withSimulator(["--latency", "20ms"]) { simulator in
            let bridge = try await Bridge.start(
                BridgeSetup(carriers: [CarrierSetup(port: simulator.port, binds: 2)], logLevel: "notice"))
            defer { bridge.discard() }
            try await bridge.awaitReady()
            let posters = try await Posters.start(bridge, clients: 12, seconds: 3)
            try await eventually("under load") { try await simulator.counters().accepted > 100 }
            let ended = try await bridge.stop()
            #expect(ended.exitCode == 0)
            let report = try await posters.report()
            let counters = try await simulator.counters()
            #expect(counters.submits == counters.accepted)
            #expect(counters.accepted == report.accepted)
            #expect((counters.unbinds, counters.openBinds) == (2, 0))
            // After the listener is closed nobody gets in; before it, an answer is either of these.
            let others = report.outcomes.keys.filter { $0 != "200 accepted" && $0 != "503 not-sent" }
            #expect(
                others.allSatisfy {
                    ["0 ConnectionRefusedError", "0 RemoteDisconnected", "0 ConnectionResetError"].contains($0)
                },
                "\(report.outcomes)")
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
            // Who waits for connections does so for 10 s.
            #expect(ContinuousClock.now - start < .seconds(8))
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
            // Four on a machine with nothing else to do.
            #expect(ContinuousClock.now - start < .seconds(15))
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
