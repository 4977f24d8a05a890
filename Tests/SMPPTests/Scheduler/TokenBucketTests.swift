import Testing

@testable import SMPP

@Suite struct TokenBucketTests {
    /// The most PDUs in any closed second.
    private func most(_ times: [UInt64]) -> Int {
        var most = 0
        var start = 0
        for end in times.indices {
            while times[end] - times[start] >= 1_000_000_000 { start += 1 }
            most = max(most, end - start + 1)
        }
        return most
    }

    @Test(arguments: [1.0, 2, 10, 30, 50, 100, 333, 1000])
    func noSecondHoldsMoreThanTheRate(rate: Double) {
        let bucket = TokenBucket(rate: rate)
        var random = SplitMix64(seed: UInt64(rate))
        var state: UInt64 = 0
        var now: UInt64 = 50_000_000_000
        var sent: [UInt64] = []
        for _ in 0..<5000 {
            let turn = bucket.reserve(state: state, now: MonotonicTime(nanoseconds: now))
            state = turn.state
            // The caller wakes late by up to 2 ms; the network shifts arrivals by up to 10 ms.
            now = max(now, turn.due.nanoseconds) + UInt64(random.below(2_000_000))
            sent.append(now + UInt64(random.below(10_000_000)))
            if random.chance(1) { now += UInt64(random.below(3_000_000_000)) }
        }
        #expect(most(sent.sorted()) <= Int(rate))
    }

    @Test func reachesTheRateWhenCallersAreLate() {
        let bucket = TokenBucket(rate: 100)
        var random = SplitMix64(seed: 7)
        var state: UInt64 = 0
        let start: UInt64 = 1_000_000_000
        var now = start
        for _ in 0..<1000 {
            let turn = bucket.reserve(state: state, now: MonotonicTime(nanoseconds: now))
            state = turn.state
            now = max(now, turn.due.nanoseconds) + UInt64(random.below(1_500_000))
        }
        let reached = 1000 / (Double(now - start) / 1e9)
        #expect(reached >= 97)
    }

    @Test func turnsAreGivenInOrder() {
        let bucket = TokenBucket(rate: 10)
        let now = MonotonicTime(nanoseconds: 1_000_000_000)
        let first = bucket.reserve(state: 0, now: now)
        let second = bucket.reserve(state: first.state, now: now)
        let third = bucket.reserve(state: second.state, now: now)
        #expect(first.due <= now)
        #expect(second.due - first.due == .milliseconds(102))
        #expect(third.due - second.due == .milliseconds(102))
    }

    @Test(arguments: [-1.0, 0, .nan, .infinity, 1e300]) func bearsAnyRate(rate: Double) {
        let bucket = TokenBucket(rate: rate)
        #expect(bucket.interval > 0)
        #expect(bucket.reserve(state: .max, now: MonotonicTime(nanoseconds: 0)).state == .max)
    }
}
