import Foundation
import FoundationXML
import Testing

@testable import LoadTest

@Suite struct ReportTests {
    static func report(_ change: (inout LoadPlan) throws -> Void = { _ in }) throws -> LoadReport {
        var plan = LoadPlan(
            target: .submit(
                SubmitOptions(host: "smsc.example.net", port: 1, systemID: "a<b>&\"c", password: "hunter2")),
            pacing: .open(.constant(100, seconds: 20), .even), run: 5)
        try change(&plan)
        var facts = LoadFacts(plan: plan, startedAt: Date(timeIntervalSince1970: 1_764_000_000))
        facts.start = 1_000
        for number in 0..<2_000 {
            let start = 1_000 + UInt64(number) * 10_000_000
            let timed = TimedMessage(number: number, intended: start, started: start + 100_000)
            facts.recorder.sent(intended: timed.intended, at: timed.started)
            let isRefused = number % 100 == 0
            facts.recorder.ended(
                timed, isRefused ? .refused : .accepted, code: isRefused ? 0x58 : 0,
                at: start + 2_000_000 + UInt64(number) * 10_000)
        }
        var audit = AuditReport()
        audit.add(.lost, marker: "L<&>", "never \"received\"")
        audit.verdict = .faults
        facts.audit = audit
        facts.carrierCounters = #"{"submits":3,"x":"</pre><script>"}"#
        facts.series = (1...20).map {
            LoadSecond(
                at: Double($0), length: 1, wanted: 100, sent: 100, accepted: 99, errors: 1, p50: 3, p99: Double($0),
                max: 40,
                underWay: 2, waiting: 0)
        }
        return facts.report()
    }

    @Test func figuresAreRight() throws {
        let report = try Self.report {
            $0.thresholds = [
                try Threshold("p99>30ms"), try! Threshold("errors>0.5%"), try! Threshold("lost>0"),
                try Threshold("missing_receipts>0"),
            ]
        }
        #expect(report.messages == 2_000)
        #expect(report.errors == 20)
        #expect(report.errorPercent == 1)
        #expect(report.elapsed == 20.012 || report.elapsed == 20.002 || abs(report.elapsed - 20.012) < 0.01)
        #expect(report.response.count == 2_000)
        #expect(abs(report.response.p50 - 12) < 0.05)
        #expect(abs(report.response.p99 - 21.8) < 0.05)
        #expect(abs(report.service.p50 - 11.9) < 0.05)
        #expect(report.faults.map(\.text) == ["0x00000058 ESME_RTHROTTLED refused"])
        #expect(report.checks.map(\.passed) == [true, false, false, false])
        #expect(report.checks[3].valueText == "not measured")
        #expect(!report.passed)
    }

    @Test func jsonIsReadBack() throws {
        let report = try Self.report()
        let data = try ReportFile.data(report, as: .json)
        let members = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(members["smppost_load"] as? Int == LoadReport.version)
        #expect(members["accepted_per_second"] != nil)
        #expect(try ReportFile.read(data) == report)
        #expect(!String(decoding: data, as: UTF8.self).contains("hunter2"))
    }

    @Test func otherFilesAreRefused() throws {
        for text in ["", "{}", "[1]", "{\"smppost_load\":1}"] {
            #expect(throws: ReportFile.Problem.self) { try ReportFile.read(Data(text.utf8)) }
        }
        var report = try Self.report()
        report.smppostLoad = 2
        let data = try ReportFile.data(report, as: .json)
        #expect(throws: ReportFile.Problem.self) { try ReportFile.read(data) }
    }

    @Test func junitIsXML() throws {
        let report = try Self.report { $0.thresholds = [try Threshold("p99<1000ms"), try! Threshold("max>1s")] }
        let seen = try XMLSeen(ReportFile.data(report, as: .xml))
        // One more than said: errors fail a run where nothing is said of them.
        #expect(seen.counts["testcase"] == 5)
        #expect(seen.counts["failure"] == 3)
        #expect(seen.suite["tests"] == "5")
        #expect(seen.suite["failures"] == "3")
        #expect(seen.properties.contains("a<b>&\"c"))
    }

