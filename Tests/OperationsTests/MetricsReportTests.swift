import Carriers
import Foundation
import HTTPService
import Intake
import Journal
import SMPP
import TestPrograms
import Testing

@testable import Operations

@Suite struct MetricsReportTests {
    /// As busy as a big installation: everything that has a sample has one.
    static func snapshot(carriers: Int, binds: Int, accounts: Int) -> MonitorSnapshot {
        var times = TimeHistogram()
        for milliseconds in [1, 30, 700, 4_000] { times.add(.milliseconds(milliseconds)) }
        let carriers = (1...carriers).map { number in
            let list = (1...binds).map { place in
                var bind = BindStatus(kind: place, of: number)
                bind.times.responses = times
                bind.times.windowWaits = times
                bind.times.enquireLinks = times
                return bind
            }
            let status = CarrierStatus(name: "carrier-\(number)", required: true, ready: true, binds: list)
            var receipts = ReceiptsSnapshot(carrier: status.name)
            for state in ReceiptState.allCases { receipts.byState[state] = 1_000_000 }
            receipts.delays.add(.seconds(7))
            receipts.matched = 8_000_000
            receipts.unmatchedReasons = [.unknownID: 12]
            return CarrierSnapshot(status: status, receipts: receipts)
        }
        var intake = IntakeStatistics()
        for account in 1...accounts {
            for code in ReplyCode.allCases {
                intake.replies[ReplyLabel(account: "account-\(account)", status: code.status, code: code)] = 123_456
            }
            intake.replies[ReplyLabel(account: "account-\(account)", status: 200, code: nil)] = 99_999_999
        }
        intake.passedOn = [
            PassingLabel(node: "b", ending: .answered(.notSent)): 3, PassingLabel(node: "b", ending: .lost): 1,
        ]
        intake.quotas = [
            QuotaStatus(
                account: "account-1", zone: "UTC",
                parts: [.day: .init(limit: 5, used: 7, endsAt: 0), .month: .init(limit: 50, used: 7, endsAt: 0)])
        ]
        intake.replies[ReplyLabel(account: nil, status: 401, code: .badCredentials)] = 3
        var process = ProcessStatus(startedAt: Date(timeIntervalSince1970: 1_764_000_000), pid: 1)
        process.cpuSeconds = 12.34
        process.residentBytes = 50_000_000
        var journal = JournalHealth()
        journal.isWriting = true
        journal.inDoubt = 2
        journal.replayed = 3
        return MonitorSnapshot(
            takenAt: Date(timeIntervalSince1970: 1_764_003_600),
            configuration: ConfigurationStatus(
                generation: 3, loadedAt: Date(timeIntervalSince1970: 1_764_000_000), switching: ["carrier-1"]),
            carriers: carriers, intake: intake,
            intakeCertificate: ListenerCertificate(expiry: 1_796_000_000, file: "tls/server.crt"), process: process,
            journal: journal)
    }

