import Carriers
import SMPP
import Testing

@testable import Operations

struct BindChartTests {
    private static func at(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64(seconds * 1e9))
    }

    private static func bind(accepted: Int, times: TimeHistogram = TimeHistogram(), window: Int = 0) -> BindStatus {
        MonitorReportTests.bind {
            $0.totals.segments.accepted = UInt64(accepted)
            $0.times.responses = times
            $0.window.inUse = window
        }
    }

    @Test func samplesAreDifferences() {
        var chart = BindChart()
        var times = TimeHistogram()
        chart.add(Self.bind(accepted: 1000, times: times), at: Self.at(10))
        #expect(chart.samples.isEmpty)
        times.add(.milliseconds(20))
        times.add(.milliseconds(40))
        chart.add(Self.bind(accepted: 1100, times: times, window: 3), at: Self.at(20))
        chart.add(Self.bind(accepted: 1100, times: times), at: Self.at(30))
        let samples = Array(chart.samples)
        #expect(samples.map(\.rate) == [10, 0])
        #expect(samples.map(\.windowInUse) == [3, 0])
        #expect(abs((samples[0].response ?? 0) - 0.03) < 1e-9)
        #expect(samples[1].response == nil)
        #expect(samples.map(\.light) == [.green, .green])
    }

    /// The time between two looks is not always ten seconds.
    @Test func theRateKnowsHowLongItTook() {
        var chart = BindChart()
        chart.add(Self.bind(accepted: 0), at: Self.at(0))
        chart.add(Self.bind(accepted: 100), at: Self.at(40))
        chart.add(Self.bind(accepted: 200), at: Self.at(40))
        #expect(chart.samples.map(\.rate) == [2.5])
    }

    @Test func aBindThatWasMadeAnewCountsFromZero() {
        var chart = BindChart()
        var times = TimeHistogram()
        times.add(.seconds(1))
        chart.add(Self.bind(accepted: 5000, times: times), at: Self.at(0))
        chart.add(Self.bind(accepted: 50), at: Self.at(10))
        #expect(chart.samples.map(\.rate) == [5])
        #expect(chart.recent(Self.bind(accepted: 50), now: Self.at(11)).answers == 0)
    }

    @Test func memoryHasAnEnd() {
        var chart = BindChart()
        for tick in 0...1000 { chart.add(Self.bind(accepted: tick * 10), at: Self.at(Double(tick) * 10)) }
        #expect(chart.samples.count == BindChart.kept)
    }

    @Test func percentilesForgetWhatIsOld() throws {
        var chart = BindChart()
        var times = TimeHistogram()
        for _ in 0..<100 { times.add(.seconds(4)) }
        for tick in 0...40 { chart.add(Self.bind(accepted: 100, times: times), at: Self.at(Double(tick) * 10)) }
        #expect(chart.recent(Self.bind(accepted: 100, times: times), now: Self.at(401)) == BindRecent())
        for _ in 0..<100 { times.add(.milliseconds(20)) }
        let recent = chart.recent(Self.bind(accepted: 200, times: times), now: Self.at(402))
        #expect(recent.answers == 100)
        let p50 = try #require(recent.p50)
        #expect(p50 > 0.01 && p50 <= 0.025)
        #expect((recent.p99 ?? .nan) <= 0.025)
        // A hundred in the last twelve seconds.
        #expect(abs(recent.rate - 8.3) < 0.01)
    }

    @Test func quantilesAreReadWithinTheirBucket() {
        var times = TimeHistogram()
        for _ in 0..<90 { times.add(.milliseconds(8)) }
        for _ in 0..<10 { times.add(.milliseconds(80)) }
        let between = times.since(TimeHistogram())
        #expect((between.quantile(0.5) ?? .nan) < 0.01)
        #expect((between.quantile(0.95) ?? .nan) > 0.05)
        var long = TimeHistogram()
        long.add(.seconds(100))
        #expect(long.since(TimeHistogram()).quantile(0.5) == 30)
        #expect(TimeHistogram().since(TimeHistogram()).quantile(0.5) == nil)
    }

    @Test func whatIsGoneIsForgotten() {
        let history = MonitorHistory()
        let carrier = MonitorReportTests.carrier(Self.bind(accepted: 0))
        history.sample([carrier], at: Self.at(0))
        history.sample([carrier], at: Self.at(10))
        #expect(history.samples(carrier: "main", bind: "1").count == 1)
        history.sample([], at: Self.at(20))
        #expect(history.samples(carrier: "main", bind: "1").isEmpty)
        #expect(history.recent(carrier, now: Self.at(21)) == [BindRecent()])
    }
}
