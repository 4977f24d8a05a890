import Foundation
import HTTPService
import SMPP
import TestPrograms
import Testing

@testable import Operations

/// What the reference and the runbook say of the monitor, against what it tells.
@Suite struct DocumentedMonitorTests {
    private let reference = Document("config/doc/reference.md")
    private let runbook = Document("config/doc/runbook.md")

    @Test func theReferenceHasEveryMetric() {
        let text = String(
            decoding: MetricsReport.text(MetricsReportTests.snapshot(carriers: 2, binds: 2, accounts: 2)).bytes,
            as: UTF8.self)
        let rows = reference.rows(below: "Metrics").filter { $0.count == 3 }
        var labels: [String: Set<String>] = [:]
        for row in rows {
            labels[Document.plain(row[0])] = Set(
                row[1].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        }
        var families: Set<String> = []
        for line in text.split(separator: "\n") {
            if let help = line.wholeMatch(of: #/# HELP (\w+) (.*)/#) {
                families.insert(String(help.output.1))
                let row = rows.first { $0[0] == "`\(help.output.1)`" }
                #expect(row.map { $0[2] == help.output.2 } == true, "| `\(help.output.1)` |  | \(help.output.2) |")
            } else if let sample = line.wholeMatch(of: #/(\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? \S+/#) {
                let names = (sample.output.2 ?? "").matches(of: #/(\w+)="/#).map { String($0.1) }.filter { $0 != "le" }
                let told =
                    labels[String(sample.output.1)] ?? labels[String(line.prefix { $0 != "{" && $0 != " " })] ?? []
                #expect(told.isSuperset(of: names), "\(sample.output.1): \(names)")
            }
        }
        #expect(families.count > 80)
        #expect(Set(labels.keys).subtracting(families).subtracting(["metric", "---"]) == [])
    }

    @Test func theReferenceHasEveryMemberOfBinds() throws {
        let snapshot = MetricsReportTests.snapshot(carriers: 1, binds: 1, accounts: 1)
        let json = try JSONSerialization.jsonObject(with: Data(BindsReport.json(snapshot).bytes))
        var told: [String: Set<String>] = [:]
        for row in reference.rows(below: "Binds") where row.count == 2 {
            told[Document.plain(row[0])] = Set(row[1].matches(of: #/`(\w+)`/#).map { String($0.1) })
        }
        var objects: [String: Set<String>] = [:]
        Self.walk(json, at: "(top)", into: &objects)
        // Their members are data, or those of another row.
        let others = [
            "carriers[].receipts.unmatched_reasons", "carriers[].receipts.states", "carriers[].queue.refused",
            "quotas[].month",
        ]
        for (path, members) in objects where !others.contains(path) {
            #expect(told[path, default: []].isSuperset(of: members), "\(path): \(members.sorted())")
            #expect(objects[path] != nil)
        }
        #expect(objects.count > 12)
    }

    private static func walk(_ value: Any, at path: String, into objects: inout [String: Set<String>]) {
        if let members = value as? [String: Any] {
            objects[path, default: []].formUnion(members.keys)
            for (key, value) in members { walk(value, at: path == "(top)" ? key : "\(path).\(key)", into: &objects) }
        } else if let values = value as? [Any] {
            for value in values { walk(value, at: path + "[]", into: &objects) }
        }
    }

    /// Whoever is called at night finds each thing by its name.
    @Test func theRunbookHasEveryStateAndReason() {
        let headings = Set(runbook.headings)
        for code in BindFailure.Code.allCases {
            #expect(headings.contains(code.rawValue), "no section ### \(code.rawValue)")
        }
        for state in CarrierCondition.allCases { #expect(headings.contains(state.rawValue)) }
        let lights = runbook.rows(below: "Lights").map { $0[0] }
        for light in TrafficLight.allCases { #expect(lights.contains(light.rawValue)) }
        let states = runbook.rows(below: "States of a bind").map { Document.plain($0[0]) }
        for state in ["idle", "connecting", "binding", "bound", "draining", "unbinding", "waiting", "stopped"] {
            #expect(states.contains(state))
        }
    }

    @Test func theRunbookHasEveryAlertWithItsSeverity() {
        let alerts = Document("config/prometheus/alerts.yml").text.matches(
            of: #/- alert: (\w+)[\s\S]*?severity: (\w+)/#)
        #expect(alerts.count > 30)
        for alert in alerts {
            #expect(
                runbook.text.contains("\n### \(alert.1)\n\n\(alert.2). "), "no section ### \(alert.1), \(alert.2)")
        }
        let told = runbook.headings.filter { $0.hasPrefix("Smppost") }
        #expect(Set(told).subtracting(alerts.map { String($0.1) }) == [], "alerts that are no more")
    }
}
