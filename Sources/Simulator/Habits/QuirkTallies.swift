import NIOCore
import SMPP
import Synchronization

/// What a simulator's connections count together.
final class QuirkTallies: Sendable {
    private struct State {
        var binds = 0
        var openBinds = 0
        var lastBind: NIODeadline?
        /// How often each limited quirk was played, by its key.
        var played: [Int: Int] = [:]
    }

    private let state = Mutex(State())

    /// The answer to a bind request that came `now`; the open one is counted where it is 0.
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
            if let maximum = quirks.maximum, state.openBinds >= maximum { return quirks.excessStatus }
            state.openBinds += 1
            return .ok
        }
    }

    /// A bind that `verdict` let in has ended.
    func bindEnded() {
        state.withLock { $0.openBinds -= 1 }
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
