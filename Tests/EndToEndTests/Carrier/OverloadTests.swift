import TestPrograms
import Testing

/// More is posted than the carrier takes: it costs refusals, at once, and never the truth.
@Suite struct OverloadTests {
    private static let rate = 30
    private static let limited = ["--rate", "\(rate)", "--rate-second", "sliding", "--latency", "50ms"]

    /// All that the carrier's contract allows is used, and not one message more.
    private static func expectBusy(_ run: CarrierRun) {
        #expect(run.carrier.maxInOneSecond <= rate, run.told)
        #expect((run.carrier.busyShare ?? 0) >= 0.9, run.told)
        #expect(Double(run.carrier.accepted) >= 0.9 * Double(rate) * CarrierRun.seconds, run.told)
    }

    /// Once the queue is full, who comes is told so at once.
    private static func expectRefusalsAtOnce(_ run: CarrierRun) {
        let late = run.posts.filter { $0.isRefused && $0.due > CarrierRun.seconds / 2 }
        #expect(!late.isEmpty, run.told)
        #expect(late.time(atMost: 0.95) <= 0.1, run.told)
    }

    @Test(.timeLimit(.minutes(10)), arguments: CarrierRun.some([60, 300]))
    func moreThanTheRate(offered: Int) async throws {
        let run = try await overload(rate: offered, lines: ["rate: \(Self.rate)/s"], simulator: Self.limited)
        run.expectTruth()
        Self.expectBusy(run)
        Self.expectRefusalsAtOnce(run)
    }

    /// 20 messages a second of three parts each are 60 submits.
    @Test(.timeLimit(.minutes(10))) func longTexts() async throws {
        let run = try await overload(
            rate: 20, length: OpenPosters.threeParts, parts: 3, lines: ["rate: \(Self.rate)/s"],
            simulator: Self.limited)
        run.expectTruth()
        Self.expectBusy(run)
        Self.expectRefusalsAtOnce(run)
    }

    /// Answers that come late, but within `timeouts.response`: a fifth of them, all of them more and more, or all of those in 2 of
    /// every 10 seconds.
    @Test(
        .timeLimit(.minutes(10)),
        arguments: CarrierRun.some([
            ["--latency", "50ms", "--fault-rate", "20%=late:2s"],
            ["--latency", "200ms", "--latency-growth", "10ms/s:1s"],
            ["--latency", "50ms", "--stall", "8s..10s/10s"],
        ]))
    func slowAnswers(simulator: [String]) async throws {
        let run = try await overload(rate: 60, lines: ["rate: \(Self.rate)/s"], simulator: simulator)
        run.expectTruth()
        #expect(run.carrier.maxInOneSecond <= Self.rate, run.told)
    }
}
