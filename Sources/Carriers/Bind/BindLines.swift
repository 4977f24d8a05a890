import Logging
import SMPP

/// How loud a change of a bind's state is in the log: what is new is `notice` or `info`, what repeats is `debug`, so that a bind
/// writes a bounded number of lines, whatever its carrier does.
struct BindLines {
    /// Lines that are not `debug` in each minute. Not in the configuration: `log.level: debug` shows all of them.
    static let most = 12
    private static let every = Duration.seconds(60)

    /// What became of a change.
    struct Loudness: Hashable {
        var level: Logger.Level
        /// Changes before it, since the last loud one, that the bound left out.
        var leftOut = 0
    }

    private var wasUp = false
    /// An attempt came to nothing, and the bind was not up since.
    private var isFailing = false
    private var toldReason: BindFailure.Code?
    private var toldAt: MonotonicTime?
    private var budget = LineBudget(lines: Self.most, period: Self.every)

    /// The bind has come to this state.
    mutating func change(to state: BindState, _ reason: BindFailure.Code?, now: MonotonicTime) -> Loudness {
        let level = level(of: state, reason, now: now)
        guard level > .debug, let leftOut = budget.take(now: now) else { return Loudness(level: .debug) }
        return Loudness(level: level, leftOut: leftOut)
    }

    private mutating func level(of state: BindState, _ reason: BindFailure.Code?, now: MonotonicTime) -> Logger.Level {
        let isLost = wasUp
        wasUp = state == .bound
        switch state {
        case .bound:
            isFailing = false
            return .notice
        // The first attempt has its turn.
        case .waiting where reason == nil && !isLost:
            return .debug
        case .waiting:
            let isAgain = isFailing && !isLost
            isFailing = true
            // The carrier's own line tells each minute what goes on failing.
            if isAgain, toldReason == reason || toldAt.map({ now - $0 < Self.every }) ?? false { return .debug }
            toldReason = reason
            toldAt = now
            return .notice
        case .connecting, .binding:
            return isFailing && !isLost ? .debug : .info
        case .idle, .draining, .dismissed, .unbinding:
            return isLost ? .notice : .info
        case .stopped:
            isFailing = false
            return isLost ? .notice : .info
        }
    }
}
