import SMPP
import Testing

@Suite struct BackoffTests {
    @Test func doublesUpToItsMaximum() {
        var backoff = Backoff(first: .seconds(1), max: .seconds(60))
        let waits = (0..<9).map { _ in backoff.next(jitter: 1) }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { Duration.seconds($0) })
        backoff.reset()
        #expect(backoff.next(jitter: 1) == .seconds(1))
    }

    @Test func jitterTakesUpToHalf() {
        #expect(Backoff.jittered(.seconds(10), 0) == .seconds(5))
        #expect(Backoff.jittered(.seconds(10), 0.5) == .milliseconds(7500))
        #expect(Backoff.jittered(.seconds(10), 7) == .seconds(10))
        #expect(Backoff.jittered(.seconds(10), .nan) == .seconds(10))
    }

    @Test func neverOverflows() {
        var backoff = Backoff(first: .seconds(60), max: .seconds(1))
        for _ in 0..<10_000 { #expect(backoff.next(jitter: 1) == .seconds(60)) }
    }
}
