import SMPP
import Testing

@Suite struct MonotonicTimeTests {
    private let second = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test func addsAndSubtracts() {
        #expect(second + .milliseconds(1500) == MonotonicTime(nanoseconds: 2_500_000_000))
        #expect(second + .milliseconds(-500) == MonotonicTime(nanoseconds: 500_000_000))
        #expect(second - MonotonicTime(nanoseconds: 400_000_000) == .milliseconds(600))
        #expect(MonotonicTime(nanoseconds: 0) - second == .seconds(-1))
    }

    @Test func staysInRange() {
        #expect(second + .seconds(-2) == MonotonicTime(nanoseconds: 0))
        #expect(MonotonicTime(nanoseconds: .max) + .seconds(1) == MonotonicTime(nanoseconds: .max))
        #expect((second + .seconds(Int64.max)).nanoseconds == second.nanoseconds + UInt64(Int64.max))
        #expect(Duration.seconds(Int64.min).nanoseconds == .min)
        #expect(MonotonicTime(nanoseconds: .max) - second == .nanoseconds(Int64.max))
    }

    @Test func orders() {
        #expect(MonotonicTime(nanoseconds: 1) < MonotonicTime(nanoseconds: 2))
        #expect(Duration.milliseconds(1500).inSeconds == 1.5)
    }
}
