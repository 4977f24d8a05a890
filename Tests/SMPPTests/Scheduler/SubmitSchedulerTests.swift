import Testing

@testable import SMPP

@Suite struct SubmitSchedulerTests {
    private let start = MonotonicTime(nanoseconds: 100_000_000_000)
    private var deadline: MonotonicTime { start + .seconds(10) }

    private func scheduler(window: Int = 2, maxWaiting: Int = 3) -> SubmitScheduler {
        SubmitScheduler(
            BindLimits(window: window, waiting: maxWaiting), responseTimeout: .seconds(5), statuses: .standard)
    }

    private func answer(
        _ scheduler: inout SubmitScheduler, _ write: SubmitWrite?, _ status: CommandStatus = .ok, id: String = "a",
        at now: MonotonicTime? = nil
    ) -> SubmitStep {
        scheduler.answered(sequence: write?.sequence ?? 0, status: status, messageID: id, now: now ?? start)
    }

    @Test func aMessageIsCompletedByItsAnswer() {
        var scheduler = scheduler()
        let key = scheduler.submit(segments: 1, deadline: deadline).key!
        let write = scheduler.nextWrite(now: start)
        #expect(write == SubmitWrite(message: key, segment: 0, sequence: 1, isLast: true))
        #expect(scheduler.nextWrite(now: start) == nil)
        #expect(answer(&scheduler, write, id: "x") == .complete(key, .sent([.accepted(messageID: "x")])))
        #expect(scheduler.isEmpty)
        #expect(answer(&scheduler, write) == .nothing)
        #expect(scheduler.counters.unexpected == 1)
    }

