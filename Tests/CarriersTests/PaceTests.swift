import NIOCore
import SMPP
import Testing

@testable import Carriers

/// Window, rate and the bounded wait, as the SMSC sees them.
@Suite(.timeLimit(.minutes(1))) struct PaceTests {
    @Test func theWindowIsUsedAndNeverExceeded() async throws {
        let rig = try await Rig.start { $0.setup.limits.window = 7 }
        let results = await rig.submitMany(500)
        #expect(results.areAccepted)
        #expect(rig.smsc.state.received.count == 500)
        #expect(rig.smsc.state.mostOpen <= 7)
        try await rig.end()
    }

    @Test func theWindowFillsWhenAnswersAreHeld() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place < 4 ? .hold : .accept })) { $0.setup.limits.window = 4 }
        async let results = rig.submitMany(10)
        await rig.smsc.wait { $0.received.count == 4 }
        try await rig.status { $0.binds[0].window.waiting == 6 }
        #expect(rig.smsc.state.received.count == 4)
        await rig.smsc.answerHeld()
        #expect(await results.areAccepted)
        #expect(rig.smsc.state.mostOpen == 4)
        try await rig.end()
    }

    @Test func whoFindsTooManyWaitingIsToldAtOnce() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .hold : .accept })) {
            $0.setup.limits.window = 1
            $0.setup.limits.waiting = 3
        }
        async let results = rig.submitMany(10)
        await rig.smsc.wait { $0.received.count == 1 }
        try await rig.status { $0.binds[0].window.waiting == 3 }
        let extra = await rig.submit("extra")
        #expect(extra == .notSent(.busy))
        await rig.smsc.answerHeld()
        let all = await results
        #expect(all.count(where: \.isAccepted) == 4)
        #expect(all.count { $0 == .notSent(.busy) } == 6)
        try await rig.end()
    }

    @Test func theRateOfTheCarrierIsReachedAndNeverExceededOverAllBinds() async throws {
        let rig = try await Rig.start {
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 3)]
            $0.setup.rate = 100
        }
        try #require(await rig.submitMany(250, within: .seconds(10)).areAccepted)
        let times = rig.smsc.state.received.map { $0.at.uptimeNanoseconds }.sorted()
        for (place, time) in times.enumerated() where place >= 100 {
            // They are timed where they are read, which a busy machine does late: a tenth of a second is allowed for that.
            #expect(time - times[place - 100] >= 900_000_000, "101 PDUs in a second")
        }
        // 250 take 2.57 s at 97 a second; this machine may be busy with other things.
        #expect(times[249] - times[0] < 4_000_000_000)
        try await rig.end()
    }

    @Test func aMessageOnAnotherLoopThanItsBindIsAnsweredOnItsOwn() async throws {
        // `Rig.submit` checks the loop; with as many binds as loops and more, both ways are taken.
        let rig = try await Rig.start { $0.setup.binds = [BindPlan(kind: .transceiver, count: 4)] }
        #expect(await rig.submitMany(400).areAccepted)
        #expect(Set(rig.smsc.state.received.map(\.connection)).count > 1)
        try await rig.end()
    }
}
