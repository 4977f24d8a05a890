import Foundation
import SMPP
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct MetricsPageTests {
    @Test func everyCounterIsThereWithItsHelp() async throws {
        try await withSimulator(SimulatorOptions(statusPage: ("127.0.0.1", 0))) { server, address in
            let page = try #require(server.statusPageAddress)
            let esme = try await ESME.bound(address)
            _ = try await esme.submit("79160000000")
            _ = try await esme.submit("79160660011")
            let (status, body) = try await StatusPageClient.http("GET", "/metrics", page)
            #expect(status == 200)
            let lines = String(decoding: body, as: UTF8.self).split(separator: "\n").map(String.init)
            #expect(lines.contains("smppost_simulator_submits_total 2"))
            #expect(lines.contains("smppost_simulator_open_binds 1"))
            #expect(lines.contains("smppost_simulator_refusals_total{status=\"0x0000000B\"} 1"))
            for counter in SimulatorStatistics.counters {
                let name = "smppost_simulator_\(counter.name)\(counter.isGauge ? "" : "_total")"
                #expect(lines.count { $0.hasPrefix("# HELP \(name) ") } == 1)
                #expect(lines.contains("# TYPE \(name) \(counter.isGauge ? "gauge" : "counter")"))
                #expect(lines.count { $0.hasPrefix("\(name) ") } == 1)
            }
            try Self.expectPromtoolLikes(body)
        }
    }

    /// By Prometheus' own tool, where this machine has it.
    private static func expectPromtoolLikes(_ text: Data) throws {
        let tool = "/usr/bin/promtool"
        guard FileManager.default.isExecutableFile(atPath: tool) else { return }
        let file = FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().uuidString)")
        try text.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = ["check", "metrics"]
        process.standardInput = try FileHandle(forReadingFrom: file)
        let complaints = Pipe()
        process.standardError = complaints
        try process.run()
        process.waitUntilExit()
        let words = String(decoding: complaints.fileHandleForReading.availableData, as: UTF8.self)
        #expect(process.terminationStatus == 0 && words.isEmpty, "\(words)")
    }
}
