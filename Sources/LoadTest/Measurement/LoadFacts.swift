import Foundation
import SMPP

/// What a run gathers for its report.
struct LoadFacts {
    let plan: LoadPlan
    var startedAt: Date
    /// Of the monotonic clock.
    var start: UInt64 = 0
    var recorder = LoadRecorder()
    var awaitedReceipts = AwaitedReceipts()
    var series: [LoadSecond] = []
    var cpuSeconds = 0.0
    var interrupted = false
    var targetConfiguration: String?
    var carrierCounters: String?
    var audit: AuditReport?
    var carrierReceipts: (planned: Int, sent: Int, acknowledged: Int, refused: Int)?

    init(plan: LoadPlan, startedAt: Date) {
        self.plan = plan
        self.startedAt = startedAt
    }

    func report() -> LoadReport {
        let ended = recorder.outcomes.reduce(0, +)
        let errors = LoadOutcome.allCases.filter(\.isError).reduce(0) { $0 + recorder.count($1) }
        let elapsed = elapsed
        var report = LoadReport(
            started: startedAt.ISO8601Format(), target: plan.targetText, shape: plan.pacing.summary, elapsed: elapsed,
            machine: .current(), configuration: LoadConfiguration.settings(plan),
            targetConfiguration: targetConfiguration, carrierCounters: carrierCounters, outcomes: outcomes,
            faults: faults, messages: ended, errors: errors, acceptedSegments: recorder.segments,
            replayed: recorder.replayed, sentPerSecond: rate(recorder.started, elapsed),
            acceptedPerSecond: rate(recorder.count(.accepted), elapsed), response: .init(recorder.response),
            service: .init(recorder.service), series: series, receipts: receipts, audit: audit,
            connections: .init(
                wanted: plan.connections, opened: recorder.connectionsOpened, lost: recorder.connectionsLost,
                failures: recorder.connectFailures, lastFailure: recorder.lastConnectFailure),
            driver: driver(elapsed), interrupted: interrupted, checks: [])
        let thresholds = plan.thresholds + Threshold.implied(beside: plan.thresholds)
        report.checks = thresholds.map { check($0, report) }
        if !recorder.steps.isEmpty {
            report.steps = LoadStep.rows(of: recorder.steps, plan.pacing.steps, thresholds)
            report.highestRateHeld = LoadStep.highestHeld(report.steps ?? [])
        }
        return report
    }

    /// Seconds from the start to the last answer; at least what the plan lasts, unless it was cut short.
    private var elapsed: Double {
        let answered = Double(recorder.lastAnswer &- min(start, recorder.lastAnswer)) / 1e9
        let planned = interrupted || plan.messages != nil ? 0 : plan.pacing.seconds
        return (max(answered, planned) * 1_000).rounded() / 1_000
    }

    private func rate(_ count: Int, _ seconds: Double) -> Double {
        seconds > 0 ? (Double(count) / seconds * 100).rounded() / 100 : 0
    }

    private var outcomes: [String: Int] {
        var counts: [String: Int] = [:]
        for outcome in LoadOutcome.allCases where recorder.count(outcome) > 0 {
            counts[outcome.name] = recorder.count(outcome)
        }
        return counts
    }

    private var faults: [LoadReport.Fault] {
        recorder.faults.map { fault, count in
            LoadReport.Fault(
                outcome: fault.outcome.name, code: fault.code, text: text(of: fault), count: count)
        }
        .sorted { ($0.count, $1.outcome, $1.code) > ($1.count, $0.outcome, $0.code) }
    }

    private func text(of fault: LoadFault) -> String {
        guard fault.code != 0 else { return fault.outcome.name }
        switch plan.target {
        case .form: return "HTTP \(fault.code) \(fault.outcome.name)"
        case .submit:
            let status = CommandStatus(rawValue: fault.code)
            return "\(status.hex) \(status.name) \(fault.outcome.name)"
        }
    }

