/// A run beside an older one, figure by figure.
package struct LoadComparison: Hashable, Sendable, Codable {
    /// One figure of both runs.
    package struct Figure: Hashable, Sendable, Codable {
        package var name: String
        /// `/s`, `%` or `ms`.
        package var unit: String
        package var before: Double
        package var now: Double
        /// By how many percent of `before` it is more now; nil where that was 0.
        package var changePercent: Double?
    }

    /// When the older run began, RFC 3339.
    package var started: String
    package var target: String
    package var shape: String
    package var figures: [Figure]

    init(_ report: LoadReport, with old: LoadReport) {
        (started, target, shape) = (old.started, old.target, old.shape)
        func figure(_ name: String, _ unit: String, _ value: (LoadReport) -> Double?) -> Figure? {
            guard let before = value(old), let now = value(report) else { return nil }
            let change = before == 0 ? nil : ((now - before) / before * 1_000).rounded() / 10
            return Figure(name: name, unit: unit, before: before, now: now, changePercent: change)
        }
        figures = [
            figure("accepted", "/s") { $0.acceptedPerSecond },
            figure("errors", "%") { ($0.errorPercent * 1_000).rounded() / 1_000 },
            figure("p50", "ms") { $0.response.p50 }, figure("p95", "ms") { $0.response.p95 },
            figure("p99", "ms") { $0.response.p99 }, figure("max", "ms") { $0.response.max },
            figure("service p99", "ms") { $0.service.p99 },
            figure("receipt p99", "ms") { $0.receipts?.delay?.p99 },
            figure("highest rate held", "/s") { $0.highestRateHeld },
        ].compactMap(\.self)
    }
}

extension LoadReport {
    /// The same report with an older one beside it.
    package func compared(with old: LoadReport) -> LoadReport {
        var report = self
        report.comparison = LoadComparison(self, with: old)
        return report
    }
}
