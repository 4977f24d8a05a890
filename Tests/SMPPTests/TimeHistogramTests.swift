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

    @Test func answersAreTimedFromTheirOwnWrite() {
        let bench = CarrierBench(windows: [1, 1])
        for _ in 0..<2 {
            bench.submit()
            bench.now = bench.now + .seconds(1)
        }
        let begin = bench.now
        var writes: [CarrierWrite?] = [bench.scheduler.nextWrite(now: begin)]
        bench.now = begin + .seconds(1)
        writes.append(bench.scheduler.nextWrite(now: bench.now))
        bench.now = begin + .seconds(1.2)
        bench.answer(writes[1], id: "b")
        bench.now = begin + .seconds(4)
        bench.answer(writes[0], id: "a")
        let times = (0..<2).map { bench.scheduler.telling(of: $0).responseTimes }
        #expect(times.reduce(0) { $0 + $1.count } == 2)
        #expect(abs(times.reduce(0) { $0 + $1.sum } - 4.2) < 1e-6)
        // Nobody asked for this one.
        bench.scheduler.answered(bind: 0, sequence: 99, status: .ok, messageID: "c", now: bench.now)
        #expect(bench.scheduler.telling(of: 0).responseTimes.count == times[0].count)
    }

    @Test func lateAnswersAreNotTimed() {
        let bench = CarrierBench()
        bench.submit()
        let write = bench.write().first
        bench.pass(.seconds(6))
        bench.answer(write)
        #expect(bench.scheduler.telling(of: 0).responseTimes.count == 0)
        let counters = bench.scheduler.counters
        #expect(counters.late == 1 && counters.unknown == 1 && counters.lost == 0)
    }

    @Test func refusalsAreCountedByNameAndBounded() {
        let bench = CarrierBench()
        for code: UInt32 in [0x0B, 0x0B, 0x0A] + Array(0x400..<0x420) {
            bench.submit()
            bench.answer(bench.write().first, CommandStatus(rawValue: code), id: "")
            _ = bench.steps()
        }
        let telling = bench.scheduler.telling(of: 0)
        #expect(telling.refusals["ESME_RINVDSTADR"] == 2 && telling.refusals["ESME_RINVSRCADR"] == 1)
        #expect(telling.refusals["VENDOR_SPECIFIC"] == 32)
        #expect(telling.refusals.values.reduce(0, +) == telling.counters.refused)
    }

    @Test func lostOnesAreToldFromOverdueOnes() {
        let bench = CarrierBench(windows: [1, 1])
        bench.submit(within: .seconds(20))
        bench.write()
        bench.pass(.seconds(4))
        bench.submit(within: .seconds(20))
        bench.write()
        bench.pass(.seconds(1))
        for bind in 0..<2 { bench.scheduler.bindDown(bind, now: bench.now) }
        let counters = bench.scheduler.counters
        #expect(counters.unknown == 2 && counters.lost == 1)
    }
}