    private func driver(_ elapsed: Double) -> LoadReport.Driver {
        let each = recorder.started > 0 ? cpuSeconds * 1e6 / Double(recorder.started) : 0
        return LoadReport.Driver(
            cpuSeconds: (cpuSeconds * 1_000).rounded() / 1_000,
            cpuMicrosecondsPerMessage: (each * 100).rounded() / 100,
            peakMemoryBytes: ProcessUse.current().memoryBytes,
            latestStart: (Double(recorder.latestStart) / 1_000).rounded() / 1_000,
            cores: elapsed > 0 ? (cpuSeconds / elapsed * 100).rounded() / 100 : 0)
    }

    private var receipts: LoadReport.Receipts? {
        if let carrierReceipts {
            let missing = max(0, carrierReceipts.planned - carrierReceipts.acknowledged)
            return LoadReport.Receipts(
                expected: carrierReceipts.planned, matched: carrierReceipts.acknowledged, missing: missing,
                duplicates: 0, unmatched: 0, states: [:], delay: nil, missingList: [])
        }
        guard case .submit(let options) = plan.target, options.wantsReceipts else { return nil }
        let marker = MessageMarker(run: plan.run)
        var states: [String: Int] = [:]
        for (state, count) in awaitedReceipts.states { states[state.rawValue] = count }
        return LoadReport.Receipts(
            expected: awaitedReceipts.expected, matched: awaitedReceipts.matched, missing: awaitedReceipts.missingCount,
            duplicates: awaitedReceipts.duplicates,
            unmatched: awaitedReceipts.unmatched, states: states,
            delay: awaitedReceipts.delays.count > 0 ? .init(awaitedReceipts.delays) : nil,
            missingList: awaitedReceipts.missing(atMost: LoadLimits.listed).map {
                "\(marker.text($0.message)) segment \($0.segment)"
            })
    }

    // MARK: Thresholds

    private func check(_ threshold: Threshold, _ report: LoadReport) -> LoadReport.Check {
        guard let value = value(of: threshold.metric, report) else {
            return LoadReport.Check(threshold: threshold.text, value: nil, valueText: "not measured", passed: false)
        }
        return LoadReport.Check(
            threshold: threshold.text, value: value, valueText: threshold.text(of: value),
            passed: !threshold.isBroken(by: value))
    }

    private func value(of metric: Threshold.Metric, _ report: LoadReport) -> Double? {
        switch metric {
        case .rate: return report.acceptedPerSecond
        case .sentRate: return report.sentPerSecond
        case .count(let count): return self.count(count, report).map { Double($0) }
        case .percent(let count):
            let whole = count == .missingReceipts ? report.receipts?.expected ?? 0 : report.messages
            return self.count(count, report).map { whole == 0 ? 0 : Double($0) * 100 / Double(whole) }
        case .time(let source, let statistic):
            let histogram: LatencyHistogram
            switch source {
            case .response: histogram = recorder.response
            case .service: histogram = recorder.service
            case .receipt:
                guard report.receipts?.delay != nil else { return nil }
                histogram = awaitedReceipts.delays
            }
            return histogram.count > 0 ? histogram.milliseconds(statistic) : nil
        }
    }

    private func count(_ count: Threshold.Count, _ report: LoadReport) -> Int? {
        switch count {
        case .errors: report.errors
        case .accepted: report.count(.accepted)
        case .notStarted: report.count(.notStarted)
        case .timeouts: report.count(.timedOut)
        case .missingReceipts: report.receipts?.missing
        case .lost: audit?.count(.lost)
        case .duplicated: audit?.count(.duplicated)
        case .changed: audit?.count(.changed)
        case .audit: audit?.total
        case .false:
            audit.map { audit in
                let kinds: [AuditReport.Kind] = [.receivedThoughRefused, .falsePartial, .unexpected, .strayPiece]
                return kinds.reduce(0) { $0 + audit.count($1) }
            }
        }
    }
}
