import Foundation
import TestPrograms
import Testing

/// `/metrics` of the real bridge, and what is shipped that reads it.
@Suite struct MetricsTests {
    private static let promtoolIsThere =
        Repository.peersAreRequired || FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool")

    /// The families of a scrape with their kinds.
    private static func families(_ text: String) -> [String: String] {
        var families: [String: String] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ")
            families[String(words[2])] = String(words[3])
        }
        return families
    }

    /// A scrape of a bridge that nothing has happened to: the families are all there.
    private static let idle = Task {
        try await withBridge(
            BridgeSetup(carriers: [CarrierSetup(port: try Ports.free())]), awaitingReady: false
        ) { try await $0.monitor("/metrics").body }
    }

    @Test(.enabled(if: promtoolIsThere, "promtool is not installed"))
    func promtoolFindsNoFault() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            _ = try await bridge.post([.message(), .message(to: "79161670004"), .message(to: "x"), .keyed("wrong")])
            let reply = try await bridge.monitor("/metrics")
            #expect(reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let checked = try await run("promtool", ["check", "metrics"], input: reply.body + "\n")
            #expect(checked.exitCode == 0 && checked.everything.isEmpty, "\(checked.everything)")
            for line in [
                #"smppost_bind_up{carrier="main",bind="1",kind="transceiver"} 1"#,
                #"smppost_submit_total{carrier="main",status="ESME_ROK"} 1"#,
                #"smppost_submit_total{carrier="main",status="ESME_RINVDSTADR"} 1"#,
                #"smppost_http_requests_total{account="acme",code="200",error="none"} 1"#,
                #"smppost_http_requests_total{account="acme",code="422",error="carrier_refused"} 1"#,
                #"smppost_http_requests_total{account="acme",code="422",error="bad_number"} 1"#,
                #"smppost_http_requests_total{account="-",code="401",error="bad_credentials"} 1"#,
                "smppost_http_seconds_count 4", #"smppost_submit_seconds_count{carrier="main"} 2"#,
                #"smppost_window_wait_seconds_count{carrier="main"} 2"#,
            ] {
                #expect(reply.body.split(separator: "\n").contains(Substring(line)), "\(line) in\n\(reply.body)")
            }
        }
    }

    /// No number, sender, text, password or id is in it.
    @Test func nothingPrivateIsTold() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let reply = try await bridge.post(.message(to: "79161230987", text: "sesame open", from: "ACME"))
            let metrics = try await bridge.monitor("/metrics").body
            let ids = (reply.headers["x-carrier-ids"] ?? "").split(separator: ",").map(String.init)
            let secrets = ["1230987", "sesame", "ACME", TestAccount.password, Simulator.password] + ids
            for secret in secrets + [reply.headers["x-message-id"] ?? "?"] {
                #expect(!metrics.contains("\"\(secret)\"") && !metrics.contains("=\(secret)"), "\(secret)")
            }
            #expect(!metrics.contains("1230987") && !metrics.contains("sesame"))
        }
    }

    @Test(.enabled(if: promtoolIsThere, "promtool is not installed"))
    func theAlertsPassTheirTests() async throws {
        let folder = Repository.file("config/prometheus")
        for arguments in [["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]] {
            let result = try await run("promtool", arguments, folder: folder)
            #expect(result.exitCode == 0, "\(result.everything)")
        }
        // Each alert has a test that wants to see it firing.
        let rules = try String(contentsOfFile: folder + "/alerts.yml", encoding: .utf8)
        let tests = try String(contentsOfFile: folder + "/alerts_test.yml", encoding: .utf8)
        let names = rules.matches(of: /- alert: (\w+)/).map { String($0.output.1) }
        #expect(names.count > 10)
        for name in names { #expect(tests.contains("labels: 'ALERTS{alertname=\"\(name)\""), "\(name) has no test") }
    }

    @Test func alertsReadWhatIsThere() async throws {
        let families = Self.families(try await Self.idle.value)
        let text = try String(contentsOfFile: Repository.file("config/prometheus/alerts.yml"), encoding: .utf8)
        let expressions = text.matches(of: /(?m)^        expr:(.*\n(?: {10,}.*\n)*)/).map { String($0.output.1) }
        #expect(expressions.count == text.matches(of: /- alert:/).count)
        for expression in expressions { expect(expression, reads: families) }
    }

    @Test func theDashboardReadsWhatIsThere() async throws {
        let families = Self.families(try await Self.idle.value)
        let data = try Data(contentsOf: URL(filePath: Repository.file("config/grafana/smppost.json")))
        let dashboard = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var expressions: [String] = []
        var ids: [Int] = []
        collect(dashboard, &expressions, &ids)
        #expect(expressions.count > 30)
        #expect(ids.count > 20 && Set(ids).count == ids.count)
        for expression in expressions { expect(expression, reads: families) }
        // Every promised metric has its place on it, or in an alert.
        let alerts = try String(contentsOfFile: Repository.file("config/prometheus/alerts.yml"), encoding: .utf8)
        let read = expressions.joined(separator: " ") + alerts
        for family in families.keys where !Self.unread.contains(family) { #expect(read.contains(family), "\(family)") }
    }

    /// Told, but shown nowhere.
    private static let unread: Set = [
        "process_threads", "process_virtual_memory_bytes", "smppost_bind_drained", "smppost_bind_next_attempt_seconds",
        "smppost_bind_since_seconds", "smppost_bind_state", "smppost_carrier_ready", "smppost_carrier_required",
        "smppost_config_loaded_timestamp_seconds", "smppost_deliveries_total", "smppost_draining",
        "smppost_journal_commits_total", "smppost_journal_dropped_total", "smppost_journal_pruned_total",
        "smppost_journal_records_total", "smppost_last_received_seconds", "smppost_ledger_entries",
        "smppost_messages_handed_total", "smppost_pdu_flaws_total", "smppost_postings_total",
        "smppost_receipts_expected",
        "smppost_receipts_parked", "smppost_http_unfinished_bytes", "smppost_monitor_connections_refused_total",
        "smppost_monitor_wrong_tokens_total", "smppost_tls_handshake_failures_total",
    ]

    /// Panels, annotations and variables.
    private func collect(_ value: Any, _ expressions: inout [String], _ ids: inout [Int]) {
        if let object = value as? [String: Any] {
            if let expression = object["expr"] as? String { expressions.append(expression) }
            if let query = object["definition"] as? String, let call = query.firstMatch(of: /label_values\((.*), \w+\)/)
            {
                expressions.append(String(call.output.1))
            }
            if let id = object["id"] as? Int, object["gridPos"] != nil { ids.append(id) }
            for member in object.values { collect(member, &expressions, &ids) }
        } else if let list = value as? [Any] {
            for member in list { collect(member, &expressions, &ids) }
        }
    }

    /// Every name in a PromQL expression that is not a word of the language is a metric that is there.
    private func expect(_ expression: String, reads families: [String: String]) {
        let rest =
            expression
            .replacing(#/"[^"]*"/#, with: "").replacing(#/\{[^}]*\}/#, with: "").replacing(#/\[[^\]]*\]/#, with: "")
            .replacing(#/\b(?:by|without|on|ignoring)\s*\([^)]*\)/#, with: "")
            .replacing(#/\b[a-z_]+\s*\(/#, with: " (")
        let words: Set = ["and", "or", "unless", "offset", "bool", "up"]
        let names = rest.matches(of: /(?:^|[^\w$])([a-zA-Z_:][\w:]*)/).map { String($0.output.1) }
        for name in names where !words.contains(name) {
            let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map {
                String(name.dropLast($0.count))
            }
            let isThere = families[name] != nil || base.map { families[$0] == "histogram" } ?? false
            #expect(isThere, "\(name) of “\(expression)” is not exposed")
        }
        #expect(names.contains { !words.contains($0) } || expression.contains("up{"), "no metric in \(expression)")
    }
}
