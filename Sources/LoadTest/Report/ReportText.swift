/// The report for a terminal.
package enum ReportText {
    /// Lines, without an end of line.
    package static func lines(_ report: LoadReport) -> [String] {
        head(report) + times(report) + steps(report) + faults(report) + receipts(report) + audit(report)
            + driver(report) + comparison(report) + checks(report)
    }

    private static func head(_ report: LoadReport) -> [String] {
        let share = ReportFigures.percent(report.count(.accepted), of: report.messages)
        return [
            "", "\(report.target)   \(report.shape)" + (report.interrupted ? "   STOPPED EARLY" : ""),
            "  messages   \(report.messages) in \(report.elapsed.short) s: "
                + "\(report.count(.accepted)) accepted (\(share)), \(report.errors) errors",
            "  rate       \(report.acceptedPerSecond.short)/s accepted, \(report.sentPerSecond.short)/s sent"
                + (report.acceptedSegments > 0 ? ", \(report.acceptedSegments) segments" : ""),
        ]
    }

    private static func times(_ report: LoadReport) -> [String] {
        let columns = ["p50", "p90", "p95", "p99", "p99.9", "max"]
        func row(_ name: String, _ times: LoadReport.Latency) -> String {
            let values = [times.p50, times.p90, times.p95, times.p99, times.p999, times.max]
            return "  " + name.padded(20) + values.map { ReportFigures.time($0).padded(11) }.joined()
        }
        let receipts = report.receipts?.delay.map { [row("receipt", $0)] } ?? []
        return [
            "  " + "time".padded(20) + columns.map { $0.padded(11) }.joined(),
            row("response (intended)", report.response), row("service (sent)", report.service),
        ] + receipts
    }

    private static func steps(_ report: LoadReport) -> [String] {
        guard let steps = report.steps else { return [] }
        let heads = ["rate", "messages", "accepted", "errors", "p50", "p99", "max"]
        let rows = steps.map { step in
            ["\(step.rate.short)/s", "\(step.messages)", "\(step.accepted)", "\(step.errors)"]
                + [step.p50, step.p99, step.max].map { $0.map(ReportFigures.time) ?? "-" }
        }
        func line(_ name: String, _ cells: [String], _ end: String) -> String {
            "  " + name.padded(8) + cells.map { $0.padded(11) }.joined() + end
        }
        return [line("step", heads, "")]
            + zip(rows, steps).enumerated().map { index, row in
                line("\(index + 1)", row.0, row.1.failed.map { "FAILED: \($0)" } ?? "held")
            } + ["  held       \(ReportFigures.highestHeld(report))"]
    }

    private static func comparison(_ report: LoadReport) -> [String] {
        guard let comparison = report.comparison else { return [] }
        func line(_ cells: [String]) -> String { "    " + cells.map { $0.padded(20) }.joined() }
        return [
            "  compared with the run of \(comparison.started), \(comparison.target), \(comparison.shape)",
            line(["", "before", "now", "change"]),
        ] + comparison.figures.map { line(ReportFigures.cells($0)) }
    }

    private static func faults(_ report: LoadReport) -> [String] {
        report.faults.prefix(20).map { "  not accepted  \($0.count) × \($0.text)" }
            + (report.connections.lost + report.connections.failures > 0
                ? [
                    "  connections   \(report.connections.lost) lost, \(report.connections.failures) attempts failed"
                        + (report.connections.lastFailure.map { ": \($0)" } ?? "")
                ] : [])
            + (report.replayed > 0 ? ["  replayed      \(report.replayed) answers came from the ledger"] : [])
    }

    private static func receipts(_ report: LoadReport) -> [String] {
        guard let receipts = report.receipts else { return [] }
        let states = receipts.states.sorted { $0.key < $1.key }.map { ", \($0.value) \($0.key)" }.joined()
        var lines = [
            "  receipts   \(receipts.matched) of \(receipts.expected) matched, \(receipts.missing) missing, "
                + "\(receipts.duplicates) repeated, \(receipts.unmatched) of nobody\(states)"
        ]
        lines += receipts.missingList.prefix(10).map { "    missing  \($0)" }
        let shown = min(10, receipts.missingList.count)
        if receipts.missing > shown { lines.append("    … \(receipts.missing - shown) more") }
        return lines
    }

    private static func audit(_ report: LoadReport) -> [String] {
        guard let audit = report.audit else { return [] }
        var lines = ["  audit      \(ReportFigures.verdict(audit))"]
        for kind in AuditReport.Kind.allCases where audit.count(kind) > 0 {
            lines.append("    \(ReportFigures.words(kind))  \(audit.count(kind))")
            let found = audit.findings.filter { $0.kind == kind }
            lines += found.prefix(10).map { "      \($0.marker)  \($0.detail)" }
            if audit.count(kind) > 10 { lines.append("      … \(audit.count(kind) - min(10, found.count)) more") }
        }
        if audit.doubtfulReceived + audit.doubtfulMissing > 0 {
            lines.append(
                "    without a known end: \(audit.doubtfulReceived) received, \(audit.doubtfulMissing) not received")
        }
        return lines
    }

    private static func driver(_ report: LoadReport) -> [String] {
        let driver = report.driver
        return [
            "  driver     \(driver.cpuMicrosecondsPerMessage.short) µs CPU a message, \(driver.cores.short) cores, "
                + "\(ReportFigures.bytes(driver.peakMemoryBytes)), latest start \(ReportFigures.time(driver.latestStart))"
        ]
    }

    private static func checks(_ report: LoadReport) -> [String] {
        report.checks.map { "  \($0.passed ? "ok    " : "FAILED")     \($0.threshold)   (\($0.valueText))" }
    }
}

