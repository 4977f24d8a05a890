import TestPrograms
import Testing

/// What the carrier refuses for its own sake, 0x58 and 0x14, with `rate` and without.
@Suite struct ThrottlingTests {
    private static func limited(_ rate: Int, by second: String) -> [String] {
        ["--rate", "\(rate)", "--rate-second", second, "--latency", "20ms"]
    }

    /// Single messages are refused now and then: no reason to stop.
    @Test(.timeLimit(.minutes(10)), arguments: CarrierRun.some(["0x58", "0x14"]))
    func aFewRefusalsCostLittle(status: String) async throws {
        let run = try await overload(
            rate: 330, lines: ["rate: 300/s"],
            simulator: Self.limited(300, by: "sliding") + ["--fault-rate", "2%=status:\(status)"])
        run.expectTruth()
        #expect(run.carrier.maxInOneSecond <= 300, run.told)
        #expect((run.carrier.busyShare ?? 0) >= 0.8, run.told)
        #expect(Double(run.carrier.accepted) >= 0.8 * 300 * CarrierRun.seconds, run.told)
    }

    /// Nobody has told the bridge what the carrier takes.
    @Test(.timeLimit(.minutes(10)), arguments: CarrierRun.some(["sliding", "fixed"]))
    func anUnknownLimitIsUsed(second: String) async throws {
        let run = try await overload(
            rate: 300, lines: [], simulator: Self.limited(200, by: second))
        run.expectTruth()
        #expect((run.carrier.busyShare ?? 0) >= 0.9, run.told)
        #expect(Double(run.carrier.accepted) >= 0.9 * 200 * CarrierRun.seconds, run.told)
        #expect(Double(run.carrier.throttled) <= 0.05 * Double(run.carrier.submits), run.told)
    }
}
