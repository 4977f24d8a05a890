package import NIOCore
import SMPP
import Synchronization

/// Log lines of one kind that strangers can cause at will, from any thread: so many in a while. Not in the configuration: what is left
/// out is counted in the next line, and the metrics count everything.
package final class LogBudget: Sendable {
    private let budget: Mutex<LineBudget>

    /// - Parameter lines: so many in each ten seconds, at least one.
    package init(lines: Int = 20) {
        budget = Mutex(LineBudget(lines: lines, period: .seconds(10)))
    }

    /// Nil: say nothing. Else what to put behind the line: how many were left out before it, where any were.
    package func take(now: NIODeadline = .now()) -> String? {
        let leftOut = budget.withLock { $0.take(now: MonotonicTime(nanoseconds: now.uptimeNanoseconds)) }
        return leftOut.map { $0 == 0 ? "" : " (\($0) more such lines were left out)" }
    }
}
