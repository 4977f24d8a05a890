import LoadTest
import Testing

@Suite struct ScheduleTests {
    private func seconds(_ profile: LoadProfile, _ spacing: ArrivalSchedule.Spacing, seed: UInt64 = 1) -> [Double] {
        Array(ArrivalSchedule(profile, spacing: spacing, seed: seed)).map { Double($0) / 1e9 }
    }

    @Test func evenArrivalsOfAConstantRate() {
        let times = seconds(.constant(4, seconds: 2), .even)
        #expect(times == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75])
    }

    @Test func evenArrivalsOfARampFollowItsRate() {
        let times = seconds(.ramp(from: 0, to: 100, seconds: 10), .even)
        #expect(times.count == 500)
        // A quarter of the messages come in the first half of the time.
        #expect(times.count { $0 < 5 } == 125)
        #expect(times.last.map { $0 > 9.98 && $0 < 10 } == true)
        let down = seconds(.ramp(from: 100, to: 0, seconds: 10), .even)
        #expect(down.count == 500)
        #expect(down.count { $0 < 5 } == 375)
    }

    @Test func stepsFollowEachOther() {
        let times = seconds(.steps([10, 0, 30], seconds: 3), .even)
        #expect(times.count { $0 < 1 } == 10)
        #expect(times.count { (1..<2).contains($0) } == 0)
        #expect(times.count { $0 >= 2 } == 30)
    }

    @Test func burstsStandAtTheEndOfEachPeriod() {
        let profile = LoadProfile.burst(base: 10, peak: 100, length: 1, period: 5, seconds: 10)
        #expect(profile.seconds == 10)
        #expect(profile.expectedArrivals == 280)
        #expect([0.5, 4.5, 5.5, 9.5, 10.5, -1].map(profile.rate) == [10, 100, 10, 100, 0, 0])
        let cut = LoadProfile.burst(base: 10, peak: 100, length: 1, period: 5, seconds: 7)
        #expect(cut.seconds == 7)
        #expect(cut.pieces.count == 3)
    }

    @Test func soakRises() {
        let profile = LoadProfile.soak(100, seconds: 600)
        #expect(profile.rate(at: 30) == 50)
        #expect(profile.rate(at: 599) == 100)
        #expect(profile.seconds == 600)
    }

    @Test func arrivalsNeverGoBack() {
        for profile in [
            LoadProfile.ramp(from: 0, to: 1_000, seconds: 3), .ramp(from: 1_000, to: 0, seconds: 3),
            .steps([0, 500, 0, 900], seconds: 2), .burst(base: 0, peak: 400, length: 0.1, period: 0.3, seconds: 1.05),
        ] {
            for spacing in ArrivalSchedule.Spacing.allCases {
                let times = Array(ArrivalSchedule(profile, spacing: spacing, seed: 9))
                #expect(!times.isEmpty)
                #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
                #expect(times.allSatisfy { Double($0) <= profile.seconds * 1e9 })
            }
        }
    }

    /// Mean count, mean distance, and the share of distances above the mean, which is 1/e of an exponential one.
    @Test func poissonArrivalsAreExponential() {
        let times = seconds(.constant(1_000, seconds: 20), .poisson, seed: 42)
        #expect((19_500...20_500).contains(times.count))
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        let share = Double(gaps.count { $0 > 0.001 }) / Double(gaps.count)
        #expect((0.355...0.381).contains(share))
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
        #expect((0.93...1.07).contains(variance.squareRoot() / mean))
    }

    @Test func seedsDecide() {
        let profile = LoadProfile.constant(100, seconds: 2)
        #expect(seconds(profile, .poisson, seed: 5) == seconds(profile, .poisson, seed: 5))
        #expect(seconds(profile, .poisson, seed: 5) != seconds(profile, .poisson, seed: 6))
    }

    @Test func noRateNoArrival() {
        #expect(seconds(.constant(0, seconds: 5), .poisson).isEmpty)
        #expect(seconds(.constant(0, seconds: 5), .even).isEmpty)
    }
}