    private static func lines(_ snapshot: MonitorSnapshot) -> [String] {
        String(decoding: MetricsReport.text(snapshot).bytes, as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    /// 20 carriers of 4 binds and 50 accounts: the bounds were 10 ms and 500 KB before pace, queue, state and locks were told.
    @Test func aBigScrapeIsSmallAndFast() {
        let snapshot = Self.snapshot(carriers: 20, binds: 4, accounts: 50)
        var size = 0
        let best = (0..<5).map { _ in processorTime { size = MetricsReport.text(snapshot).bytes.count } }.min()
        print("a scrape of 20 carriers × 4 binds × 50 accounts: \(size) octets, \(best ?? .zero)")
        #expect(size < 560_000)
        // A build for debugging is far slower than one for use.
        #expect(best ?? .seconds(1) < .milliseconds(500))
    }

    @Test func samplesFollowTheirFamilyAndAreUnique() {
        let lines = Self.lines(Self.snapshot(carriers: 3, binds: 2, accounts: 2))
        var families: Set<String> = []
        var family = ""
        var series: Set<Substring> = []
        for line in lines {
            if line.hasPrefix("# HELP ") {
                family = String(line.split(separator: " ")[2])
                #expect(families.insert(family).inserted, "\(family) twice")
                #expect(family.hasPrefix("smppost_") || family.hasPrefix("process_"))
            } else if !line.hasPrefix("# TYPE ") {
                let name = line.prefix { $0 != "{" && $0 != " " }
                let suffixes = ["", "_bucket", "_sum", "_count"].map { family + $0 }
                #expect(suffixes.contains(String(name)), "\(line) in \(family)")
                #expect(series.insert(line.prefix(upTo: line.lastIndex(of: " ")!)).inserted, "\(line) twice")
            }
        }
        for name in Self.promised { #expect(families.contains(name), "\(name) is missing") }
    }

    /// Design §5 names these.
    static let promised = [
        "smppost_bind_up", "smppost_bind_state_changes_total", "smppost_window_in_use", "smppost_window_size",
        "smppost_window_wait_seconds", "smppost_submit_total", "smppost_submit_seconds", "smppost_http_requests_total",
        "smppost_http_seconds", "smppost_enquire_link_seconds", "smppost_throttle_stopped",
        "smppost_late_responses_total", "smppost_in_doubt", "smppost_replayed_total", "smppost_receipts_total",
        "smppost_receipt_delay_seconds", "smppost_tls_certificate_expiry_seconds", "smppost_build_info",
        "smppost_carrier_state", "smppost_carrier_pace", "smppost_carrier_pace_limit", "smppost_carrier_queue",
        "smppost_carrier_queue_wait_seconds", "smppost_not_in_time_total", "smppost_quota_left",
        "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
        "process_start_time_seconds",
    ]

    @Test func theSameFamiliesWhateverHappened() {
        func families(_ lines: [String]) -> [String] { lines.filter { $0.hasPrefix("# TYPE ") } }
        let big = Self.lines(Self.snapshot(carriers: 2, binds: 2, accounts: 2))
        var nothing = Self.snapshot(carriers: 1, binds: 1, accounts: 1)
        nothing.carriers = []
        nothing.journal = nil
        nothing.intake = IntakeStatistics()
        #expect(families(big) == families(Self.lines(nothing)))
    }

    @Test func aCarriersStatusesAddUpOverItsBinds() {
        let lines = Self.lines(Self.snapshot(carriers: 1, binds: 4, accounts: 1))
        for expected in [
            #"smppost_submit_total{carrier="carrier-1",status="ESME_ROK"} 40"#,
            #"smppost_submit_total{carrier="carrier-1",status="ESME_RTHROTTLED"} 12"#,
            #"smppost_submit_total{carrier="carrier-1",status="timeout"} 8"#,
            #"smppost_submit_total{carrier="carrier-1",status="lost"} 4"#,
            #"smppost_bind_submit_total{carrier="carrier-1",bind="2",outcome="unknown"} 3"#,
            #"smppost_submit_seconds_count{carrier="carrier-1"} 16"#,
            #"smppost_bind_up{carrier="carrier-1",bind="1",kind="transceiver"} 1"#,
            #"smppost_bind_up{carrier="carrier-1",bind="4",kind="transceiver"} 0"#,
            #"smppost_bind_last_error{carrier="carrier-1",bind="4",reason="credentials"} 1"#,
            #"smppost_bind_state_changes_total{carrier="carrier-1",bind="4",to="waiting",reason="credentials"} 2"#,
            #"smppost_http_requests_total{account="-",code="401",error="bad_credentials"} 3"#,
            #"smppost_http_requests_total{account="account-1",code="200",error="none"} 99999999"#,
            #"smppost_tls_certificate_expiry_seconds{side="carrier",carrier="carrier-1",bind="1"} 1797000000"#,
            #"smppost_tps_limit{carrier="carrier-1"} 100"#, "smppost_in_doubt 2", "smppost_replayed_total 3",
            #"smppost_quota_left{account="account-1",period="day"} 0"#,
            #"smppost_quota_left{account="account-1",period="month"} 43"#,
            #"smppost_quota_limit{account="account-1",period="month"} 50"#, "smppost_journal_up 1",
            #"smppost_tls_certificate_expiry_seconds{side="intake"} 1796000000"#,
        ] {
            #expect(lines.contains(expected), "\(expected)")
        }
    }

    /// `/binds` and `/metrics` are two views of one snapshot: no number may differ.
    @Test func bindsAndMetricsAgree() throws {
        let snapshot = Self.snapshot(carriers: 2, binds: 4, accounts: 1)
        let json = try JSONSerialization.jsonObject(with: Data(BindsReport.json(snapshot).bytes)) as? [String: Any]
        let lines = Set(Self.lines(snapshot))
        var compared = 0
        func expect(_ name: String, _ labels: String, _ value: Any?) throws {
            let value = try #require(value as? NSNumber, "\(name)")
            #expect(lines.contains("\(name){\(labels)} \(value)"), "\(name){\(labels)} \(value)")
            compared += 1
        }
        for carrier in try #require(json?["carriers"] as? [[String: Any]]) {
            let name = try #require(carrier["name"] as? String)
            for bind in try #require(carrier["binds"] as? [[String: Any]]) {
                let place = try #require(bind["name"] as? String)
                let labels = #"carrier="\#(name)",bind="\#(place)""#
                let totals = try #require(bind["totals"] as? [String: Any])
                for outcome in ["accepted", "refused", "unknown"] {
                    try expect("smppost_bind_submit_total", labels + ",outcome=\"\(outcome)\"", totals[outcome])
                }
                try expect("smppost_late_responses_total", labels, totals["late"])
                try expect("smppost_throttled_total", labels, totals["throttled"])
                try expect("smppost_displaced_total", labels, totals["displaced"])
                try expect("smppost_deliveries_total", labels, totals["delivered"])
                try expect("smppost_pdu_errors_total", labels, totals["misplaced"])
                try expect("smppost_window_in_use", labels, bind["window_in_use"])
                try expect("smppost_window_size", labels, bind["window_size"])
                try expect("smppost_messages_waiting", labels, bind["waiting"])
                try expect("smppost_congestion_state", labels, bind["congestion"])
                if place == "4" { try expect("smppost_bind_next_attempt_seconds", labels, bind["next_attempt_in"]) }
            }
        }
        #expect(compared == 2 * (4 * 12 + 1))
    }
}

extension BindStatus {
    /// The fourth bind of a carrier is refused for its password; the others are up.
    fileprivate init(kind place: Int, of carrier: Int) {
        let isUp = place != 4
        self.init(
            name: "\(place)", kind: .transceiver, state: isUp ? "bound" : "waiting", since: 123.456789,
            host: "smsc\(carrier).example.net:2775")
        failure = isUp ? nil : BindFailure(.refused(.invalidPassword))
        nextAttemptIn = isUp ? nil : 250.5
        (window.inUse, window.size, window.waiting) = (7, 10, 3)
        (pace.carrierLimit, pace.recoveringLimit) = (100, isUp ? nil : 12.5)
        link.enquireLinkRTT = 0.012345
        link.lastReceivedAgo = 0.5
        link.tls = BindTLSStatus(version: "TLSv1.3", peerCertificateExpiry: 1_797_000_000)
        (totals.segments.accepted, totals.segments.refused, totals.segments.unknown) = (10, 4, 3)
        (totals.segments.late, totals.segments.throttled, totals.segments.lost) = (1, 3, 1)
        totals.delivered = 5
        totals.refusals = ["ESME_RTHROTTLED": 3, "ESME_RINVDSTADR": 1]
        for state in ["connecting", "binding", "bound"] { totals.changes[BindChangeKey(to: state)] = 1 }
        for reason: BindFailure.Code in [.credentials, .timeout, .reset, .enquire, .unbind, .closed, .connectRefused] {
            totals.changes[BindChangeKey(to: "waiting", reason: reason)] = 2
        }
    }
}