    @Test func segmentsAreWrittenInOrderAndDecidedTogether() {
        var scheduler = scheduler(window: 3)
        let key = scheduler.submit(segments: 3, deadline: deadline).key!
        let writes = (0..<3).map { _ in scheduler.nextWrite(now: start) }
        #expect(writes.map { $0?.segment } == [0, 1, 2])
        #expect(answer(&scheduler, writes[2], id: "c") == .nothing)
        #expect(answer(&scheduler, writes[0], id: "a") == .nothing)
        #expect(
            answer(&scheduler, writes[1], id: "b")
                == .complete(
                    key, .sent([.accepted(messageID: "a"), .accepted(messageID: "b"), .accepted(messageID: "c")])))
    }

    @Test func afterAFinalRefusalTheRestIsNotSent() {
        var scheduler = scheduler(window: 1)
        let key = scheduler.submit(segments: 3, deadline: deadline).key!
        #expect(answer(&scheduler, scheduler.nextWrite(now: start), id: "a") == .nothing)
        let step = answer(&scheduler, scheduler.nextWrite(now: start), .invalidDestinationAddress)
        #expect(
            step
                == .complete(
                    key, .sent([.accepted(messageID: "a"), .refused(.invalidDestinationAddress), .notSent])))
        #expect(scheduler.nextWrite(now: start) == nil)
        #expect(scheduler.isEmpty && scheduler.waiting == 0)
    }

    @Test func aRefusalWaitsForWhatIsOpen() {
        var scheduler = scheduler(window: 2)
        let key = scheduler.submit(segments: 3, deadline: deadline).key!
        let first = scheduler.nextWrite(now: start)
        let second = scheduler.nextWrite(now: start)
        #expect(answer(&scheduler, first, .invalidDestinationAddress) == .nothing)
        #expect(scheduler.nextWrite(now: start) == nil)
        #expect(
            answer(&scheduler, second, id: "b")
                == .complete(
                    key, .sent([.refused(.invalidDestinationAddress), .accepted(messageID: "b"), .notSent])))
    }

    @Test func firstComeFirstServedAndBounded() {
        var scheduler = scheduler(window: 1, maxWaiting: 2)
        let first = scheduler.submit(segments: 1, deadline: deadline).key!
        let write = scheduler.nextWrite(now: start)
        #expect(write?.message == first)
        let second = scheduler.submit(segments: 1, deadline: deadline).key!
        let third = scheduler.submit(segments: 1, deadline: deadline).key!
        #expect(scheduler.submit(segments: 1, deadline: deadline) == .refused)
        #expect(scheduler.nextWrite(now: start) == nil)
        _ = answer(&scheduler, write)
        let next = scheduler.nextWrite(now: start)
        #expect(next?.message == second)
        _ = answer(&scheduler, next)
        #expect(scheduler.nextWrite(now: start)?.message == third)
    }

    @Test func nothingMayWaitStillMeansThatTheWindowIsUsed() {
        var scheduler = scheduler(window: 1, maxWaiting: 0)
        #expect(scheduler.submit(segments: 1, deadline: deadline).key != nil)
        #expect(scheduler.nextWrite(now: start) != nil)
        #expect(scheduler.submit(segments: 1, deadline: deadline) == .refused)
    }

    @Test func anOverdueResponseIsUnknownAndItsLateAnswerFreesNothing() {
        var scheduler = scheduler(window: 1)
        let key = scheduler.submit(segments: 1, deadline: deadline).key!
        let write = scheduler.nextWrite(now: start)
        #expect(scheduler.nextDeadline == start + .seconds(5))
        #expect(scheduler.tick(now: start + .seconds(4)) == [])
        #expect(
            scheduler.tick(now: start + .seconds(5)) == [.complete(key, .sent([.unknown(.carrierTimeout)]))])
        let other = scheduler.submit(segments: 1, deadline: deadline).key!
        let second = scheduler.nextWrite(now: start + .seconds(6))
        #expect(answer(&scheduler, write, at: start + .seconds(7)).lateBy == .seconds(2))
        #expect(answer(&scheduler, write, at: start + .seconds(7)) == .nothing)
        #expect(scheduler.counters.late == 1)
        #expect(scheduler.counters.unexpected == 1)
        #expect(scheduler.window.count == 1)
        #expect(answer(&scheduler, second, id: "b") == .complete(other, .sent([.accepted(messageID: "b")])))
    }

    @Test func atTheDeadlineWhatIsKnownIsTold() {
        var scheduler = scheduler(window: 2)
        let soon = start + .seconds(2)
        let partly = scheduler.submit(segments: 3, deadline: soon).key!
        let waits = scheduler.submit(segments: 1, deadline: soon).key!
        let first = scheduler.nextWrite(now: start)
        let second = scheduler.nextWrite(now: start)
        #expect(scheduler.tick(now: soon).contains(.complete(waits, .notSent(.busy))))
        #expect(scheduler.messages == 0)
        #expect(scheduler.waiting == 0)
        // The window still counts what the carrier has not answered; the answers come too late for the message.
        #expect(scheduler.window.count == 2)
        #expect(answer(&scheduler, first, at: start + .seconds(3)).lateBy == .seconds(1))
        #expect(answer(&scheduler, second, at: start + .seconds(4)).lateBy == .seconds(2))
        #expect(scheduler.counters.late == 2)
        #expect(scheduler.counters.unknown == 2)
        #expect(scheduler.isEmpty)
        _ = partly
    }

    @Test func atTheDeadlineSegmentsAreToldApart() {
        var scheduler = scheduler(window: 2)
        let soon = start + .seconds(2)
        let key = scheduler.submit(segments: 4, deadline: soon).key!
        let first = scheduler.nextWrite(now: start)
        _ = scheduler.nextWrite(now: start)
        #expect(answer(&scheduler, first, id: "a") == .nothing)
        _ = scheduler.nextWrite(now: start)
        let outcomes: [SegmentOutcome] = [
            .accepted(messageID: "a"), .unknown(.carrierTimeout), .unknown(.carrierTimeout), .notSent,
        ]
        #expect(scheduler.tick(now: soon) == [.complete(key, .sent(outcomes))])
    }

    @Test func anExpiredMessageIsNotWritten() {
        var scheduler = scheduler()
        let key = scheduler.submit(segments: 1, deadline: start).key!
        #expect(scheduler.nextWrite(now: start) == nil)
        #expect(scheduler.tick(now: start) == [.complete(key, .notSent(.busy))])
        #expect(scheduler.nextDeadline == nil)
    }

    @Test func throttledSegmentsAreWrittenAgainAfterThePauseInOrder() {
        var scheduler = scheduler(window: 2)
        let first = scheduler.submit(segments: 1, deadline: deadline).key!
        let second = scheduler.submit(segments: 1, deadline: deadline).key!
        let third = scheduler.submit(segments: 1, deadline: deadline).key!
        let writes = [scheduler.nextWrite(now: start), scheduler.nextWrite(now: start)]
        #expect(answer(&scheduler, writes[1], .throttled) == .nothing)
        #expect(answer(&scheduler, writes[0], .throttled) == .nothing)
        #expect(scheduler.nextWrite(now: start) == nil)
        #expect(scheduler.outlook(now: start).paceEnd == start + .seconds(1))
        var now = start + .seconds(1)
        var order: [MessageKey] = []
        for _ in 0..<3 {
            now = scheduler.outlook(now: now).paceEnd ?? now
            let write = scheduler.nextWrite(now: now)
            order.append(write!.message)
            #expect(answer(&scheduler, write, at: now) != .nothing)
        }
        #expect(order == [first, second, third])
        #expect(scheduler.counters.throttled == 2)
    }

    @Test func throttledToTheDeadlineIsARefusal() {
        var scheduler = scheduler()
        let key = scheduler.submit(segments: 2, deadline: start + .milliseconds(1500)).key!
        let write = scheduler.nextWrite(now: start)
        #expect(answer(&scheduler, write, .throttled) == .nothing)
        let again = scheduler.nextWrite(now: start + .seconds(1))
        #expect(again?.segment == 0)
        let step = answer(&scheduler, again, .throttled, at: start + .milliseconds(1100))
        #expect(step == .complete(key, .sent([.refused(.throttled), .notSent])))
    }

    @Test func countedRetriesWaitTheirTime() {
        var scheduler = scheduler()
        let key = scheduler.submit(segments: 2, deadline: deadline).key!
        let write = scheduler.nextWrite(now: start)
        #expect(answer(&scheduler, write, .systemError) == .nothing)
        #expect(scheduler.nextWrite(now: start) == nil, "the next segment waits for the one before")
        #expect(scheduler.nextDeadline == start + .seconds(1))
        let others = scheduler.submit(segments: 1, deadline: deadline).key!
        #expect(scheduler.nextWrite(now: start)?.message == others)
        #expect(scheduler.tick(now: start + .seconds(1)) == [])
        let again = scheduler.nextWrite(now: start + .seconds(1))
        #expect(again?.message == key && again?.segment == 0)
        #expect(answer(&scheduler, again, .systemError, at: start + .seconds(1)) == .nothing)
        #expect(scheduler.tick(now: start + .seconds(2)) == [])
        let last = scheduler.nextWrite(now: start + .seconds(2))
        #expect(
            answer(&scheduler, last, .systemError, at: start + .seconds(2))
                == .complete(key, .sent([.refused(.systemError), .notSent])))
    }

    @Test func aBindOfNoUseGivesTheMessageToAnotherOnce() {
        var scheduler = scheduler()
        let key = scheduler.submit(segments: 2, deadline: deadline).key!
        let first = scheduler.nextWrite(now: start)
        let second = scheduler.nextWrite(now: start)
        #expect(answer(&scheduler, first, .invalidBindStatus) == .nothing)
        let carried: [SegmentOutcome] = [.refused(.invalidBindStatus), .refused(.invalidBindStatus)]
        #expect(answer(&scheduler, second, .invalidBindStatus) == .move(key, carried: carried))
        let moved = scheduler.submit(segments: 2, deadline: deadline, carried: carried).key!
        let again = scheduler.nextWrite(now: start)
        #expect(
            answer(&scheduler, again, .invalidBindStatus) == .complete(moved, .sent(carried)))
    }

    @Test func whatIsPartlyAcceptedDoesNotMove() {
        var scheduler = scheduler()
        let key = scheduler.submit(segments: 2, deadline: deadline).key!
        let first = scheduler.nextWrite(now: start)
        let second = scheduler.nextWrite(now: start)
        #expect(answer(&scheduler, first, id: "a") == .nothing)
        #expect(
            answer(&scheduler, second, .invalidBindStatus)
                == .complete(key, .sent([.accepted(messageID: "a"), .refused(.invalidBindStatus)])))
    }

    @Test func aLostConnectionLeavesTheTruth() {
        var scheduler = scheduler(window: 2)
        let open = scheduler.submit(segments: 3, deadline: deadline).key!
        let retried = scheduler.submit(segments: 1, deadline: deadline).key!
        let waits = scheduler.submit(segments: 1, deadline: deadline).key!
        let first = scheduler.nextWrite(now: start)
        _ = scheduler.nextWrite(now: start)
        _ = answer(&scheduler, first, id: "a")
        _ = scheduler.nextWrite(now: start)
        let steps = scheduler.connectionLost()
        let outcomes: [SegmentOutcome] = [
            .accepted(messageID: "a"), .unknown(.connectionLost), .unknown(.connectionLost),
        ]
        #expect(
            steps == [
                .complete(open, .sent(outcomes)), .move(retried, carried: nil), .move(waits, carried: nil),
            ])
        #expect(scheduler.isEmpty && scheduler.waiting == 0)
        #expect(scheduler.nextDeadline == nil)
    }

    @Test func whatWasRefusedForSpeedMovesWithALostConnection() {
        var scheduler = scheduler()
        let key = scheduler.submit(segments: 1, deadline: deadline).key!
        _ = answer(&scheduler, scheduler.nextWrite(now: start), .throttled)
        #expect(scheduler.connectionLost() == [.move(key, carried: [.refused(.throttled)])])
    }

    @Test func abandonTellsWhatIsKnown() {
        var scheduler = scheduler(window: 1)
        let open = scheduler.submit(segments: 1, deadline: deadline).key!
        let waits = scheduler.submit(segments: 1, deadline: deadline).key!
        let write = scheduler.nextWrite(now: start)
        #expect(
            scheduler.abandon(.draining, now: start) == [
                .complete(open, .sent([.unknown(.carrierTimeout)])), .complete(waits, .notSent(.draining)),
            ])
        #expect(scheduler.isEmpty)
        #expect(answer(&scheduler, write, at: start + .seconds(1)).lateBy == .seconds(1))
        #expect(scheduler.counters.late == 1)
    }

    @Test func aKeyOfAGoneMessageIsNobodys() {
        var scheduler = scheduler(window: 1)
        _ = scheduler.submit(segments: 1, deadline: start + .seconds(1)).key!
        let write = scheduler.nextWrite(now: start)
        _ = scheduler.tick(now: start + .seconds(1))
        let second = scheduler.submit(segments: 1, deadline: deadline).key!
        #expect(answer(&scheduler, write, at: start + .seconds(2)).lateBy == .seconds(1))
        let next = scheduler.nextWrite(now: start + .seconds(2))
        #expect(next?.message == second)
        #expect(answer(&scheduler, next, id: "b") == .complete(second, .sent([.accepted(messageID: "b")])))
    }
}

extension SubmitStep {
    /// How late the response came; nil where it is none.
    var lateBy: Duration? {
        switch self {
        case .late(let response): response.overdueBy
        case .nothing, .complete, .move: nil
        }
    }
}
