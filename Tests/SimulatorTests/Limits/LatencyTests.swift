import SMPP
import Testing

@testable import Simulator

struct LatencyTests {
    private static func times(_ text: String, jitter: Duration = .zero, count: Int = 20_000) throws -> [Double] {
        let sampler = LatencySampler(try LatencyModel(parsing: text), jitter: jitter)
        var generator = SplitMix64(seed: 5)
        return (0..<count).map { _ in Double(sampler.next(using: &generator)) / 1e6 }.sorted()
    }

    private static func mean(_ times: [Double]) -> Double { times.reduce(0, +) / Double(times.count) }

    @Test func aConstantIsConstant() throws {
        #expect(Set(try Self.times("20ms", count: 10)) == [20])
        #expect(Set(try Self.times("0s", count: 10)) == [0])
    }

    @Test func jitterIsSpreadOnTop() throws {
        let times = try Self.times("20ms", jitter: .milliseconds(10))
        #expect(times[0] >= 20 && times[times.count - 1] <= 30 && (24.8...25.2).contains(Self.mean(times)))
    }

    @Test func aNormalOneHasItsMeanAndDeviation() throws {
        let times = try Self.times("normal:20ms:5ms")
        let mean = Self.mean(times)
        let deviation = Self.mean(times.map { ($0 - mean) * ($0 - mean) }).squareRoot()
        #expect((19.8...20.2).contains(mean) && (4.8...5.2).contains(deviation))
        // Below zero there is no time.
        #expect(try Self.times("normal:1ms:50ms")[0] == 0)
    }

    @Test func anExponentialOneHasItsMeanAndItsTail() throws {
        let times = try Self.times("exponential:20ms")
        #expect((19.4...20.6).contains(Self.mean(times)) && times[0] >= 0)
        // The median is ln 2 of the mean, the 99th percentile ln 100.
        #expect((13.3...14.5).contains(times[times.count / 2]))
        #expect((85...100).contains(times[times.count * 99 / 100]))
    }

    @Test func percentilesAreMet() throws {
        let times = try Self.times("p50=20ms,p95=80ms,p99=300ms")
        #expect(times[0] == 20 && times[times.count - 1] == 300)
        #expect(times[times.count / 2 - 200] == 20)
        #expect((76...84).contains(times[times.count * 95 / 100]))
        #expect((280...300).contains(times[times.count * 99 / 100]))
    }

    @Test func noTimeIsLongerThanAnHour() throws {
        #expect(try Self.times("exponential:60m").allSatisfy { $0 <= 3_600_000 })
    }

    @Test func aGrowthIsAddedUpToItsBound() throws {
        let growth = try LatencyGrowth(parsing: "20ms/s:2s")
        #expect(growth.description == "20ms/s:2s")
        #expect(
            [0, 500, 10_000, 100_000, 3_600_000].map { growth.added(.milliseconds($0)) }
                == [.zero, .milliseconds(10), .milliseconds(200), .seconds(2), .seconds(2)])
    }

    @Test(arguments: ["", "20ms", "20ms/s", "20ms:2s", "20ms/s:", "/s:2s", "20ms/m:2s", "20ms/s:2s:3s", "20ms/s:61m"])
    func otherGrowthsAreRefused(text: String) {
        #expect(throws: OptionProblem.self) { try LatencyGrowth(parsing: text) }
    }

    @Test func answersTakeLongerAndLonger() async throws {
        var options = SimulatorOptions()
        options.latencyGrowth = try LatencyGrowth(parsing: "100ms/s:1s")
        try await withSimulator(options) { _, address in
            let esme = try await ESME.bound(address)
            for least in [0, 59, 118] {
                let start = ContinuousClock.now
                #expect(try await esme.submit("79160000000").0 == .ok)
                #expect(ContinuousClock.now - start >= .milliseconds(least))
                try await Task.sleep(for: .milliseconds(600))
            }
        }
    }

    @Test(arguments: [
        "", "20", "20h", "-1ms", "normal", "normal:20ms", "normal:20ms:", "normal:20ms:5ms:1ms", "exponential",
        "exponential:", "gamma:20ms", "p50", "p50=", "p101=1s", "p50=20ms,p50=30ms", "p50=20ms,p40=30ms",
        "p50=20ms,p90=10ms", "p50=20ms,", "px=20ms", "61m", "p50=20ms,90=30ms",
    ])
    func otherTextsAreRefused(text: String) {
        #expect(throws: OptionProblem.self) { try LatencyModel(parsing: text) }
    }
}
