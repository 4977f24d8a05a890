import Testing

@testable import SMPP

/// Order, truth, window.
@Suite struct CarrierSchedulerTests {
    @Test func aMessageIsCompletedByItsAnswer() {
        let bench = CarrierBench()
        let key = bench.submit().key!
        let writes = bench.write()
        #expect(writes == [CarrierWrite(bind: 0, message: key, segment: 0, sequence: 1)])
        bench.answer(writes[0], id: "x")
        #expect(bench.steps() == [.complete(key, [.accepted(messageID: "x")])])
        bench.answer(writes[0])
        #expect(bench.steps() == [])
        #expect(bench.scheduler.counters.unexpected == 1)
        #expect(bench.scheduler.messages == 0 && bench.scheduler.open == 0 && bench.scheduler.unwritten == 0)
    }

    @Test func aMessageThatHasBegunIsFinishedBeforeOthersBegin() {
        let bench = CarrierBench(windows: [3])
        let long = bench.submit(5, account: 0).key!
        let short = bench.submit(account: 1).key!
        let first = bench.write()
        #expect(first.map(\.message) == [long, long, long])
        bench.answer(first[0])
        bench.answer(first[1])
        bench.answer(first[2])
        let second = bench.write()
        #expect(second.map(\.message) == [long, long, short])
        #expect((first + second).map(\.segment) == [0, 1, 2, 3, 4, 0])
    }

    @Test func allSegmentsGoOverOneBind() {
        let bench = CarrierBench(windows: [2, 2])
        let keys = (0..<2).map { _ in bench.submit(3).key! }
        let writes = bench.write()
        for key in keys { #expect(Set(writes.filter { $0.message == key }.map(\.bind)).count == 1) }
        #expect(Set(writes.map(\.bind)) == [0, 1])
        for write in writes { bench.answer(write) }
        let rest = bench.write()
        for write in rest {
            #expect(write.segment == 2)
            #expect(writes.first { $0.message == write.message }?.bind == write.bind)
        }
    }

    @Test func accountsAreServedInTurn() {
        let bench = CarrierBench(windows: [1])
        let flood = (0..<3).map { _ in bench.submit(account: 0).key! }
        let small = bench.submit(account: 1).key!
        var order: [MessageKey] = []
        while let write = bench.write().first {
            order.append(write.message)
            bench.answer(write)
        }
        #expect(order == [flood[0], small, flood[1], flood[2]])
    }

    @Test func aFullQueueDropsTheNewestOfTheLongest() {
        let bench = CarrierBench(CarrierLimits(waiting: 3), windows: [1])
        bench.submit(account: 0)
        bench.write()
        let flood = (0..<3).map { _ in bench.submit(account: 0).key! }
        #expect(bench.submit(account: 0).refusal?.reason == .queueFull)
        #expect(bench.submit(account: 1).key != nil)
        let steps = bench.steps()
        #expect(steps.map(\.message) == [flood[2]])
        #expect(steps.first?.reason == .queueFull)
    }

    @Test func afterAFinalRefusalTheRestIsNotSent() {
        let bench = CarrierBench(windows: [2])
        let key = bench.submit(4).key!
        let writes = bench.write()
        bench.answer(writes[0], .invalidDestinationAddress)
        #expect(bench.write() == [])
        bench.answer(writes[1], id: "b")
        let told: [SegmentOutcome] = [
            .refused(.invalidDestinationAddress), .accepted(messageID: "b"), .notSent, .notSent,
        ]
        #expect(bench.steps() == [.complete(key, told)])
        #expect(bench.scheduler.unwritten == 0)
    }

    @Test func anOverdueAnswerIsUnknownAndALateOneFreesNothing() {
        let bench = CarrierBench(windows: [2])
        let key = bench.submit(tag: 7).key!
        let write = bench.write().first
        bench.pass(.seconds(5))
        #expect(bench.steps() == [.complete(key, [.unknown(.carrierTimeout)])])
        #expect(bench.scheduler.open == 0)
        bench.now = bench.now + .seconds(2)
        bench.answer(write, id: "l")
        let late = LateResponse(tag: 7, segment: 0, status: .ok, messageID: "l", overdueBy: .seconds(2))
        #expect(bench.steps() == [.late(late, bind: 0)])
        bench.answer(write)
        #expect(bench.steps() == [])
        #expect(bench.scheduler.open == 0 && bench.scheduler.counters.late == 1)
    }

    @Test func atTheDeadlineTheStateIsToldAsItIs() {
        let bench = CarrierBench(CarrierLimits(reserve: .milliseconds(1)), windows: [2])
        let key = bench.submit(4, within: .seconds(2)).key!
        let writes = bench.write()
        bench.answer(writes[0], id: "a")
        bench.write()
        bench.pass(.seconds(2))
        let told: [SegmentOutcome] = [
            .accepted(messageID: "a"), .unknown(.carrierTimeout), .unknown(.carrierTimeout), .notSent,
        ]
        #expect(bench.steps() == [.complete(key, told)])
        #expect(bench.scheduler.open == 2, "slots stay taken until the answers")
        bench.answer(writes[1])
        #expect(bench.scheduler.open == 1)
        #expect(bench.scheduler.counters.late == 1)
    }

    @Test func aSegmentThatCannotBeWrittenIsNotSent() {
        let bench = CarrierBench()
        let key = bench.submit(2).key!
        let write = bench.scheduler.nextWrite(now: bench.now)!
        bench.scheduler.couldNotWrite(write, now: bench.now)
        #expect(bench.steps() == [.notSent(key, CarrierRefusal(.unwritable))])
        #expect(bench.scheduler.open == 0 && bench.scheduler.unwritten == 0)
        #expect(bench.write() == [])
    }

    @Test func aRetryWaitsItsTimeAndTheOthersGoOn() {
        let bench = CarrierBench(windows: [2])
        let key = bench.submit(2).key!
        let write = bench.scheduler.nextWrite(now: bench.now)!
        bench.answer(write, .systemError)
        let other = bench.submit().key!
        #expect(bench.write().map(\.message) == [other])
        bench.pass(.seconds(1))
        #expect(bench.write().map(\.message) == [key])
        #expect(bench.steps() == [])
    }

    @Test func retriesEnd() {
        let bench = CarrierBench(CarrierLimits(breaker: .init(refusals: 100)))
        let key = bench.submit().key!
        for _ in 0..<2 {
            bench.answer(bench.write().first, .systemError)
            #expect(bench.steps() == [])
            bench.pass(.seconds(1))
        }
        bench.answer(bench.write().first, .systemError)
        #expect(bench.steps() == [.complete(key, [.refused(.systemError)])])
    }

    @Test func noRetryThatCouldNotBeAnsweredInTime() {
        let bench = CarrierBench()
        let key = bench.submit(within: .seconds(2)).key!
        bench.now = bench.now + .milliseconds(100)
        bench.answer(bench.write().first, .throttled)
        #expect(bench.steps() == [.complete(key, [.refused(.throttled)])])
    }

    @Test func aBindOfNoUseGivesTheMessageToAnotherOnce() {
        let bench = CarrierBench(windows: [5, 5])
        let key = bench.submit(2).key!
        let first = bench.write()
        for write in first { bench.answer(write, .invalidBindStatus) }
        let second = bench.write()
        #expect(second.map(\.segment) == [0, 1])
        #expect(Set((first + second).map(\.bind)) == [0, 1])
        for write in second { bench.answer(write, .invalidBindStatus) }
        let refused = SegmentOutcome.refused(.invalidBindStatus)
        #expect(bench.steps() == [.complete(key, [refused, refused])])
    }
}
