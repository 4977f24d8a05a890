import Testing

@testable import SMPP

@Suite struct HostRotationTests {
    private let start = MonotonicTime(nanoseconds: 100_000_000_000)

    private func hosts(_ count: Int) -> HostRotation {
        HostRotation(
            count: count, backoff: Backoff(first: .seconds(1), max: .seconds(60)), refusedWait: .seconds(1))
    }

    @Test func aRefusedConnectionDoesNotMakeTheWaitGrow() {
        var hosts = hosts(1)
        var now = start
        for _ in 0..<100 {
            let due = hosts.failed(isRefused: true, now: now, jitter: 1)
            #expect(due == now + .seconds(1))
            now = due ?? now
        }
        #expect(hosts.failed(isRefused: false, now: now, jitter: 1) == now + .seconds(1))
        #expect(hosts.failed(isRefused: false, now: now, jitter: 1) == now + .seconds(2))
    }

    @Test func allAreTriedBeforeAWait() {
        var hosts = hosts(3)
        #expect(hosts.failed(isRefused: false, now: start, jitter: 1) == nil)
        #expect(hosts.current == 1)
        #expect(hosts.failed(isRefused: true, now: start, jitter: 0) == nil)
        #expect(hosts.current == 2)
        // The second is due first.
        #expect(hosts.failed(isRefused: false, now: start, jitter: 1) == start + .milliseconds(500))
        #expect(hosts.current == 1)
    }

    @Test func aDarkHostIsTriedLessAndLess() {
        var hosts = hosts(2)
        var now = start
        var tries = [0, 0]
        // The first takes 10 s to fail, the second refuses at once.
        while now < start + .seconds(1000) {
            tries[hosts.current] += 1
            let isRefused = hosts.current == 1
            if !isRefused { now = now + .seconds(10) }
            now = hosts.failed(isRefused: isRefused, now: now, jitter: 1) ?? now
        }
        #expect(tries[0] < 20)
        #expect(tries[1] > 750)
    }

    @Test func successBeginsAnew() {
        var hosts = hosts(2)
        for _ in 0..<8 { _ = hosts.failed(isRefused: false, now: start, jitter: 1) }
        hosts.succeeded()
        #expect(hosts.comeBack(now: start, jitter: 1) == start + .seconds(1))
    }
}
