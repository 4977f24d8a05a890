import Carriers
import Foundation
import HTTPService
import Intake
import SMPP
import Testing

@testable import Operations

/// `smppost binds`, without a bridge.
struct BindsTerminalTests {
    private typealias Report = MonitorReportTests

    private func document(_ carriers: CarrierStatus...) throws -> BindsDocument {
        var snapshot = Report.snapshot()
        snapshot.carriers = carriers.map { CarrierSnapshot(status: $0, receipts: ReceiptsSnapshot(carrier: $0.name)) }
        return try BindsDocument(json: Data(BindsReport.json(snapshot).bytes))
    }

    // MARK: The table

    @Test func columnsStandBelowTheirTitles() throws {
        let lines = BindsTable(try document(Report.carrier(Report.bind(), Report.refused("2")))).lines
        try #require(lines.count == 4)
        #expect(lines[1] == "main (required)  TROUBLE  1 of 2 binds up; bind 2: password refused, next attempt in 4:10")
        let state = try #require(lines[0].firstRange(of: "STATE")).lowerBound
        for line in lines[2...] {
            let words = line[
                line.index(line.startIndex, offsetBy: lines[0].distance(from: lines[0].startIndex, to: state))...]
            #expect(words.hasPrefix("bound") || words.hasPrefix("waiting"))
        }
        #expect(lines[3].hasSuffix("the carrier does not accept the password (0x0000000E ESME_RINVPASWD)"))
        #expect(!lines.joined().contains("\u{1B}"))
    }

    @Test func coloursAreOnlyAroundWholeLines() throws {
        let table = BindsTable(
            try document(Report.carrier(Report.bind())), style: .init(isColoured: true, columns: 30))
        for line in table.lines where line.contains("\u{1B}") {
            #expect(line.hasPrefix("\u{1B}[") && line.hasSuffix("\u{1B}[0m"))
        }
        let plain = table.lines.map { $0.replacing(/\u{1B}\[[0-9]*m/, with: "") }
        #expect(plain.allSatisfy { $0.count <= 30 })
    }

    @Test(arguments: [(0, "0s"), (59.9, "59s"), (192, "3m12s"), (18_600, "5h10m"), (273_600, "3d4h"), (-1, "0s")])
    func spans(seconds: Double, text: String) {
        #expect(BindsTable.span(seconds) == text)
    }

    // MARK: The check

    @Test func ok() throws {
        let check = BindsCheck(
            try document(Report.carrier(Report.bind(), Report.bind("2") { $0.totals.segments.accepted = 7 })))
        #expect(check.verdict == .ok && check.verdict.rawValue == 0)
        #expect(check.line.hasPrefix("SMPPOST OK - 2 of 2 binds of 1 carriers up | 'main_up'=2;2:;1:;0;2 "))
        #expect(check.line.contains("'main_accepted'=7c"))
        #expect(!check.line.contains("\n"))
    }

    /// What refuses messages before they come to a carrier is not "fine"; locked addresses are the internet's noise.
    @Test func locksAndQuotas() throws {
        var snapshot = Report.snapshot(Report.carrier(Report.bind()))
        func check() throws -> BindsCheck {
            BindsCheck(try BindsDocument(json: Data(BindsReport.json(snapshot).bytes)))
        }
        snapshot.intake.lockOuts.counts[.address] = 7
        #expect(try check().verdict == .ok)
        #expect(try check().line.hasSuffix(" 'locked_logins'=0;;;0; 'locked_addresses'=7;;;0;"))
        snapshot.intake.lockOuts.counts = [.login: 1]
        snapshot.intake.quotas = [
            QuotaStatus(account: "acme", zone: "UTC", parts: [.day: .init(limit: 5, used: 5, endsAt: 0)]),
            QuotaStatus(account: "other", zone: "UTC", parts: [.month: .init(limit: 5, used: 4, endsAt: 0)]),
        ]
        #expect(try check().verdict == .warning)
        #expect(
            try check().line.hasPrefix(
                "SMPPOST WARNING - 1 of 1 binds of 1 carriers up; a login is locked out; the quota of acme is used up | "
            ))
    }

    @Test func theWorstCarrierDecides() throws {
        let trouble = Report.carrier(Report.bind(), Report.refused("2"), name: "a")
        let down = Report.carrier(Report.refused(), name: "b", required: false)
        #expect(BindsCheck(try document(trouble)).verdict == .warning)
        let check = BindsCheck(try document(trouble, down, Report.carrier(Report.bind(), name: "c")))
        #expect(check.verdict == .critical && check.verdict.rawValue == 2)
        #expect(check.line.contains("a: 1 of 2 binds up") && check.line.contains("b: the bind is not up"))
        #expect(!check.line.contains("c: "))
    }

    @Test(arguments: [(true, BindsCheck.Verdict.critical), (false, .warning)])
    func switchedOff(required: Bool, verdict: BindsCheck.Verdict) throws {
        let off = Report.carrier(Report.bind { $0.state = "stopped" }, required: required)
        #expect(BindsCheck(try document(off)).verdict == verdict)
    }

    @Test func aBarEndsTheWords() {
        #expect(BindsCheck(.unknown, "a|b").line == "SMPPOST UNKNOWN - a/b")
    }

    @Test func withoutCarriersNobodyKnows() throws {
        #expect(BindsCheck(try document()).verdict == .unknown)
    }
}
