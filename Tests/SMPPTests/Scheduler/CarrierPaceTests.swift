import Testing

@testable import SMPP

/// The ceiling, and what is learnt below it.
@Suite struct CarrierPaceTests {
    private let start = MonotonicTime(nanoseconds: 100_000_000_000)

    /// Most PDUs in any second, and how many in all, of `seconds` at full load; each wake-up is late by up to `lateness`.
    private func drive(_ rate: Double, lateness: Double, seconds: Double, seed: UInt64, stalls: Int = 1) -> (
        most: Int, all: Int
    ) {
        var pace = CarrierPace(ceiling: rate)
        var random = SplitMix64(seed: seed)
        var now = start
        var left: [UInt64] = []
        while now < start + .seconds(seconds) {
            while pace.dueAt <= now {
                pace.wrote(now: now)
                left.append(now.nanoseconds)
            }
            // Now and then the whole process stands still.
            let stall = random.chance(stalls) ? 0.3 : 0
            let late = Double.random(in: 0...max(lateness, 1e-9), using: &random) + stall
            now = max(now, pace.dueAt) + .nanoseconds(Int64(late * 1e9) + 1)
        }
        var most = 0
        var first = 0
        for index in left.indices {
            while left[index] - left[first] >= 1_020_000_000 { first += 1 }
            most = max(most, index - first + 1)
        }
        return (most, left.count)
    }

    @Test(arguments: [1, 2, 3, 7, 10, 30, 50, 99, 100, 101, 200, 999, 1000, 5000])
    func noSecondHoldsMoreThanTheRate(rate: Int) {
        for (seed, lateness) in zip(UInt64(0)..., [0, 0.001, 0.003, 0.008, 0.015, 0.04, 0.2]) {
            let driven = drive(Double(rate), lateness: lateness, seconds: 20, seed: seed)
            #expect(driven.most <= rate, "\(rate)/s, late by \(lateness)")
        }
    }

    /// A slot's share changes: a second after that no other second holds more than the new one.
    @Test(arguments: [(50, 7), (7, 50), (1000, 3), (3, 1000)])
    func aCeilingThatChangesIsKept(_ before: Int, _ after: Int) {
        var pace = CarrierPace(ceiling: Double(before))
        var now = start
        var left: [UInt64] = []
        while now < start + .seconds(6) {
            if pace.ceiling == Double(before), now >= start + .seconds(2) { pace.setCeiling(Double(after), now: now) }
            if pace.dueAt <= now {
                pace.wrote(now: now)
                if pace.ceiling == Double(after) { left.append(now.nanoseconds) }
            }
            now = now + .microseconds(500)
        }
        let most = left.indices.map { first in left[first...].prefix { $0 - left[first] < 1_020_000_000 }.count }.max()
        #expect(most ?? 0 <= after)
        #expect(left.count >= after * 7 / 2)
        pace.setCeiling(nil, now: now)
        #expect(pace.dueAt <= now && pace.limit == nil)
    }

    @Test func lateTimersCostLittle() {
        for rate in [30.0, 200, 1000] {
            let driven = drive(rate, lateness: 0.005, seconds: 30, seed: 1, stalls: 0)
            #expect(Double(driven.all) >= 0.95 * rate * 30)
        }
    }

    @Test func lostTimeIsNotMadeUp() {
        var pace = CarrierPace(ceiling: 200)
        pace.wrote(now: start)
        let late = start + .seconds(10)
        var written = 0
        while pace.dueAt <= late {
            pace.wrote(now: late)
            written += 1
        }
        #expect(written <= 3, "10 ms of 5 ms each, and the one that is due")
    }

    @Test func whatLeftLateCountsFromThen() {
        var pace = CarrierPace(ceiling: 100)
        pace.wrote(now: start)
        pace.left(now: start + .milliseconds(200))
        #expect(pace.dueAt == start + .nanoseconds(200_300_000))
    }

