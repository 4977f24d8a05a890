import NIOCore
import SMPP
import Testing

@testable import Carriers

/// What people and reloads ask of binds.
@Suite(.timeLimit(.minutes(1))) struct LifeTests {
    @Test func aDrainedBindStaysBoundAndTakesNothing() async throws {
        let rig = try await Rig.start { $0.setup.binds = [BindPlan(kind: .transceiver, count: 2)] }
        #expect(try await rig.carrier.drain(bind: "1").get())
        #expect(await rig.submitMany(30).areAccepted)
        let status = try await rig.status()
        #expect(status.binds.map(\.state) == ["bound", "bound"])
        #expect(status.binds.map(\.drained) == [true, false])
        #expect(status.binds.map(\.totals.segments.accepted) == [0, 30])
        #expect(try await rig.carrier.drain(bind: nil).get())
        #expect(!rig.carrier.isReady)
        #expect(await rig.submit("a") == .notSent(.noBind))
        #expect(try await rig.carrier.start(bind: "1").get())
        #expect(rig.carrier.isReady)
        #expect(await rig.submit("a").isAccepted)
        #expect(rig.smsc.state.connections == 2)
        try await rig.end()
    }

    @Test func aStoppedBindIsStartedAgain() async throws {
        let rig = try await Rig.start { $0.setup.binds = [BindPlan(kind: .transceiver, count: 2)] }
        #expect(try await rig.carrier.stop(bind: "2").get())
        #expect(try await rig.carrier.stop(bind: "2").get())
        #expect(try await rig.status().binds.map(\.state) == ["bound", "stopped"])
        #expect(rig.smsc.state.unbinds == 1)
        #expect(await rig.submitMany(10).areAccepted)
        #expect(try await rig.carrier.start(bind: "2").get())
        try await rig.bound()
        #expect(rig.smsc.state.connections == 3)
        try await rig.end()
    }

    @Test func rebindConnectsAnewAndLosesNothing() async throws {
        let rig = try await Rig.start { $0.setup.binds = [BindPlan(kind: .transceiver, count: 2)] }
        for _ in 0..<3 {
            async let results = rig.submitMany(50)
            #expect(try await rig.carrier.rebind(bind: "1").get())
            #expect(await results.areAccepted)
            try await rig.bound()
        }
        #expect(rig.smsc.state.unbinds == 3)
        #expect(rig.smsc.state.connections == 5)
        try await rig.end()
    }

    @Test func aStartDuringAStopIsNotLost() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .hold : .accept }))
        async let result = rig.submit("a")
        await rig.smsc.wait { $0.received.count == 1 }
        let stopped = rig.carrier.stop(bind: "1")
        try await rig.status { $0.binds[0].state == "draining" }
        #expect(try await rig.carrier.start(bind: "1").get())
        await rig.smsc.answerHeld()
        #expect(await result.isAccepted)
        #expect(try await stopped.get())
        try await rig.bound()
        #expect(await rig.submit("b").isAccepted)
        try await rig.end()
    }

    @Test func everyOutcomeIsTrueWhileBindsComeAndGo() async throws {
        let rig = try await Rig.start(Script(submit: { [60, 110, 160].contains($0.place) ? .close : .accept })) {
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 3)]
            $0.setup.limits.window = 2
        }
        async let results = rig.submitMany(1_000)
        for round in 0..<6 {
            _ = try await rig.carrier.rebind(bind: "\(round % 3 + 1)").get()
            _ = try await rig.carrier.drain(bind: "\((round + 1) % 3 + 1)").get()
            _ = try await rig.carrier.start(bind: nil).get()
        }
        let all = await results
        #expect(all.count == 1_000)
        let received = Dictionary(grouping: rig.smsc.state.received, by: \.text).mapValues(\.count)
        for (place, result) in all.enumerated() {
            let times = received["\(place)", default: 0]
            if case .notSent = result {
                #expect(times == 0, "\(place) was told as not sent")
            } else if result.isAccepted {
                #expect(times == 1, "\(place) was sent \(times) times")
            } else if case .sent(let outcomes) = result, case .unknown = outcomes[0] {
                #expect(times <= 1, "\(place) was sent \(times) times")
            } else {
                Issue.record("\(place) ended as \(result)")
            }
        }
        // How many get through depends on the moments at which all three are away.
        #expect(all.contains { $0.isAccepted })
        try await rig.bound()
        #expect(try await rig.status().binds.allSatisfy { $0.window.inUse == 0 && $0.window.waiting == 0 })
        // The SMSC's last close may still be to come.
        while rig.smsc.state.received.count <= 160 { _ = await rig.submitMany(20) }
        try await rig.bound()
        let last = await rig.submitMany(20)
        #expect(last.areAccepted, "\(last)")
        try await rig.carrier.stop().get()
        try await rig.smsc.stop()
    }

    @Test func anUnknownNameIsToldAsSuch() async throws {
        let rig = try await Rig.start()
        #expect(try await !rig.carrier.drain(bind: "2").get())
        #expect(try await !rig.carrier.start(bind: "").get())
        #expect(try await !rig.carrier.stop(bind: "x").get())
        #expect(try await !rig.carrier.rebind(bind: "0").get())
        #expect(await rig.submit("a").isAccepted)
        try await rig.end()
    }

    @Test func aWholeCarrierIsStartedAgain() async throws {
        let rig = try await Rig.start()
        try await rig.carrier.stop().get()
        #expect(await rig.submit("a") == .notSent(.draining))
        #expect(try await rig.carrier.rebind(bind: nil).get())
        #expect(try await rig.carrier.start(bind: "1").get())
        #expect(try await rig.status().binds[0].state == "stopped", "only the carrier starts what it stopped")
        rig.carrier.start()
        #expect(try await rig.carrier.whenReady(within: .seconds(20)).get())
        #expect(await rig.submit("a").isAccepted)
        try await rig.end()
    }

    @Test func whenReadyTellsBoth() async throws {
        let rig = try await Rig.start(ready: false)
        #expect(try await rig.carrier.whenReady(within: .seconds(20)).get())
        #expect(rig.carrier.isReady)
        #expect(try await rig.carrier.whenReady(within: .zero).get())
        try await rig.end()
        let refused = try await Rig.start(Script(bind: { _ in .refuse(.invalidPassword) }), ready: false)
        #expect(try await !refused.carrier.whenReady(within: .milliseconds(50)).get())
        try await refused.end()
        let receiver = try await Rig.start(Script(bind: { _ in .silent }), ready: false) {
            $0.setup.binds = [BindPlan(kind: .receiver, count: 1)]
        }
        #expect(try await receiver.carrier.whenReady(within: .seconds(20)).get(), "nothing to wait for")
        try await receiver.end()
    }
}