    @Test func htmlIsWhole() throws {
        let (report, old) = (try Self.report(), try Self.report { $0.pacing = .closed(workers: 3, seconds: 9) })
        let page = String(decoding: try ReportFile.data(report, as: .html, comparedWith: old), as: UTF8.self)
        #expect(page.hasPrefix("<!DOCTYPE html>"))
        for part in [
            "Times by percentile", "Response times over time", "Audit", "lost: told as accepted", "L&lt;&amp;&gt;",
            "before",
            "a&lt;b&gt;&amp;&quot;c", "closed loop of 3", "<svg", "prefers-color-scheme:dark", report.machine.kernel,
        ] {
            #expect(page.contains(part), "\(part)")
        }
        // Nothing from elsewhere, no script, nothing unescaped, no number that is none.
        for part in ["<script", "http://", "src=", "href=", "url(", "nan", "inf\"", "hunter2"] {
            #expect(!page.contains(part), "\(part)")
        }
        for tag in ["section", "table", "div", "svg", "details", "main", "tr", "span"] {
            func count(_ part: String) -> Int { page.components(separatedBy: part).count - 1 }
            #expect(count("<\(tag)>") + count("<\(tag) ") == count("</\(tag)>"), "\(tag)")
        }
    }

    @Test func htmlOfNothing() throws {
        let plan = LoadPlan(
            target: .submit(SubmitOptions(host: "h", port: 1, systemID: "s", password: "p")),
            pacing: .closed(workers: 1, seconds: 1), run: 5)
        let report = LoadFacts(plan: plan, startedAt: .now).report()
        let page = String(decoding: try ReportFile.data(report, as: .html), as: UTF8.self)
        #expect(page.contains("failed"))
        #expect(!page.contains("nan"))
        #expect(try ReportFile.read(ReportFile.data(report, as: .json)) == report)
    }

    @Test func formatsByEnding() {
        #expect(ReportFormat(file: "a.b/r.JSON") == .json)
        #expect(ReportFormat(file: "r.html") == .html)
        #expect(ReportFormat(file: "r.txt") == nil)
        #expect(ReportFormat(file: "html") == nil)
    }

    @Test func chartsKeepPeaks() {
        let points = (0..<10_000).map { (x: Double($0), y: $0 == 7_777 ? 1_000.0 : 1) }
        let thinned = Chart.thinned(points)
        #expect(thinned.count <= 500)
        #expect(thinned.contains { $0.y == 1_000 })
    }

    @Test func seriesAreBounded() {
        var series = LoadSeries()
        for second in 1...(LoadLimits.rows * 3) {
            series.add(
                LoadSecond(
                    at: Double(second), length: 1, wanted: nil, sent: 1, accepted: 1, errors: 0, p50: 1, p99: 2, max: 3,
                    underWay: 0, waiting: 0))
        }
        series.flush()
        #expect(series.rows.count <= LoadLimits.rows)
        #expect(series.rows.reduce(0) { $0 + $1.sent } == LoadLimits.rows * 3)
        #expect(series.rows.last?.at == Double(LoadLimits.rows * 3))
    }

    @Test func progressLines() {
        let row = LoadSecond(
            at: 65, length: 1, wanted: nil, sent: 1, accepted: 180, errors: 0, p50: 0.25, p99: 12.345, max: 3,
            underWay: 4,
            waiting: 7)
        #expect(
            ProgressText.line(.second(row, errors: 2, left: 3_700))
                == "1:05  180/s  p50 250 µs  p99 12.3 ms  in flight 4  waiting 7  errors 2  left 1:01:40")
        #expect(ProgressText.line(.receipts(5)) == "waiting for 5 receipts")
    }
}

/// What an XML parser sees in a JUnit file.
private final class XMLSeen: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    var suite: [String: String] = [:]
    var properties: [String] = []

    init(_ data: Data) throws {
        super.init()
        let parser = XMLParser(data: data)
        parser.delegate = self
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        counts[name, default: 0] += 1
        if name == "testsuite" { suite = attributes }
        if name == "property" { properties.append(attributes["value"] ?? "") }
    }
}
