import SMPP
import Synchronization

/// A carrier's pace, shared by its binds on different event loops: a `TokenBucket` over one atomic.
final class SharedPace: Sendable {
    let rate: Double
    private let bucket: TokenBucket
    private let state = Atomic<UInt64>(0)

    /// - Parameter rate: PDUs per second, above 0.
    init(rate: Double) {
        self.rate = rate
        bucket = TokenBucket(rate: rate)
    }

    /// Takes the next turn: when one PDU may be written.
    func reserve(now: MonotonicTime) -> MonotonicTime {
        var current = state.load(ordering: .relaxed)
        while true {
            let (due, next) = bucket.reserve(state: current, now: now)
            let (exchanged, original) = state.weakCompareExchange(
                expected: current, desired: next, ordering: .relaxed)
            if exchanged { return due }
            current = original
        }
    }

    /// Gives a turn back, if nobody took one after it.
    func giveBack(_ due: MonotonicTime) {
        let (_, next) = bucket.reserve(state: due.nanoseconds, now: MonotonicTime(nanoseconds: 0))
        _ = state.compareExchange(expected: next, desired: due.nanoseconds, ordering: .relaxed)
    }
}
