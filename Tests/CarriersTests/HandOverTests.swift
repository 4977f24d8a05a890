import NIOCore
import SMPP
import Testing

@testable import Carriers

/// A carrier gives way to another one, as a reload asks.
@Suite(.timeLimit(.minutes(1))) struct HandOverTests {
    @Test(arguments: [1, 2]) func whatIsNotBegunIsSentByTheNextCarrierOnce(lanes: Int) async throws {
        let change: @Sendable (inout CarrierConfiguration) -> Void = {
            $0.setup.binds = [BindPlan(kind: .transceiver, count: lanes)]
            $0.setup.lanes = lanes
            $0.setup.limits.window = 1
        }
        let old = try await Rig.start(Script(submit: { _ in .hold }), change)
        let next = try await Rig.start(Script(), change)
        async let results = old.submitMany(20)
        await old.smsc.wait { $0.received.count == lanes }
        try await old.status { $0.binds.reduce(0) { $0 + $1.window.waiting } >= 20 - lanes }

        try await old.carrier.handOver(to: next.carrier).get()
        await next.smsc.wait { $0.received.count == 20 - lanes }
        #expect(old.carrier.isReady)
        #expect(await old.submit("later").isAccepted)
        await old.smsc.answerHeld()
        #expect(await results.areAccepted)
        #expect(old.smsc.state.received.count == lanes)
        #expect(next.smsc.state.received.count == 21 - lanes)
        try await old.end()
        #expect(await old.submit("still").isAccepted)
        try await next.end()
        #expect(await old.submit("no more") == .notSent(.draining))
    }

    @Test func bothTogetherKeepTheRate() async throws {
        let change: @Sendable (inout CarrierConfiguration) -> Void = { $0.setup.rate = 50 }
        let old = try await Rig.start(Script(), change)
        let next = try await Rig.start(Script(), change)
        async let results = old.submitMany(100, within: .seconds(10))
        await old.smsc.wait { $0.received.count == 30 }
        try await old.carrier.handOver(to: next.carrier).get()
        #expect(await results.areAccepted)
        let times = (old.smsc.state.received + next.smsc.state.received).map { $0.at.uptimeNanoseconds }.sorted()
        #expect(times.count == 100)
        #expect(old.smsc.state.received.count < 40)
        for (place, time) in times.enumerated() where place >= 50 {
            // They are timed where they are read, which a busy machine does late: a tenth of a second is allowed for that.
            #expect(time - times[place - 50] >= 900_000_000, "51 PDUs in a second")
        }
        try await old.end()
        try await next.end()
    }
}
