package import NIOCore
import Synchronization

/// Log lines of one kind that strangers can cause at will: so many in a while; what is left out is counted.
package final class LogBudget: Sendable {
    private struct State {
        var periodEnd: UInt64 = 0
        var said = 0
        var leftOut = 0
    }

    private let lines: Int
    private let period: TimeAmount
    private let state = Mutex(State())

    /// - Parameters:
    ///   - lines: so many in each `period`, at least one.
    package init(lines: Int = 20, period: TimeAmount = .seconds(10)) {
        self.lines = lines
        self.period = period
    }

    /// Nil: say nothing. Else what to put behind the line: how many were left out before it, where any were.
    package func take(now: NIODeadline = .now()) -> String? {
        state.withLock { state in
            if now.uptimeNanoseconds >= state.periodEnd {
                state.periodEnd = (now + period).uptimeNanoseconds
                state.said = 0
            }
            guard state.said < lines else {
                state.leftOut += 1
                return nil
            }
            state.said += 1
            defer { state.leftOut = 0 }
            return state.leftOut == 0 ? "" : " (\(state.leftOut) more such lines were left out)"
        }
    }
}
