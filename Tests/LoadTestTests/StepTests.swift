import Foundation
import Testing

@testable import LoadTest

@Suite struct StepTests {
    private static let second: UInt64 = 1_000_000_000

    /// Steps of a second at 100, 200 and 400 a second; `answer` says how each message ends, and after how many milliseconds.
    private func report(
        _ thresholds: [String] = [], _ answer: (_ step: Int, _ number: Int) -> (LoadOutcome, UInt64)
    ) throws -> LoadReport {
        var plan = LoadPlan(
            target: .submit(SubmitOptions(host: "smsc.example.net", port: 1, systemID: "a", password: "b")),
            pacing: .open(.steps([100, 200, 400], seconds: 3), .even), run: 5)
        plan.thresholds = try thresholds.map { try Threshold($0) }
        var facts = LoadFacts(plan: plan, startedAt: Date(timeIntervalSince1970: 1_764_000_000))
        facts.start = Self.second
        facts.recorder.begin(warmUpEnd: 0, stepEnds: plan.pacing.steps.map { Self.second + UInt64($0.until * 1e9) })
        var number = 0
        for (step, count) in [100, 200, 400].enumerated() {
            for place in 0..<count {
                let intended = Self.second * UInt64(step + 1) + Self.second / UInt64(count) * UInt64(place)
                let (outcome, ms) = answer(step, place)
                facts.recorder.sent(intended: intended, at: intended)
                facts.recorder.ended(
                    TimedMessage(number: number, intended: intended, started: intended), outcome, code: 0,
                    at: intended + ms * 1_000_000)
                number += 1
            }
        }
        return facts.report()
    }

    @Test func eachRateHasItsRow() throws {
        let report = try report { step, place in (step == 2 && place == 7 ? .refused : .accepted, 10) }
        let steps = try #require(report.steps)
        #expect(steps.map(\.rate) == [100, 200, 400])
        #expect(steps.map(\.messages) == [100, 200, 400])
        #expect(steps.map(\.accepted) == [100, 200, 399])
        #expect(steps.map(\.failed) == [nil, nil, "errors>0"])
        #expect(steps.allSatisfy { $0.seconds == 1 && abs(($0.p99 ?? 0) - 10) < 0.1 })
        #expect(report.highestRateHeld == 200)
        #expect(!report.passed)
        let lines = ReportText.lines(report)
        #expect(lines.contains { $0.contains("400/s") && $0.hasSuffix("FAILED: errors>0") })
        #expect(lines.contains { $0.hasSuffix("the highest rate that held: 200/s") })
        let page = String(decoding: try ReportFile.data(report, as: .html), as: UTF8.self)
        #expect(page.contains("Steps: the highest rate that held: 200/s") && page.contains("failed: errors&gt;0"))
        #expect(try ReportFile.read(ReportFile.data(report, as: .json)) == report)
    }

    /// A rate that held above one that did not says nothing.
    @Test func thresholdsAreAskedOfEachStep() throws {
        let report = try report(["p99>50ms", "rate<1000/s", "errors>50%"]) { step, _ in (.accepted, step == 1 ? 80 : 5)
        }
        #expect(report.steps?.map(\.failed) == [nil, "p99>50ms", nil])
        #expect(report.highestRateHeld == 100)
    }

    @Test func whoeverFallsBehindDoesNotHold() throws {
        let report = try report { step, _ in (.accepted, step == 0 ? 2_500 : 10) }
        #expect(report.steps?.map(\.failed) == ["fell behind", nil, nil])
        #expect(report.highestRateHeld == nil)
        #expect(ReportText.lines(report).contains { $0.hasSuffix("no rate held") })
    }

    @Test func anOlderRunStandsBesideThisOne() throws {
        let old = try report { _, _ in (.accepted, 10) }
        let report = try report { _, place in (place == 0 ? .refused : .accepted, 20) }.compared(with: old)
        let figures = try #require(report.comparison?.figures)
        let p50 = try #require(figures.first { $0.name == "p50" })
        #expect(abs((p50.changePercent ?? 0) - 100) < 1)
        let errors = try #require(figures.first { $0.name == "errors" })
        #expect(errors.before == 0 && errors.now > 0 && errors.changePercent == nil)
        #expect(ReportText.lines(report).contains { $0.contains("compared with the run of 2025-11-24") })
        #expect(ReportText.lines(report).contains { $0.contains("p50") && $0.contains("+10") })
        let page = String(decoding: try ReportFile.data(report, as: .html, comparedWith: old), as: UTF8.self)
        #expect(page.contains("Beside an older run"))
        #expect(try ReportFile.read(ReportFile.data(report, as: .json)) == report)
    }
}
