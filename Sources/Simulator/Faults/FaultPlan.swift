import SMPP

/// A fault for a share of the messages, whoever they are for.
package struct FaultRate: Hashable, Sendable, CustomStringConvertible {
    /// Above 0, up to 1.
    package let probability: Double
    package let action: FaultAction

    /// Reads `P=ACTION`: `0.01=silent`, `5%=status:0x58`.
    package init(parsing text: String) throws(OptionProblem) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw OptionProblem("\"\(text)\" is not P=ACTION, such as 0.01=silent or 5%=status:0x58")
        }
        probability = try OptionText.probability(parts[0])
        action = try FaultAction(parsing: String(parts[1]))
    }

    package var description: String { "\(probability)=\(action)" }
}

/// A fault for every message that comes in some time after the simulator's start.
package struct TimedFault: Hashable, Sendable, CustomStringConvertible {
    package let time: FaultTime
    package let action: FaultAction

    /// Reads `FROM..UNTIL=ACTION` and `FROM..UNTIL/PERIOD=ACTION`: `10s..20s=silent`, `8s..10s/10s=late:2s`.
    package init(parsing text: String) throws(OptionProblem) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw OptionProblem("\"\(text)\" is not FROM..UNTIL=ACTION, such as 10s..20s=silent")
        }
        time = try FaultTime(parsing: String(parts[0]))
        action = try FaultAction(parsing: String(parts[1]))
    }

    package var description: String { "\(time)=\(action)" }
}

/// Every fault in force: those of a destination first, then those of the time, then those of chance.
struct FaultPlan: Sendable {
    private let table: FaultTable
    private let schedule: [TimedFault]
    private let rates: [FaultRate]

    init(_ options: SimulatorOptions) {
        table = FaultTable(rules: options.faults, withStandard: options.standardFaults)
        schedule = options.faultSchedule
        rates = options.faultRates
    }

    /// What to do with a message; nil is to accept it.
    ///
    /// - Parameters:
    ///   - part: which part of a long text it is; asked only where a rule wants to know.
    ///   - elapsed: since the simulator's start; asked only where there is a schedule.
    func action(
        for destination: Span<UInt8>, part: () -> UInt8?, elapsed: () -> Duration,
        using generator: inout SplitMix64
    ) -> FaultAction? {
        if let action = table.action(for: destination, part: part) { return action }
        if !schedule.isEmpty {
            let elapsed = elapsed()
            if let fault = schedule.first(where: { $0.time.isOn(elapsed) }) { return fault.action }
        }
        guard !rates.isEmpty else { return nil }
        var chance = Double.random(in: 0..<1, using: &generator)
        for rate in rates {
            chance -= rate.probability
            if chance < 0 { return rate.action }
        }
        return nil
    }
}
