import Testing

@testable import SMPP

@Suite struct SubmitVerdictTests {
    private let now = MonotonicTime(nanoseconds: 10_000_000_000)

    private func decide(
        _ status: UInt32, attempts: Int = 0, pause: Duration = .seconds(1), left: Duration = .seconds(5)
    ) -> SubmitVerdict {
        let status = CommandStatus(rawValue: status)
        return SubmitVerdict.decide(
            status: status, messageID: "id", rule: StatusTable.standard.row(for: status).retry, attempts: attempts,
            pauseEnd: now + pause, now: now, deadline: now + left)
    }

    @Test func decides() {
        #expect(decide(0x00) == .accepted(messageID: "id"))
        #expect(decide(0x0B) == .refused(.invalidDestinationAddress))
        #expect(decide(0x08) == .retry(.systemError, at: now + .seconds(1)))
        #expect(decide(0x08, attempts: 1) == .retry(.systemError, at: now + .seconds(1)))
        #expect(decide(0x08, attempts: 2) == .refused(.systemError))
        #expect(decide(0x45, attempts: 0) == .retry(.submitFailed, at: now + .seconds(1)))
        #expect(decide(0x45, attempts: 1) == .refused(.submitFailed))
        #expect(decide(0x58) == .retryAfterPause(.throttled))
        #expect(decide(0x14) == .retryAfterPause(.messageQueueFull))
        #expect(decide(0x04) == .otherBind(.invalidBindStatus))
    }

    @Test func aRetryAfterTheDeadlineIsNone() {
        #expect(decide(0x08, left: .seconds(1)) == .refused(.systemError))
        #expect(decide(0x58, pause: .seconds(5), left: .seconds(5)) == .refused(.throttled))
    }
}
