import Foundation
import TestPrograms

/// A running Prometheus (Debian's) that scrapes one bridge twice a second and applies the shipped alert rules.
struct Prometheus: Sendable {
    static let isThere =
        Repository.peersAreRequired || FileManager.default.isExecutableFile(atPath: "/usr/bin/prometheus")

    private let process: ProcessHandle
    private let folder: TemporaryFolder
    private let port: Int

    /// - Parameter rules: what it applies instead of the shipped rules, made from their text.
    static func start(scraping bridge: Bridge, rules: (String) -> String) async throws -> Prometheus {
        let folder = try TemporaryFolder()
        let port = try Ports.free()
        let shipped = try String(contentsOfFile: Repository.file("config/prometheus/alerts.yml"), encoding: .utf8)
        try folder.write(rules(shipped), to: "alerts.yml")
        try folder.write(
            """
            global: { scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 500ms }
            rule_files: [alerts.yml]
            scrape_configs:
              - job_name: smppost
                static_configs: [{ targets: ["127.0.0.1:\(bridge.monitorPort)"] }]

            """, to: "prometheus.yml")
        let process = try ProcessHandle(
            "prometheus",
            [
                "--config.file=\(folder.file("prometheus.yml"))", "--storage.tsdb.path=\(folder.file("data"))",
                "--web.listen-address=127.0.0.1:\(port)",
            ])
        let prometheus = Prometheus(process: process, folder: folder, port: port)
        do {
            try await process.waitForOutput(containing: "Server is ready to receive web requests")
        } catch {
            prometheus.discard()
            throw error
        }
        return prometheus
    }

    /// An alert, pending or firing.
    struct Alert: Decodable {
        var labels: [String: String]
        var annotations: [String: String]
        var state: String

        var name: String { labels["alertname", default: ""] }
    }

    func firing() async throws -> [Alert] {
        struct Answer: Decodable {
            struct Alerts: Decodable { var alerts: [Alert] }
            var data: Alerts
        }
        let body = try await Curl.run(CurlRequest(url: "http://127.0.0.1:\(port)/api/v1/alerts")).body
        return try JSONDecoder().decode(Answer.self, from: Data(body.utf8)).data.alerts.filter { $0.state == "firing" }
    }

    /// Leaves nothing of it behind.
    func discard() {
        process.kill()
        folder.remove()
    }
}
