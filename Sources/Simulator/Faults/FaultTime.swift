/// When something goes wrong, counted from the simulator's start: once, or in every period.
package struct FaultTime: Hashable, Sendable, CustomStringConvertible {
    /// Since the start, or since the start of each period.
    package let from: Duration
    package let until: Duration
    /// Nil where it comes once.
    package let period: Duration?

    /// Reads `FROM..UNTIL` and `FROM..UNTIL/PERIOD`: `10s..20s`, `8s..10s/10s`.
    package init(parsing text: String) throws(OptionProblem) {
        let times = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let dots = times[0].firstRange(of: "..") else {
            throw OptionProblem("\"\(text)\" is not FROM..UNTIL, such as 10s..20s or 8s..10s/10s")
        }
        from = try OptionText.time(times[0][..<dots.lowerBound])
        until = try OptionText.time(times[0][dots.upperBound...])
        period = times.count == 2 ? try OptionText.time(times[1]) : nil
        guard from < until else { throw OptionProblem("\"\(text)\" ends before it begins") }
        if let period, period < until { throw OptionProblem("\"\(text)\" is longer than its period") }
    }

    package var description: String {
        let period = period.map { "/" + OptionText.text($0) } ?? ""
        return "\(OptionText.text(from))..\(OptionText.text(until))\(period)"
    }

    /// Whether it is on, so long after the start.
    func isOn(_ elapsed: Duration) -> Bool { left(elapsed) != nil }

    /// How long it is still on; nil where it is not.
    func left(_ elapsed: Duration) -> Duration? {
        var time = elapsed
        if let period { time -= period * Int(elapsed / period) }
        return from <= time && time < until ? until - time : nil
    }
}
