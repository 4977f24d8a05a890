import TestPrograms
import Testing

/// What the client is told when a carrier does not do its part.
@Suite struct OutageTests {
    @Test func silentCarrierIsUnknownWithinTheDeadline() async throws {
        try await withBridgeAndSimulator(BridgeSetup(replyWithin: "2s")) { bridge, simulator in
            let reply = try await bridge.post(.message(to: "79161670001"))
            #expect(reply.status == 504)
            #expect(reply.outcome == "unknown")
            #expect(reply.headers["retry-after"] == nil)
            #expect(reply.time > .milliseconds(1_500))
            // The carrier's own time, and with it a reply that waits for it, is longer.
            #expect(reply.time < .seconds(4))
            expectPresentable(reply)
            let json = try await bridge.post(
                .message(to: "79161670001"), headers: ["Accept: application/json"]
            ).json()
            #expect(json.error == "carrier_timeout")
            #expect(json.retry == false)
            // The bind lives and serves others, and an unknown is not sent twice.
            let other = try await bridge.post(.message())
            #expect(other.status == 200)
            #expect(try await simulator.counters().submits == 3)
        }
    }

    @Test func lateAnswerFreesNothingTwice() async throws {
        let setup = BridgeSetup(replyWithin: "1s", carriers: [CarrierSetup(window: 1)])
        try await withBridgeAndSimulator(setup) { bridge, simulator in
            let late = try await bridge.post(.message(to: "79161670007"))
            #expect(late.status == 504)
            try await eventually("answered again") { try await bridge.post(.message()).status == 200 }
            #expect(try await simulator.counters().binds >= 1)
        }
    }

    /// The connection ends with a submit unanswered: unknown, and the next message goes over a new bind.
    @Test(arguments: ["79161670002", "79161670003"])
    func lostConnectionIsUnknown(destination: String) async throws {
        try await withBridgeAndSimulator { bridge, simulator in
            let lost = try await bridge.post(.message(to: destination), headers: ["Accept: application/json"])
            #expect(lost.status == 504)
            #expect(lost.outcome == "unknown")
            #expect(try lost.json().error == "connection_lost")
            try await eventually("bound again") {
                let binds = try await simulator.counters().binds
                let status = try await bridge.monitor("/readyz").status
                return binds >= 2 && status == 200
            }
            let next = try await bridge.post(.message())
            #expect(next.status == 200)
            #expect(try await simulator.counters().submits == 2)
        }
    }

    @Test func goneCarrierIsNotSentAtOnceAndComesBack() async throws {
        let simulator = try await Simulator.start()
        defer { simulator.process.kill() }
        let setup = BridgeSetup(carriers: [CarrierSetup(port: simulator.port)])
        try await withBridge(setup) { bridge in
            let before = try await bridge.post(.message())
            #expect(before.status == 200)
            try await simulator.process.stop()
            try await eventually("seen as gone") { try await bridge.monitor("/readyz").status == 503 }

            let gone = try await bridge.post(.message(), headers: ["Accept: application/json"])
            #expect(gone.status == 503)
            #expect(gone.outcome == "not-sent")
            #expect((Int(gone.headers["retry-after"] ?? "") ?? 0) >= 1)
            // At once: not when its time is over.
            #expect(gone.time < .seconds(5))
            let json = try gone.json()
            #expect(json.error == "no_bind")
            #expect(json.retry == true)
            #expect(try await bridge.monitor("/healthz").status == 200)

            let back = try await Simulator.start(port: simulator.port)
            defer { back.process.kill() }
            try await bridge.awaitReady()
            let after = try await bridge.post(.message(text: "after"))
            #expect(after.status == 200)
            #expect(try await back.messages().map(\.text) == ["after"])
            try await back.process.stop()
        }
    }

    /// No carrier at all when the bridge starts: it serves, says so, and binds when there is one.
    @Test func bridgeStartsBeforeItsCarrier() async throws {
        let port = try Ports.free()
        try await withBridge(BridgeSetup(carriers: [CarrierSetup(port: port)]), awaitingReady: false) { bridge in
            #expect(try await bridge.monitor("/readyz").status == 503)
            #expect(try await bridge.post(.message()).status == 503)
            let simulator = try await Simulator.start(port: port)
            defer { simulator.process.kill() }
            try await bridge.awaitReady()
            #expect(try await bridge.post(.message()).status == 200)
            try await simulator.process.stop()
        }
    }

    @Test func wrongBindPasswordIsTold() async throws {
        try await withSimulator { simulator in
            let setup = BridgeSetup(carriers: [CarrierSetup(port: simulator.port, password: "wrong")])
            try await withBridge(setup, awaitingReady: false) { bridge in
                try await eventually("told") {
                    try await bridge.carriers().first?.binds.first?.lastErrorCode == "credentials"
                }
                let carrier = try #require(try await bridge.carriers().first)
                #expect(!carrier.ready)
                #expect(carrier.binds.first?.lastError?.isEmpty == false)
                #expect(try await bridge.monitor("/readyz").status == 503)
                let reply = try await bridge.post(.message())
                #expect(reply.status == 503)
                // Wrong credentials are not tried again and again: carriers lock accounts for that.
                #expect(try await simulator.counters().refusedBinds == 1)
            }
        }
    }

    @Test func secondCarrierTakesOverWhileNothingWasWritten() async throws {
        let first = try await Simulator.start()
        defer { first.process.kill() }
        try await withSimulator { second in
            var setup = BridgeSetup(carriers: [
                CarrierSetup(name: "first", port: first.port), CarrierSetup(name: "second", port: second.port),
            ])
            setup.accounts = [AccountSetup(carriers: ["first", "second"])]
            try await withBridge(setup) { bridge in
                #expect(try await bridge.post(.message(text: "one")).status == 200)
                #expect(try await first.messages().map(\.text) == ["one"])
                // A refusal is an answer, not a reason to ask another carrier.
                #expect(try await bridge.post(.message(to: "79161670004")).status == 422)
                #expect(try await second.counters().submits == 0)
                try await first.process.stop()
                try await eventually("failed over") { try await bridge.post(.message(text: "two")).status == 200 }
                #expect(try await second.messages().map(\.text) == ["two"])
            }
        }
    }
}
