import Testing

@testable import SMPP

@Suite struct TimeHistogramTests {
    private let start = MonotonicTime(nanoseconds: 100_000_000_000)

    @Test func aBoundBelongsToItsBucket() {
        var times = TimeHistogram(bounds: [0.5, 2])
        for milliseconds in [0, 500, 501, 2_000, 2_001, 90_000] { times.add(.milliseconds(milliseconds)) }
        times.add(.seconds(-1))
        #expect(times.buckets == [3, 2, 2])
        #expect(times.count == 7)
        #expect(abs(times.sum - 95.002) < 1e-6)
    }

    @Test func momentsAndDurationsAgree() {
        var one = TimeHistogram()
        var other = TimeHistogram()
        one.add(.microseconds(1_500))
        other.add(from: start, to: start + .microseconds(1_500))
        #expect(one == other)
        other.add(from: start + .seconds(1), to: start)
        #expect(other.buckets[0] == 1 && other.count == 2)
    }

    @Test func sumsAreAdded() {
        var one = TimeHistogram()
        one.add(.milliseconds(1))
        var other = TimeHistogram()
        other.add(.seconds(100))
        one.add(other)
        #expect(one.count == 2 && one.buckets.first == 1 && one.buckets.last == 1)
    }

    private func scheduler() -> SubmitScheduler {
        SubmitScheduler(
            BindLimits(window: 4, waiting: 3), responseTimeout: .seconds(5), statuses: .standard)
    }

    @Test func answersAreTimedFromTheirOwnWrite() {
        var scheduler = scheduler()
        _ = scheduler.submit(segments: 2, deadline: start + .seconds(10))
        let first = scheduler.nextWrite(now: start)
        let second = scheduler.nextWrite(now: start + .seconds(1))
        _ = scheduler.answered(sequence: second!.sequence, status: .ok, messageID: "b", now: start + .seconds(1.2))
        _ = scheduler.answered(sequence: first!.sequence, status: .ok, messageID: "a", now: start + .seconds(4))
        #expect(scheduler.responseTimes.count == 2)
        #expect(abs(scheduler.responseTimes.sum - 4.2) < 1e-6)
        // Nobody asked for this one.
        _ = scheduler.answered(sequence: 99, status: .ok, messageID: "c", now: start + .seconds(4))
        #expect(scheduler.responseTimes.count == 2)
    }

    @Test func lateAnswersAreNotTimed() {
        var scheduler = scheduler()
        _ = scheduler.submit(segments: 1, deadline: start + .seconds(10))
        let write = scheduler.nextWrite(now: start)
        _ = scheduler.tick(now: start + .seconds(6))
        _ = scheduler.answered(sequence: write!.sequence, status: .ok, messageID: "a", now: start + .seconds(7))
        #expect(scheduler.responseTimes.count == 0)
        #expect(scheduler.counters.late == 1 && scheduler.counters.unknown == 1 && scheduler.counters.lost == 0)
    }

    @Test func refusalsAreCountedByNameAndBounded() {
        var scheduler = scheduler()
        for code: UInt32 in [0x0B, 0x0B, 0x0A] + Array(0x400..<0x420) {
            _ = scheduler.submit(segments: 1, deadline: start + .seconds(10))
            let write = scheduler.nextWrite(now: start)
            _ = scheduler.answered(
                sequence: write!.sequence, status: CommandStatus(rawValue: code), messageID: "", now: start)
        }
        #expect(scheduler.refusals["ESME_RINVDSTADR"] == 2 && scheduler.refusals["ESME_RINVSRCADR"] == 1)
        #expect(scheduler.refusals["VENDOR_SPECIFIC"] == 32)
        #expect(scheduler.refusals.values.reduce(0, +) == scheduler.counters.refused)
    }

    @Test func lostOnesAreToldFromOverdueOnes() {
        var scheduler = scheduler()
        _ = scheduler.submit(segments: 3, deadline: start + .seconds(20))
        _ = scheduler.nextWrite(now: start)
        _ = scheduler.nextWrite(now: start + .seconds(4))
        _ = scheduler.tick(now: start + .seconds(5))
        _ = scheduler.connectionLost()
        #expect(scheduler.counters.unknown == 2 && scheduler.counters.lost == 1)
    }
}
