/// One rate of a load in steps: its own messages, whenever they were answered. Times are in milliseconds.
package struct LoadStep: Hashable, Sendable, Codable {
    /// Messages a second that were wanted.
    package var rate: Double
    package var seconds: Double
    package var messages: Int
    package var accepted: Int
    package var errors: Int
    /// Of the answers, from the intended start; nil without answers.
    package var p50: Double?
    package var p99: Double?
    package var max: Double?
    /// Why it did not hold, in words; nil = it held.
    package var failed: String?

    /// It held where no threshold that can be asked of a step is broken by it, and the target kept up with it.
    private init(_ record: StepRecord, rate: Double, seconds: Double, _ thresholds: [Threshold]) {
        self.rate = rate
        self.seconds = (seconds * 1_000).rounded() / 1_000
        (messages, accepted, errors) = (record.messages, record.accepted, record.errors)
        if record.response.count > 0 {
            func ms(_ nanoseconds: UInt64) -> Double { (Double(nanoseconds) / 1_000).rounded() / 1_000 }
            (p50, p99) = (ms(record.response.percentile(50)), ms(record.response.percentile(99)))
            max = ms(record.response.maximum)
        }
        if messages == 0 {
            failed = rate > 0 ? "nothing was sent" : nil
        } else if let broken = thresholds.first(where: { $0.isBroken(by: record) }) {
            failed = broken.text
        } else if Double(messages - record.inTime) > Double(messages) * LoadLimits.stepLag {
            failed = "fell behind"
        }
    }

    /// A row for each step.
    static func rows(
        of records: [StepRecord], _ steps: [(rate: Double, until: Double)], _ thresholds: [Threshold]
    ) -> [LoadStep] {
        var start = 0.0
        return zip(records, steps).map { record, step in
            defer { start = step.until }
            return LoadStep(record, rate: step.rate, seconds: step.until - start, thresholds)
        }
    }

    /// The highest rate that held with all lower ones; nil: none.
    static func highestHeld(_ steps: [LoadStep]) -> Double? {
        let firstFailed = steps.filter { $0.failed != nil }.map(\.rate).min() ?? .infinity
        return steps.map(\.rate).filter { $0 < firstFailed && $0 > 0 }.max()
    }
}

extension Threshold {
    /// Whether a step has failed by it: what is of the whole run (receipts, the audit, counts of successes, rates) is not asked.
    fileprivate func isBroken(by record: StepRecord) -> Bool {
        func share(_ count: Int) -> Double { Double(count) * 100 / Double(Swift.max(1, record.messages)) }
        switch metric {
        case .time(.response, let statistic):
            return record.response.count > 0 && isBroken(by: record.response.milliseconds(statistic))
        case .count(.errors): return isBroken(by: Double(record.errors))
        case .count(.notStarted): return isBroken(by: Double(record.notStarted))
        case .count(.timeouts): return isBroken(by: Double(record.timeouts))
        case .percent(.errors): return isBroken(by: share(record.errors))
        case .percent(.notStarted): return isBroken(by: share(record.notStarted))
        case .percent(.timeouts): return isBroken(by: share(record.timeouts))
        case .percent(.accepted): return isBroken(by: share(record.accepted))
        case .time, .count, .percent, .rate, .sentRate: return false
        }
    }
}
