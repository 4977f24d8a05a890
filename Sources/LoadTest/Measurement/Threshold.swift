/// A condition under which a run has failed: `p99>50ms`, `errors>0.1%`, `rate<200/s`, `lost>0`.
///
///     threshold = metric op number [unit]
///     metric    = [ "service." | "receipt." ] time | count | "rate" | "sent_rate"
///     time      = "p" percent | "mean" | "max" | "min"
///     op        = ">" | ">=" | "<" | "<=" | "==" | "!="
///     unit      = "us" | "ms" | "s" (times) | "/s" (rates) | "%" (errors, accepted, missing_receipts)
package struct Threshold: Hashable, Sendable {
    /// Which times.
    package enum Source: String, Hashable, Sendable, CaseIterable {
        /// From the intended start: what a user waits.
        case response
        /// From the actual start: what the target takes.
        case service
        /// From the answer to the receipt.
        case receipt
    }

    /// Which figure of a distribution.
    package enum Statistic: Hashable, Sendable {
        case percentile(Double)
        case mean, maximum, minimum
    }

    /// What is counted.
    package enum Count: String, Hashable, Sendable, CaseIterable {
        case errors, accepted, lost, duplicated, changed
        /// Falsely told: received though refused, false partials, unexpected messages, stray pieces.
        case `false`
        /// Everything that the audit found.
        case audit
        case missingReceipts = "missing_receipts"
        case notStarted = "not_started"
        case timeouts

        /// Whether a share of all messages makes sense of it.
        var mayBePercent: Bool {
            switch self {
            case .errors, .accepted, .missingReceipts, .notStarted, .timeouts: true
            case .lost, .duplicated, .changed, .false, .audit: false
            }
        }
    }

    /// What is measured.
    package enum Metric: Hashable, Sendable {
        case time(Source, Statistic)
        case count(Count)
        case percent(Count)
        /// Accepted messages a second.
        case rate
        case sentRate
    }

    /// How the measured stands to the limit where the run has failed.
    package enum Comparison: String, Hashable, Sendable, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case equal = "=="
        case different = "!="
        case more = ">"
        case less = "<"

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .atLeast: left >= right
            case .atMost: left <= right
            case .equal: left == right
            case .different: left != right
            case .more: left > right
            case .less: left < right
            }
        }
    }

    /// Why a text is no threshold.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String
    }

    /// As it was written.
    package let text: String
    package let metric: Metric
    package let comparison: Comparison
    /// Milliseconds, a count, percent or messages a second.
    package let limit: Double

    package init(_ text: String) throws(Problem) {
        let compact = text.filter { !$0.isWhitespace }
        guard let found = Self.comparison(in: compact) else {
            throw Problem(description: "'\(text)': there is no >, >=, <, <=, == or != in it")
        }
        let name = String(compact[..<found.range.lowerBound])
        let value = compact[found.range.upperBound...]
        let digits = value.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = String(value.dropFirst(digits.count))
        guard let number = Double(digits), number.isFinite else {
            throw Problem(description: "'\(text)': no number follows \(found.comparison.rawValue)")
        }
        self.text = text
        comparison = found.comparison
        (metric, limit) = try Self.metric(name, number, unit, text)
    }

    /// A run with errors has failed, unless one of the thresholds says how many there may be, or how much must be accepted.
    static func implied(beside thresholds: [Threshold]) -> [Threshold] {
        let isSaid = thresholds.contains { threshold in
            switch threshold.metric {
            case .count(.errors), .percent(.errors), .count(.accepted), .percent(.accepted): true
            case .count, .percent, .time, .rate, .sentRate: false
            }
        }
        return isSaid ? [] : [Threshold(text: "errors>0", metric: .count(.errors), comparison: .more, limit: 0)]
    }

    private init(text: String, metric: Metric, comparison: Comparison, limit: Double) {
        self.text = text
        self.metric = metric
        self.comparison = comparison
        self.limit = limit
    }

    /// Whether the run has failed by it, with a value in the unit of `limit`.
    package func isBroken(by value: Double) -> Bool { comparison.holds(value, limit) }

    /// A value with its unit.
    package func text(of value: Double) -> String {
        switch metric {
        case .time: ReportFigures.time(value)
        case .count: value.short
        case .percent: "\(value.short) %"
        case .rate, .sentRate: "\(value.short)/s"
        }
    }

    private static func comparison(in text: String) -> (comparison: Comparison, range: Range<String.Index>)? {
        guard let start = text.firstIndex(where: { "<>=!".contains($0) }) else { return nil }
        // Those of two characters come first among the cases.
        let rest = text[start...]
        guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else { return nil }
        return (comparison, start..<text.index(start, offsetBy: comparison.rawValue.count))
    }

    private static func metric(
        _ name: String, _ number: Double, _ unit: String, _ text: String
    ) throws(Problem) -> (Metric, Double) {
        switch name {
        case "rate", "sent_rate":
            guard unit.isEmpty || unit == "/s" else {
                throw Problem(description: "'\(text)': a rate's unit is /s, not \(unit)")
            }
            return (name == "rate" ? .rate : .sentRate, number)
        default: break
        }
        if let count = Count(rawValue: name) {
            switch unit {
            case "": return (.count(count), number)
            case "%" where count.mayBePercent: return (.percent(count), number)
            case "%": throw Problem(description: "'\(text)': \(name) is a count, not a share")
            default: throw Problem(description: "'\(text)': \(name) has no unit \(unit)")
            }
        }
        guard let (source, statistic) = time(name) else {
            let counts = Count.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                description: "'\(text)': '\(name)' is not known; known are p50 to p99.999, mean, max, min "
                    + "(also service.p99, receipt.p99), rate, sent_rate, \(counts)")
        }
        let scales: [String: Double] = ["us": 0.001, "ms": 1, "s": 1_000]
        guard let scale = scales[unit] else {
            throw Problem(description: "'\(text)': a time needs a unit: us, ms or s")
        }
        return (.time(source, statistic), number * scale)
    }

    private static func time(_ name: String) -> (Source, Statistic)? {
        var source = Source.response
        var rest = Substring(name)
        for each in Source.allCases where rest.hasPrefix(each.rawValue + ".") {
            source = each
            rest = rest.dropFirst(each.rawValue.count + 1)
            break
        }
        switch rest {
        case "mean": return (source, .mean)
        case "max": return (source, .maximum)
        case "min": return (source, .minimum)
        default: break
        }
        guard rest.first == "p", rest.dropFirst().allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let percent = Double(rest.dropFirst()), percent > 0, percent <= 100
        else { return nil }
        return (source, .percentile(percent))
    }
}
