import Foundation
import TestPrograms
import Testing

@testable import HTTPService

struct MetricsWriterTests {
    private func text(_ write: (inout MetricsWriter) -> Void) -> String {
        var metrics = MetricsWriter()
        write(&metrics)
        return String(decoding: metrics.bytes, as: UTF8.self)
    }

    @Test func aFamilyHasItsSamples() {
        let written = text { metrics in
            metrics.family("a_total", .counter, "What \\ is\ncounted \"here\".")
            metrics.sample(7, ["carrier": "main", "bind": "1"])
            metrics.sample(UInt64.max)
            metrics.family("b", .gauge, "B.")
            metrics.sample(true)
            metrics.sample(0.25, ["x": "quote \" back \\ line\nend"])
        }
        #expect(
            written == """
                # HELP a_total What \\\\ is\\ncounted "here".
                # TYPE a_total counter
                a_total{carrier="main",bind="1"} 7
                a_total 18446744073709551615
                # HELP b B.
                # TYPE b gauge
                b 1
                b{x="quote \\" back \\\\ line\\nend"} 0.25

                """)
    }

    @Test func bucketsAreCumulative() {
        let written = text { metrics in
            metrics.family("t_seconds", .histogram, "T.")
            metrics.histogram(bounds: [0.5, 1], counts: [2, 0, 3], sum: 12.5, ["carrier": "main"])
            metrics.histogram(bounds: [2], counts: [0, 0], sum: 0)
        }
        #expect(
            written == """
                # HELP t_seconds T.
                # TYPE t_seconds histogram
                t_seconds_bucket{carrier="main",le="0.5"} 2
                t_seconds_bucket{carrier="main",le="1"} 2
                t_seconds_bucket{carrier="main",le="+Inf"} 5
                t_seconds_sum{carrier="main"} 12.5
                t_seconds_count{carrier="main"} 5
                t_seconds_bucket{le="2"} 0
                t_seconds_bucket{le="+Inf"} 0
                t_seconds_sum 0
                t_seconds_count 0

                """)
    }

    @Test(
        arguments: [
            (1e-9, "1e-09"), (-0.5, "-0.5"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e18, "1e+18"),
            (1_764_000_000.25, "1764000000.25"), (-0.0, "0"), (30, "30"),
        ] as [(Double, String)])
    func numbers(value: Double, written: String) {
        let text = text { metrics in
            metrics.family("x", .gauge, "X.")
            metrics.sample(value)
        }
        #expect(text.hasSuffix("\nx \(written)\n"))
    }

    /// Prometheus itself reads what is hard to write.
    @Test(.enabled(if: Promtool.isInstalled, "promtool is not installed"))
    func promtoolTakesIt() async throws {
        let text = text { metrics in
            metrics.family("a_total", .counter, "Counts \\ and\nlines.")
            metrics.sample(1e-7, ["x": "quote \" back \\ line\nend, Кириллица {}"])
            metrics.family("empty", .gauge, "Without samples.")
            metrics.family("t_seconds", .histogram, "T.")
            metrics.histogram(bounds: [0.001, 30], counts: [1, 1, 1], sum: 31)
        }
        let checked = try await run("promtool", ["check", "metrics"], input: text)
        #expect(checked.exitCode == 0 && checked.everything.isEmpty, "\(checked.everything)")
    }
}

private enum Promtool {
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool")
            || ProcessInfo.processInfo.environment["SMPPOST_REQUIRE_PEERS"] == "1"
    }
}
