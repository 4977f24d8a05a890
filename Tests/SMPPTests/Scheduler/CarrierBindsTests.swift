import Testing

@testable import SMPP

/// Binds that come, go, drain.
@Suite struct CarrierBindsTests {
    @Test func withoutABindNothingIsTaken() {
        let bench = CarrierBench(isUp: false)
        #expect(bench.readiness == .down)
        #expect(bench.submit().refusal == CarrierRefusal(.noBind))
        bench.scheduler.bindUp(0, now: bench.now)
        #expect(bench.readiness == .ready)
        #expect(bench.submit().key != nil)
    }

    @Test func aLostConnectionLeavesTheTruth() {
        let bench = CarrierBench(windows: [2])
        let partly = bench.submit(3).key!
        let waits = bench.submit().key!
        let writes = bench.write()
        bench.answer(writes[0], id: "a")
        bench.write()
        bench.scheduler.bindDown(0, now: bench.now)
        let unknown = SegmentOutcome.unknown(.connectionLost)
        #expect(
            bench.steps() == [
                .complete(partly, [.accepted(messageID: "a"), unknown, unknown]),
                .notSent(waits, CarrierRefusal(.noBind)),
            ])
        #expect(bench.scheduler.messages == 0 && bench.scheduler.open == 0)
        #expect(bench.scheduler.counters.lost == 2)
        bench.scheduler.bindUp(0, now: bench.now)
        bench.submit()
        #expect(bench.write().map(\.sequence) == [1], "a new connection counts anew")
    }

    @Test func whatNeverLeftGoesOverAnotherBind() {
        let bench = CarrierBench(windows: [2, 2])
        let keys = (0..<2).map { _ in bench.submit().key! }
        let writes = bench.write()
        let lost = writes[0]
        bench.scheduler.bindDown(lost.bind, neverLeft: [lost.sequence], now: bench.now)
        #expect(bench.steps() == [])
        let again = bench.write()
        #expect(again.map(\.message) == [keys[0]])
        #expect(again[0].bind == writes[1].bind)
        #expect(bench.scheduler.counters.written == 2)
    }

    @Test func whatNeverLeftIsNotSentWhereNoBindIsLeft() {
        let bench = CarrierBench(windows: [3])
        let key = bench.submit(2).key!
        let partly = bench.submit(2).key!
        let writes = bench.write()
        bench.scheduler.bindDown(0, neverLeft: [writes[0].sequence, writes[1].sequence], now: bench.now)
        let steps = bench.steps()
        #expect(steps.contains(.notSent(key, CarrierRefusal(.noBind))))
        #expect(steps.contains(.complete(partly, [.unknown(.connectionLost), .notSent])))
        #expect(steps.count == 2)
    }

    @Test func aBindThatDrainsFinishesWhatHasBegun() {
        let bench = CarrierBench(windows: [1])
        let begun = bench.submit(2).key!
        let waits = bench.submit().key!
        let first = bench.write()
        bench.scheduler.bindDraining(0, now: bench.now)
        #expect(bench.steps() == [.notSent(waits, CarrierRefusal(.draining))])
        #expect(bench.submit().refusal != nil)
        bench.answer(first[0])
        #expect(bench.steps() == [])
        bench.answer(bench.write()[0])
        #expect(
            bench.steps() == [
                .complete(begun, [.accepted(messageID: "a"), .accepted(messageID: "a")]), .drained(bind: 0),
            ])
    }

    @Test func anEmptyBindHasDrainedAtOnce() {
        let bench = CarrierBench(windows: [1, 1])
        let waits = bench.submit().key!
        bench.scheduler.bindDraining(0, now: bench.now)
        #expect(bench.steps() == [.drained(bind: 0)])
        #expect(bench.write().map(\.message) == [waits])
        bench.scheduler.bindResumed(0)
        #expect(bench.submit().key != nil)
        #expect(bench.write().map(\.bind) == [0])
    }

    @Test func aStopGivesBackWhatHasNotBegun() {
        let bench = CarrierBench(windows: [1, 1])
        let begun = (0..<2).map { _ in bench.submit().key! }
        let writes = bench.write()
        let waits = bench.submit().key!
        bench.scheduler.stop(now: bench.now)
        #expect(bench.readiness == .draining)
        #expect(bench.steps() == [.notSent(waits, CarrierRefusal(.draining))])
        for write in writes { bench.answer(write) }
        let steps = bench.steps()
        #expect(steps.contains(.drained(bind: 0)) && steps.contains(.drained(bind: 1)))
        #expect(Set(steps.compactMap(\.message)) == Set(begun))
    }

    @Test func abandonTellsWhatIsKnown() {
        let bench = CarrierBench(windows: [1])
        let key = bench.submit(2).key!
        let write = bench.write()[0]
        bench.scheduler.bindDraining(0, now: bench.now)
        bench.scheduler.abandon(0, now: bench.now)
        #expect(bench.steps() == [.complete(key, [.unknown(.carrierTimeout), .notSent]), .drained(bind: 0)])
        bench.answer(write)
        #expect(bench.scheduler.counters.late == 1)
    }

    @Test func whatWaitsForARetryGoesOverAnotherBind() {
        let bench = CarrierBench(windows: [1, 1])
        let key = bench.submit().key!
        let write = bench.write()[0]
        bench.answer(write, .throttled)
        bench.scheduler.bindDown(write.bind, now: bench.now)
        #expect(bench.steps() == [])
        bench.pass(.seconds(1))
        let again = bench.write()
        #expect(again.map(\.message) == [key] && again[0].bind != write.bind)
    }
}