    @Test func congestionSlowsDownFrom80() {
        var pace = CarrierPace(ceiling: 100)
        pace.congested(79, now: start)
        #expect(pace.share(now: start) == 1)
        pace.congested(90, now: start)
        #expect(pace.share(now: start) == 0.5)
        pace.wrote(now: start)
        #expect(pace.dueAt > start + .milliseconds(10))
        pace.congested(100, now: start)
        #expect(pace.share(now: start) == 0.05)
        pace.tick(forget: .seconds(60), now: start + .seconds(10))
        #expect(pace.share(now: start + .seconds(10)) == 1)
        #expect(pace.dueAt <= start + .seconds(10) + .nanoseconds(10_300_000))
    }

    @Test func whatNobodyRanIntoIsForgotten() {
        var pace = CarrierPace(ceiling: nil)
        for step in 0..<20 {
            let now = start + .milliseconds(step)
            pace.wrote(now: now)
            pace.answered(isRefused: step > 4, writtenAt: now, now: now)
        }
        #expect(pace.limit.map { $0 < 10 } == true)
        let later = start + .seconds(61)
        pace.tick(forget: .seconds(60), now: later)
        #expect(pace.limit == nil)
        #expect(pace.dueAt <= later)
    }
}

@Suite struct ResponseTimesTests {
    @Test func percentileAndMean() {
        var times = ResponseTimes()
        #expect(times.percentile95 == 0 && times.mean == nil)
        let now = MonotonicTime(nanoseconds: 100_000_000_000)
        for step in 0..<1000 {
            times.add(step % 100 < 90 ? 20_000_000 : 400_000_000, now: now + .milliseconds(step))
        }
        #expect(times.percentile95 >= 400_000_000 && times.percentile95 < 500_000_000)
        #expect(times.mean.map { abs($0 - 0.058) < 0.001 } == true)
    }

    @Test func whatIsOldGoes() {
        var times = ResponseTimes()
        var now = MonotonicTime(nanoseconds: 100_000_000_000)
        for _ in 0..<100 { times.add(2_000_000_000, now: now) }
        for _ in 0..<2500 {
            now = now + .milliseconds(10)
            times.add(10_000_000, now: now)
        }
        #expect(times.percentile95 < 13_000_000)
    }

    @Test func everyTimeHasABucketThatHoldsIt() {
        for time in [0, 1, 999, 5000, 123_456, 999_999_999, 5_000_000_000, 3_600_000_000_000] as [UInt64] {
            var times = ResponseTimes()
            times.add(time, now: MonotonicTime(nanoseconds: 1))
            #expect(times.percentile95 >= min(time, 4000))
            #expect(Double(times.percentile95) <= max(5000, Double(time) * 1.26))
        }
    }
}

@Suite struct CircuitBreakerTests {
    private let start = MonotonicTime(nanoseconds: 100_000_000_000)

    @Test func opensLongerAndLongerUntilAnAnswer() {
        var breaker = CircuitBreaker()
        #expect(breaker.allows(now: start))
        breaker.open(first: .seconds(1), longest: .seconds(3), now: start)
        #expect(!breaker.allows(now: start))
        var now = start + .seconds(1)
        for wait in [2, 3, 3] {
            #expect(breaker.allows(now: now))
            breaker.wrote(9, on: 0)
            #expect(breaker.isTrial(9, on: 0) && !breaker.isTrial(9, on: 1))
            #expect(!breaker.allows(now: now))
            breaker.failed(now: now)
            #expect(breaker.opensUntil == now + .seconds(wait))
            now = now + .seconds(wait)
        }
        breaker.close()
        #expect(breaker.isClosed)
        breaker.open(first: .seconds(1), longest: .seconds(3), now: now)
        #expect(breaker.opensUntil == now + .seconds(1))
    }

    @Test func aTrialThatCameToNothingIsMadeAgain() {
        var breaker = CircuitBreaker()
        breaker.open(first: .seconds(1), longest: .seconds(3), atOnce: true, now: start)
        #expect(breaker.allows(now: start))
        breaker.wrote(1, on: 0)
        breaker.retract(now: start)
        #expect(breaker.allows(now: start))
    }
}
