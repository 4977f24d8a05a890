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
}

/// A bind's turn at its carrier's pace: at most one is held.
struct PaceTurn {
    private let pace: SharedPace
    private var due: MonotonicTime?

    init(_ pace: SharedPace) {
        self.pace = pace
    }

    /// When the turn that is held comes.
    var heldUntil: MonotonicTime? { due }

    /// Uses up a turn if one has come; otherwise holds the next one.
    mutating func take(now: MonotonicTime) -> Bool {
        if let due, now - due > TokenBucket.staleAfter { self.due = nil }
        let turn = due ?? pace.reserve(now: now)
        due = turn <= now ? nil : turn
        return due == nil
    }
}
