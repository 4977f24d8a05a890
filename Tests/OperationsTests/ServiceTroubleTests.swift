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
            (.locked(.login, locks), ["4", "smppost unlock"]), (.locked(.address, locks), ["1", "smppost unlock"]),
        ] + kinds.map { (.journal($0, at: place), ["/var/lib/smppost/smppost.db"]) }
    }

    @Test func bothLanguagesHaveTheFacts() {
        for (trouble, facts) in Self.all {
            for language in Language.allCases {
                let words = trouble.words[language]
                #expect(words.hasPrefix(trouble.short[language]))
                for fact in facts { #expect(words.contains(fact), "\(words)") }
                #expect(!words.contains("%") && !words.contains("_") && words.count < 300, "\(words)")
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
