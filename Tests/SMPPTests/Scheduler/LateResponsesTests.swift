import Testing

@testable import SMPP

@Suite struct LateResponsesTests {
    private func time(_ seconds: Int) -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64(seconds) * 1_000_000_000)
    }

    private func missing(_ tag: UInt64, at seconds: Int) -> LateResponses.Missing {
        LateResponses.Missing(tag: tag, segment: 0, givenUpAt: time(seconds))
    }

    @Test func aResponseFindsItsMessageOnce() {
        var late = LateResponses(kept: .seconds(60), most: 10)
        late.remember(5, missing(50, at: 1), now: time(1))
        #expect(late.contains(5) && !late.contains(6))
        #expect(late.take(5, now: time(2))?.tag == 50)
        #expect(late.take(5, now: time(2)) == nil)
        #expect(late.take(6, now: time(2)) == nil)
        #expect(late.count == 0)
    }

    @Test func itIsForgottenAfterItsTime() {
        var late = LateResponses(kept: .seconds(60), most: 10)
        late.remember(5, missing(50, at: 1), now: time(1))
        late.remember(6, missing(60, at: 30), now: time(30))
        #expect(late.take(5, now: time(62)) == nil)
        #expect(late.count == 1)
        #expect(late.take(6, now: time(90))?.tag == 60)
    }

    @Test func theOldestIsForgottenWhenThereAreTooMany() {
        var late = LateResponses(kept: .seconds(60), most: 2)
        for sequence in 1...4 as ClosedRange<UInt32> {
            late.remember(sequence, missing(UInt64(sequence), at: 1), now: time(1))
            #expect(late.count <= 2)
        }
        #expect(late.take(2, now: time(1)) == nil)
        #expect(late.take(3, now: time(1)) != nil)
        var none = LateResponses(kept: .seconds(60), most: 0)
        none.remember(1, missing(1, at: 1), now: time(1))
        #expect(none.count == 0)
    }

    @Test func aNumberThatIsGivenUpAnewIsTheNewMessages() {
        var late = LateResponses(kept: .seconds(60), most: 2)
        late.remember(1, missing(1, at: 1), now: time(1))
        #expect(late.take(1, now: time(2)) != nil)
        late.remember(1, missing(2, at: 3), now: time(3))
        late.remember(2, missing(3, at: 3), now: time(3))
        #expect(late.take(1, now: time(4))?.tag == 2)
    }

    @Test func whatIsToldIsWhatTheMessageWas() {
        let bench = CarrierBench(CarrierLimits(leastResponse: .milliseconds(10), reserve: .milliseconds(10)))
        bench.submit(2, within: .seconds(3), tag: 77)
        let writes = bench.write()
        bench.pass(.seconds(3))
        // Its message is completed, but the slot is still open: the response frees it.
        #expect(bench.steps().count == 1 && bench.scheduler.open == 2)
        bench.pass(.seconds(1))
        bench.answer(writes[1], .systemError, id: "")
        let second = LateResponse(
            tag: 77, segment: 1, status: .systemError, messageID: "", overdueBy: .seconds(1))
        #expect(bench.steps() == [.late(second, bind: 0)])
        #expect(bench.scheduler.open == 1)
        // Overdue for the slot too: counted from when its owner was told.
        bench.pass(.seconds(1))
        #expect(bench.steps() == [] && bench.scheduler.open == 0)
        bench.pass(.seconds(58))
        bench.answer(writes[0], id: "a")
        let first = LateResponse(tag: 77, segment: 0, status: .ok, messageID: "a", overdueBy: .seconds(60))
        #expect(bench.steps() == [.late(first, bind: 0)])
        bench.answer(writes[0], id: "a")
        #expect(bench.steps() == [])
        let counters = bench.scheduler.counters
        #expect(counters.late == 2 && counters.unexpected == 1 && counters.unknown == 2)
    }

    @Test func aLateRefusalForSpeedPausesNothing() {
        let bench = CarrierBench(CarrierLimits(throttle: CarrierLimits.Throttle(run: 1)))
        bench.submit(tag: 1)
        let write = bench.write().first
        bench.pass(.seconds(5))
        _ = bench.steps()
        bench.pass(.seconds(1))
        bench.answer(write, .throttled)
        #expect(bench.steps().count == 1)
        #expect(bench.readiness == .ready)
    }

    @Test func theConnectionsEndForgetsAll() {
        let bench = CarrierBench()
        bench.submit(tag: 1)
        let write = bench.write().first
        bench.pass(.seconds(5))
        #expect(bench.scheduler.telling(of: 0).missing == 1)
        _ = bench.steps()
        bench.scheduler.bindDown(0, now: bench.now)
        #expect(bench.scheduler.telling(of: 0).missing == 0)
        bench.answer(write)
        #expect(bench.steps() == [])
    }
}
