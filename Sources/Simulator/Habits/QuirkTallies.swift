import NIOCore
import SMPP
import Synchronization

/// What a simulator's connections count together.
final class QuirkTallies: Sendable {
    private struct State {
        var binds = 0
        var lastBind: NIODeadline?
        /// How often each limited quirk was played, by its key.
        var played: [Int: Int] = [:]
    }

    private let state = Mutex(State())

    /// The answer to a bind request that came `now`.
    func verdict(on kind: BindKind, by quirks: BindQuirks, now: NIODeadline) -> CommandStatus {
        state.withLock { state in
            let index = state.binds
            state.binds += 1
            let last = state.lastBind
            state.lastBind = now
            if let refusal = quirks.refusal { return refusal }
            if index < quirks.firstAnswers.count { return quirks.firstAnswers[index] }
            guard quirks.kinds.contains(kind) else { return .bindFailed }
            if let last, now - last < TimeAmount(quirks.leastGap) { return .throttled }
            return .ok
        }
    }

    /// Whether something may be played once more, which counts it.
    func mayPlay(_ key: Int, atMost limit: Int) -> Bool {
        guard limit < .max else { return true }
        return state.withLock { state in
            guard state.played[key, default: 0] < limit else { return false }
            state.played[key, default: 0] += 1
            return true
        }
    }
}
