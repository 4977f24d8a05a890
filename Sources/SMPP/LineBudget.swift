/// Log lines of one kind that others can cause at will: so many in a while; what is left out is counted.
package struct LineBudget: Sendable {
    private let lines: Int
    private let period: Duration
    private var end = MonotonicTime(nanoseconds: 0)
    private var said = 0
    private var leftOut = 0

    /// - Parameters:
    ///   - lines: so many in each `period`, at least one.
    package init(lines: Int, period: Duration) {
        self.lines = lines
        self.period = period
    }

    /// Nil: say nothing. Else how many lines were left out since the last one.
    package mutating func take(now: MonotonicTime) -> Int? {
        if now >= end {
            end = now + period
            said = 0
        }
        guard said < lines else {
            leftOut += 1
            return nil
        }
        said += 1
        defer { leftOut = 0 }
        return leftOut
    }
}