/// Figures in words, the same in every report.
enum ReportFigures {
    /// Milliseconds in the unit that suits, with three digits.
    static func time(_ ms: Double) -> String {
        if ms < 0.9995 { return "\(digits(ms * 1_000)) µs" }
        if ms < 999.5 { return "\(digits(ms)) ms" }
        return "\(digits(ms / 1_000)) s"
    }

    private static func digits(_ value: Double) -> String {
        let scale: Double = value < 9.995 ? 100 : value < 99.95 ? 10 : 1
        return ((value * scale).rounded() / scale).short
    }

    /// Of a load in steps.
    static func highestHeld(_ report: LoadReport) -> String {
        report.highestRateHeld.map { "the highest rate that held: \($0.short)/s" } ?? "no rate held"
    }

    /// Name, before, now, change.
    static func cells(_ figure: LoadComparison.Figure) -> [String] {
        func text(_ value: Double) -> String {
            switch figure.unit {
            case "ms": time(value)
            case "%": "\(value.short) %"
            default: value.short + figure.unit
            }
        }
        let change = figure.changePercent.map { ($0 > 0 ? "+" : "") + "\($0.short) %" } ?? ""
        return [figure.name, text(figure.before), text(figure.now), change]
    }

    static func percent(_ part: Int, of whole: Int) -> String {
        whole == 0 ? "0 %" : "\((Double(part) * 100 / Double(whole)).short) %"
    }

    static func bytes(_ count: Int) -> String {
        count >= 1 << 30
            ? "\((Double(count) / Double(1 << 30)).short) GiB" : "\((Double(count) / Double(1 << 20)).short) MiB"
    }

    static func verdict(_ audit: AuditReport) -> String {
        switch audit.verdict {
        case .clean: "clean: \(audit.received) messages received once, unchanged and as told"
        case .faults: "\(audit.total) FAULTS among \(audit.received) messages received"
        case .incomplete: "INCOMPLETE: \(audit.problem ?? "the record has gaps")"
        }
    }

    static func words(_ kind: AuditReport.Kind) -> String {
        switch kind {
        case .lost: "lost: told as accepted, not received"
        case .duplicated: "duplicated"
        case .changed: "changed"
        case .receivedThoughRefused: "falsely reported: told as refused or not sent, but received"
        case .falsePartial: "falsely reported as partial"
        case .unexpected: "unexpected: never sent"
        case .strayPiece: "stray segments"
        }
    }
}

extension String {
    /// With spaces behind it up to a width.
    fileprivate func padded(_ width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
