import Testing

@testable import SMPP

@Suite struct SubmitFairnessTests {
    private let start = MonotonicTime(nanoseconds: 100_000_000_000)
    private var deadline: MonotonicTime { start + .seconds(60) }

    private func scheduler(window: Int = 1, maxWaiting: Int = 100) -> SubmitScheduler {
        SubmitScheduler(
            BindLimits(window: window, waiting: maxWaiting), responseTimeout: .seconds(5), statuses: .standard)
    }

    @Test func aFloodDoesNotStarveAnotherAccount() {
        var scheduler = scheduler()
        for tag in 0..<50 as Range<UInt64> {
            _ = scheduler.submit(segments: 1, deadline: deadline, account: 0, tag: tag)
        }
        let first = scheduler.nextWrite(now: start)
        let small = scheduler.submit(segments: 1, deadline: deadline, account: 1).key
        _ = scheduler.answered(sequence: first?.sequence ?? 0, status: .ok, messageID: "", now: start)
        let second = scheduler.nextWrite(now: start)
        _ = scheduler.answered(sequence: second?.sequence ?? 0, status: .ok, messageID: "", now: start)
        let third = scheduler.nextWrite(now: start)
        #expect(second?.message == small || third?.message == small)
    }

    @Test func aLongMessageTakesTurnsWithTheOthers() {
        var scheduler = scheduler(window: 6)
        let long = scheduler.submit(segments: 3, deadline: deadline, account: 0).key
        let short = scheduler.submit(segments: 1, deadline: deadline, account: 1).key
        let other = scheduler.submit(segments: 1, deadline: deadline, account: 1).key
        let order = (0..<5).map { _ in scheduler.nextWrite(now: start)?.message }
        #expect(order == [long, short, long, other, long])
    }

    @Test func aFullQueueDropsTheNewestOfTheLongest() {
        var scheduler = scheduler(maxWaiting: 3)
        let kept = scheduler.submit(segments: 1, deadline: deadline, account: 0).key!
        let second = scheduler.submit(segments: 1, deadline: deadline, account: 0).key!
        let newest = scheduler.submit(segments: 1, deadline: deadline, account: 0).key!
        #expect(scheduler.submit(segments: 1, deadline: deadline, account: 0) == .refused)
        let admission = scheduler.submit(segments: 1, deadline: deadline, account: 1)
        #expect(admission.displaced == newest)
        #expect(admission.key != nil && admission.key?.index != newest.index)
        #expect(scheduler.waiting == 3 && scheduler.messages == 3)
        // 2 and 1: a second message would make its own account the longest.
        #expect(scheduler.submit(segments: 1, deadline: deadline, account: 1) == .refused)
        let write = scheduler.nextWrite(now: start)
        #expect(write?.message == kept)
        #expect(scheduler.handOver(upTo: 1) == [.move(second, carried: nil)])
    }

    @Test func whatWasWrittenIsNotDropped() {
        var scheduler = scheduler(window: 1, maxWaiting: 2)
        _ = scheduler.submit(segments: 3, deadline: deadline, account: 0)
        let carried: [SegmentOutcome] = [.refused(.invalidBindStatus)]
        _ = scheduler.submit(segments: 1, deadline: deadline, carried: carried, account: 0)
        #expect(scheduler.nextWrite(now: start) != nil)
        #expect(scheduler.waiting == 2)
        #expect(scheduler.submit(segments: 1, deadline: deadline, account: 1) == .refused)
    }

    @Test func handOverGivesTheOldestUnwrittenMessages() {
        var scheduler = scheduler(window: 1)
        let partly = scheduler.submit(segments: 2, deadline: deadline, account: 0).key!
        let second = scheduler.submit(segments: 1, deadline: deadline, account: 1).key!
        let third = scheduler.submit(segments: 1, deadline: deadline, account: 0).key!
        let fourth = scheduler.submit(segments: 1, deadline: deadline, account: 0).key!
        #expect(scheduler.nextWrite(now: start)?.message == partly)
        #expect(
            scheduler.handOver(upTo: 2) == [.move(second, carried: nil), .move(third, carried: nil)])
        #expect(scheduler.handOver(upTo: 9) == [.move(fourth, carried: nil)])
        #expect(scheduler.handOver(upTo: 9) == [])
        #expect(scheduler.messages == 1 && scheduler.waiting == 1)
    }

    /// While an account waits, no other is served twice.
    @Test func anAccountWaitsAtMostOneRound() {
        for seed in 0..<500 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let accounts = 2 + random.below(5)
            var scheduler = scheduler(window: 1 + random.below(4), maxWaiting: 500)
            var owner: [MessageKey: Int] = [:]
            var waiting: [Int: Int] = [:]
            var servedSince: [Int: [Int: Int]] = [:]
            var open: [UInt32] = []
            for _ in 0..<300 {
                if random.chance(60) {
                    // Account 0 floods, the others come now and then.
                    let account = random.chance(70) ? 0 : random.below(accounts)
                    let segments = 1 + (random.chance(20) ? random.below(3) : 0)
                    let key = scheduler.submit(segments: segments, deadline: deadline, account: account).key!
                    owner[key] = account
                    if waiting[account, default: 0] == 0 { servedSince[account] = [:] }
                    waiting[account, default: 0] += segments
                } else if let write = scheduler.nextWrite(now: start) {
                    let account = owner[write.message]!
                    waiting[account, default: 0] -= 1
                    servedSince[account] = [:]
                    for other in 0..<accounts where other != account && waiting[other, default: 0] > 0 {
                        servedSince[other]?[account, default: 0] += 1
                        #expect(servedSince[other]?[account] == 1, "seed \(seed)")
                    }
                    open.append(write.sequence)
                } else if let place = open.indices.randomElement(using: &random) {
                    _ = scheduler.answered(
                        sequence: open.remove(at: place), status: .ok, messageID: "", now: start)
                }
            }
        }
    }
}
