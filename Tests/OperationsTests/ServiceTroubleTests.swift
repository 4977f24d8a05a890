import Carriers
import Foundation
import Intake
import Journal
import NIOCore
import SMPP
import Testing

@testable import Operations

/// What the bridge says of itself: in both languages where it is wrong and what to do next.
struct ServiceTroubleTests {
    private static let kinds: [JournalProblem.Kind?] = [
        .full, .readOnly, .corrupt, .unreachable, .incompatible, .failed, nil,
    ]

    private static var locks: LockOutStatus {
        var locks = LockOutStatus()
        locks.counts = [.login: 4, .address: 1]
        return locks
    }

    private static var all: [(ServiceTrouble, facts: [String])] {
        let place = JournalPlace(name: "/var/lib/smppost/smppost.db")
        let refused = RefusedReload(at: .now, problems: 2, first: "config/a.yaml:3:1: unknown key \"x\"")
        return [
            (.draining, ["systemctl start smppost"]), (.notListening, ["intake.listen", "journalctl"]),
            (.reload(refused), ["config/a.yaml:3:1", "2", "smppost check"]), (.quota(["acme"]), ["acme", "quota"]),
            (.intakeFull(places: 75), ["75", "intake.max_connections", "LimitNOFILE", "max_connections_per_address"]),
            (.locked(.login, locks), ["4", "smppost unlock"]), (.locked(.address, locks), ["1", "smppost unlock"]),
        ] + certificates + causes + kinds.map { (.journal($0, at: place), ["/var/lib/smppost/smppost.db"]) }
    }

    private static var causes: [(ServiceTrouble, facts: [String])] {
        let place = JournalPlace(name: "postgresql://db.example.net/smppost")
        return PostgreSQLCause.allCases.map { cause in
            let facts = ["max_connections", "pg_hba.conf"].filter(cause.phrase.en.contains)
            return (.journal(.unreachable, cause, at: place), ["postgresql://db.example.net/smppost"] + facts)
        }
    }

    private static var certificates: [(ServiceTrouble, facts: [String])] {
        let now: Int64 = 1_800_000_000
        return ListenerCertificate.Listener.allCases.flatMap { listener in
            [13 * 86_400, -1].flatMap { left in
                ListenerCertificate.Refusal.allCases.flatMap { refused in
                    ServiceTrouble.certificate(
                        of: listener,
                        ListenerCertificate(expiry: now + left, file: "/etc/smppost/tls/server.crt", refused: refused),
                        now: now
                    ).map { ($0, ["/etc/smppost/tls/server.crt", "\(listener).tls.certificate"]) }
                }
            }
        }
    }

    @Test func aCertificateIsToldByItsStage() {
        func codes(_ left: Int64, _ refused: ListenerCertificate.Refusal? = nil) -> [String] {
            var snapshot = MonitorReportTests.snapshot(MonitorReportTests.carrier(MonitorReportTests.bind()))
            snapshot.intakeCertificate.expiry = Int64(snapshot.takenAt.timeIntervalSince1970) + left
            snapshot.intakeCertificate.refused = refused
            return snapshot.troubles.map { "\($0.isCritical ? "critical " : "")\($0.code.rawValue)" }
        }
        #expect(codes(20 * 86_400) == [])
        #expect(codes(13 * 86_400) == ["certificate"])
        #expect(codes(20 * 86_400, .expired) == ["certificate_refused"])
        #expect(codes(-1, .keyMismatch) == ["critical certificate", "certificate_refused"])
        var snapshot = MonitorReportTests.snapshot(MonitorReportTests.carrier(MonitorReportTests.bind()))
        snapshot.monitorCertificate = ListenerCertificate(expiry: 1, file: "m.crt")
        #expect(snapshot.troubles.map(\.isCritical) == [false], "messages go on")
        snapshot.intake.places = 75
        snapshot.intake.fullFor = 10
        #expect(snapshot.troubles.map(\.code) == [.intakeFull, .certificate])
    }

    @Test func bothLanguagesHaveTheFacts() {
        for (trouble, facts) in Self.all {
            for language in Language.allCases {
                let words = trouble.words[language]
                #expect(words.hasPrefix(trouble.short[language]))
                for fact in facts { #expect(words.contains(fact), "\(words)") }
                let names = facts.reduce(words) { $0.replacing($1, with: "") }
                #expect(!words.contains("%") && !names.contains("_") && words.count < 300, "\(words)")
            }
            #expect(!trouble.words.en.contains(where: Self.isCyrillic))
            #expect(trouble.words.ru.contains(where: Self.isCyrillic))
            #expect(Self.latin(trouble.words.ru).isSubset(of: Self.latin(trouble.words.en)), "\(trouble.words.ru)")
        }
        #expect(Set(Self.all.map(\.0.code)) == Set(ServiceTrouble.Code.allCases))
    }

    /// Only names stand in Russian as they are in English.
    private static func latin(_ text: String) -> Set<String> {
        Set(text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || "/".contains($0))) }.map(String.init))
    }

    private static func isCyrillic(_ character: Character) -> Bool {
        character.unicodeScalars.contains { (0x400...0x4FF).contains($0.value) }
    }

    @Test func withoutAJournalThatIsNeededMessagesGo() {
        let place = JournalPlace(name: "a.db", isNeeded: false)
        #expect(ServiceTrouble.journal(.full, at: place).words.en.contains("messages go without a record"))
        #expect(!ServiceTrouble.journal(.full, at: place).words.ru.contains("отклоняются"))
    }
}
