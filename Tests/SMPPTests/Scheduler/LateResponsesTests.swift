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
        let start = time(100)
        var scheduler = SubmitScheduler(
            BindLimits(window: 2, waiting: 5, lateKept: .seconds(60), late: 10), responseTimeout: .seconds(5),
            statuses: .standard)
        _ = scheduler.submit(segments: 2, deadline: start + .seconds(3), tag: 77)
        let first = scheduler.nextWrite(now: start)!
        let second = scheduler.nextWrite(now: start)!
        _ = scheduler.tick(now: start + .seconds(3))
        // Its message is completed, but the slot is still open: the response frees it.
        #expect(scheduler.window.count == 2)
        #expect(
            scheduler.answered(
                sequence: second.sequence, status: .systemError, messageID: "", now: start + .seconds(4))
                == .late(
                    LateResponse(
                        tag: 77, segment: 1, status: .systemError, messageID: "", overdueBy: .seconds(1))))
        #expect(scheduler.window.count == 1)
        // Overdue for the slot too: counted from when its owner was told.
        #expect(scheduler.tick(now: start + .seconds(5)) == [])
        #expect(scheduler.window.count == 0)
        #expect(
            scheduler.answered(sequence: first.sequence, status: .ok, messageID: "a", now: start + .seconds(63))
                == .late(
                    LateResponse(tag: 77, segment: 0, status: .ok, messageID: "a", overdueBy: .seconds(60))))
        #expect(
            scheduler.answered(sequence: first.sequence, status: .ok, messageID: "a", now: start + .seconds(63))
                == .nothing)
        #expect(scheduler.counters.late == 2 && scheduler.counters.unexpected == 1)
        #expect(scheduler.counters.unknown == 2)
    }

    @Test func aLateRefusalForSpeedPausesNothing() {
        let start = time(100)
        var scheduler = SubmitScheduler(
            BindLimits(window: 1, waiting: 5), responseTimeout: .seconds(5), statuses: .standard)
        _ = scheduler.submit(segments: 1, deadline: start + .seconds(9), tag: 1)
        let write = scheduler.nextWrite(now: start)!
        _ = scheduler.tick(now: start + .seconds(5))
        let step = scheduler.answered(
            sequence: write.sequence, status: .throttled, messageID: "", now: start + .seconds(6))
        #expect(step.lateBy == .seconds(1))
        #expect(scheduler.throttle.pauseEnd(now: start + .seconds(6)) == nil)
    }

    @Test func theConnectionsEndForgetsAll() {
        let start = time(100)
        var scheduler = SubmitScheduler(
            BindLimits(window: 1, waiting: 5), responseTimeout: .seconds(5), statuses: .standard)
        _ = scheduler.submit(segments: 1, deadline: start + .seconds(9), tag: 1)
        let write = scheduler.nextWrite(now: start)!
        _ = scheduler.tick(now: start + .seconds(5))
        #expect(scheduler.window.missing == 1)
        #expect(scheduler.connectionLost() == [])
        #expect(scheduler.window.missing == 0)
        #expect(
            scheduler.answered(sequence: write.sequence, status: .ok, messageID: "", now: start) == .nothing)
    }
}
