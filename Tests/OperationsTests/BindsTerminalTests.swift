import Carriers
import Foundation
import HTTPService
import Intake
import Journal
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
        let table = BindsTable(try document(Report.carrier(Report.bind(), Report.refused("2"))))
        #expect(table.head == ["1 of 1 in trouble: main"])
        let lines = table.lines
        try #require(lines.count == 5)
        #expect(lines[1] == "main (required)  TROUBLE  1 of 2 binds up")
        let state = try #require(lines[0].firstRange(of: "STATE")).lowerBound
        for line in lines[2...3] {
            let words = line[
                line.index(line.startIndex, offsetBy: lines[0].distance(from: lines[0].startIndex, to: state))...]
            #expect(words.hasPrefix("bound") || words.hasPrefix("waiting"))
        }
        #expect(
            lines[4].hasPrefix("    the carrier does not accept the password (0x0000000E ESME_RINVPASWD): compare "))
        #expect(lines[4].hasSuffix(", next attempt in 4:10"))
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

    private static let alphabet = (0..<23).map { "carrier-\($0)" }

    /// 21 of 23 down, on the smallest terminal: whole reasons, the worst first, and nothing wider than the screen.
    @Test(arguments: [(80, 24, Language.en), (120, 12, .en), (80, 24, .ru)])
    func manyCarriersOnASmallScreen(columns: Int, rows: Int, language: Language) throws {
        var snapshot = Report.snapshot()
        snapshot.carriers = Self.alphabet.enumerated().map { index, name in
            let bind = index < 2 ? Report.bind() : Report.refused()
            let status = CarrierStatus(name: name, required: index == 9, ready: index < 2, binds: [bind])
            return CarrierSnapshot(status: status, receipts: ReceiptsSnapshot(carrier: name))
        }
        let document = try BindsDocument(json: Data(BindsReport.json(snapshot).bytes))
        let table = BindsTable(document, style: .init(columns: columns, language: language))
        #expect((table.head + table.lines).allSatisfy { $0.count <= columns })
        #expect(
            table.head.joined(separator: " ").contains(
                language == .en ? "21 of 23 carriers down: carrier-2" : "21 из 23"))
        // The required one is the worst; who is up comes last.
        #expect(table.lines[1].hasPrefix("carrier-9 ("))
        let up = try #require(table.lines.firstIndex { $0.hasPrefix("carrier-0 ") })
        #expect(table.lines[..<up].count { $0.hasPrefix("carrier-") } == 21)
        let all = table.lines.joined(separator: " ").replacing(#/ +/#, with: " ")
        let reason = try #require(Report.refused().failure).words[language]
        #expect(all.ranges(of: reason).count == 21, "whole, though in lines")

        var scroll = ScreenScroll()
        var seen: Set<String> = []
        let room = ScreenLayout.room(head: table.head, rows: rows)
        for _ in 0..<40 {
            let screen = ScreenLayout.lines(
                head: table.head, body: table.lines, rows: rows, columns: columns, scroll: &scroll, language: language)
            #expect(screen.count == rows && screen[0] == table.head[0])
            #expect(screen.last?.contains("PgDn") == true)
            seen.formUnion(screen)
            scroll.press(.pageDown, lines: table.lines.count, rows: room)
        }
        #expect(seen.isSuperset(of: table.lines), "scrolling shows every line")
        scroll.press(.home, lines: table.lines.count, rows: room)
        #expect(scroll.top == 0)
    }

    @Test(arguments: [
        ("q", [ScreenKey.quit]), ("\u{1B}[A\u{1B}[B", [.up, .down]), ("\u{1B}[5~\u{1B}[6~", [.pageUp, .pageDown]),
        ("\u{1B}OA", [.up]), ("\u{1B}[H\u{1B}[4~", [.home, .end]), ("x\u{1B}[15~j k", [.down, .pageDown, .up]),
        ("\u{1B}[", []),
        ("\u{1B}", []),
    ])
    func keys(typed: String, keys: [ScreenKey]) {
        #expect(ScreenKey.keys(in: Array(typed.utf8)) == keys)
    }

    @Test func textIsWrappedAtBlanks() {
        #expect(TextWrap.lines("  one two three", columns: 10, indent: 4) == ["  one two", "    three"])
        #expect(TextWrap.lines("abcdefghijklmnop", columns: 10, indent: 2) == ["abcdefghij", "  klmnop"])
        #expect(TextWrap.lines("", columns: 10, indent: 2) == [""])
    }

    @Test(arguments: [(0, "0s"), (59.9, "59s"), (192, "3m12s"), (18_600, "5h10m"), (273_600, "3d4h"), (-1, "0s")])
    func spans(seconds: Double, text: String) {
        #expect(BindsTable.span(seconds) == text)
    }

    // MARK: The check

    private func check(_ snapshot: MonitorSnapshot, _ language: Language = .en) throws -> BindsCheck {
        BindsCheck(try BindsDocument(json: Data(BindsReport.json(snapshot).bytes)), language: language)
    }

    @Test func ok() throws {
        let check = BindsCheck(
            try document(Report.carrier(Report.bind(), Report.bind("2") { $0.totals.segments.accepted = 7 })))
        #expect(check.verdict == .ok && check.verdict.rawValue == 0)
        #expect(check.lines[0] == "SMPPOST OK - all carriers are up (1)")
        #expect(check.lines[1].hasPrefix("2 of 2 binds up | 'main_up'=2;2:;1:;0;2 "))
        #expect(check.lines[1].contains("'main_accepted'=7c"))
        #expect(check.lines[2] == "'locked_logins'=0;;;0; 'locked_addresses'=0;;;0;")
    }

    /// What refuses messages before they come to a carrier is not "fine".
    @Test func locksAndQuotas() throws {
        var snapshot = Report.snapshot(Report.carrier(Report.bind()))
        snapshot.intake.lockOuts.counts[.address] = 7
        #expect(try check(snapshot).verdict == .warning)
        #expect(
            try check(snapshot).lines[0] == "SMPPOST WARNING - all carriers are up (1); addresses locked out: 7")
        #expect(try check(snapshot).lines.last == "'locked_logins'=0;;;0; 'locked_addresses'=7;;;0;")
        snapshot.intake.lockOuts.counts = [.login: 1]
        snapshot.intake.quotas = [
            QuotaStatus(account: "acme", zone: "UTC", parts: [.day: .init(limit: 5, used: 5, endsAt: 0)]),
            QuotaStatus(account: "other", zone: "UTC", parts: [.month: .init(limit: 5, used: 4, endsAt: 0)]),
        ]
        #expect(try check(snapshot).verdict == .warning)
        #expect(
            try check(snapshot).lines[0]
                == "SMPPOST WARNING - all carriers are up (1); logins locked out: 1; quota used up: acme")
    }

    /// The bridge itself may refuse every message while each carrier is up.
    @Test func theBridgeCounts() throws {
        var broken = Report.snapshot(Report.carrier(Report.bind()))
        var journal = JournalHealth()
        journal.isWriting = false
        broken.journal = journal
        #expect(try check(broken).verdict == .critical)
        #expect(
            try check(broken).lines[0]
                == "SMPPOST CRITICAL - the journal cannot be written: messages are refused; all carriers are up (1)")
        #expect(
            try check(broken, .ru).lines[0].hasPrefix("SMPPOST CRITICAL - журнал не пишется: сообщения отклоняются; "))
        var draining = Report.snapshot(Report.carrier(Report.bind()))
        draining.intake.isDraining = true
        #expect(try check(draining).verdict == .critical)
        var deaf = Report.snapshot(Report.carrier(Report.bind()))
        deaf.isListening = false
        #expect(try check(deaf).verdict == .critical)
        var refused = Report.snapshot(Report.carrier(Report.bind()))
        refused.configuration.refused = RefusedReload(at: .now, problems: 2, first: "a.yaml:3:1: unknown key | \"x\"")
        #expect(try check(refused).verdict == .warning)
        #expect(try check(refused).lines[0].hasSuffix("; the last reload was refused, the old configuration stays"))
        let told = "problems: 2, the first at a.yaml:3:1, and the next start would fail"
        #expect(try check(refused).lines[1].contains(told))
    }

    @Test func theWorstCarrierDecides() throws {
        let trouble = Report.carrier(Report.bind(), Report.refused("2"), name: "a")
        let down = Report.carrier(Report.refused(), name: "b", required: true)
        #expect(BindsCheck(try document(trouble)).verdict == .warning)
        let check = BindsCheck(try document(trouble, down, Report.carrier(Report.bind(), name: "c")))
        #expect(check.verdict == .critical && check.verdict.rawValue == 2)
        #expect(check.lines[0] == "SMPPOST CRITICAL - 1 of 3 carriers down: b; 1 of 3 in trouble: a")
        // Each bind's reason whole, with what to do.
        let why = try #require(Report.refused().failure).words.en
        #expect(check.lines[1...2] == ["CRITICAL: b: the bind is not up", "  b: bind 1: \(why)"])
        #expect(check.lines[3...4] == ["WARNING: a: 1 of 2 binds up", "  a: bind 2: \(why)"])
        #expect(!check.lines.contains { $0.contains("c: ") })
    }

    /// What all binds suffer is told once, with its address.
    @Test func alikeReasonsAreOneLine() throws {
        func refused(_ name: String, _ host: String) -> BindStatus {
            Report.bind(name) {
                $0.state = "waiting"
                $0.failure = BindFailure(.connectRefused, at: host)
            }
        }
        let carrier = Report.carrier(refused("1", "a:1"), refused("2", "b:1"), refused("3", "a:1"))
        let details = BindsCheck(try document(carrier)).lines.filter { $0.hasPrefix("  main: ") }
        #expect(details.count == 2)
        #expect(
            details.first?.hasPrefix("  main: bind 1, 3: a:1: connection refused: nothing listens on the port") == true)
    }

    @Test func anOptionalCarrierWarns() throws {
        let down = Report.carrier(Report.refused(), name: "b", required: false)
        let check = BindsCheck(try document(down, Report.carrier(Report.bind(), name: "c")))
        #expect(check.verdict == .warning && check.verdict.rawValue == 1)
    }

    /// However many carriers there are, and however long their names.
    @Test func theFirstLineIsShort() throws {
        var snapshot = Report.snapshot()
        snapshot.carriers = (0..<200).map { index in
            let name = String(repeating: "long-name-", count: 6) + "\(index)"
            return CarrierSnapshot(
                status: CarrierStatus(name: name, required: true, ready: false, binds: [Report.refused()]),
                receipts: ReceiptsSnapshot(carrier: name))
        }
        let lines = try check(snapshot).lines
        #expect(lines[0].count <= 200 && lines[0].hasPrefix("SMPPOST CRITICAL - 200 of 200 carriers down: "))
        #expect(lines.count > 400)
    }

    @Test(arguments: [(true, BindsCheck.Verdict.critical), (false, .warning)])
    func switchedOff(required: Bool, verdict: BindsCheck.Verdict) throws {
        let off = Report.carrier(Report.bind { $0.state = "stopped" }, required: required)
        #expect(BindsCheck(try document(off)).verdict == verdict)
    }

    @Test func aBarEndsTheWords() {
        #expect(BindsCheck(.unknown, "a|b").lines == ["SMPPOST UNKNOWN - a/b"])
    }

    @Test func withoutCarriersNobodyKnows() throws {
        #expect(BindsCheck(try document()).verdict == .unknown)
    }
}
