import Carriers
import Intake
import Journal
package import SMPP

/// What is wrong with the bridge itself: messages are refused, or soon may be, whatever its carriers do.
package struct ServiceTrouble: Hashable, Sendable {
    /// Stable names, used in JSON.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// The bridge ends: new messages are refused.
        case draining
        case notListening = "not_listening"
        case journal
        case reload
        case lockedLogins = "locked_logins"
        case quota
    }

    package var code: Code
    /// Every message is refused; else some are, or the next start will fail.
    package var isCritical: Bool
    package var words: Phrase

    /// So many names are told at most.
    static let toldNames = 3
}

extension MonitorSnapshot {
    /// The worst first.
    package var troubles: [ServiceTrouble] {
        var troubles: [ServiceTrouble] = []
        func add(_ code: ServiceTrouble.Code, isCritical: Bool = false, _ words: Phrase) {
            troubles.append(ServiceTrouble(code: code, isCritical: isCritical, words: words))
        }
        if intake.isDraining {
            add(.draining, isCritical: true, CarrierWords.draining.phrase)
        } else if !isListening {
            add(.notListening, isCritical: true, CarrierWords.notListening.phrase)
        }
        if let journal, !journal.isWriting {
            let problem = journal.problem.map { Phrase(" (\($0.kind.rawValue))") } ?? ""
            add(.journal, isCritical: true, CarrierWords.journalBroken.phrase + problem)
        }
        if let refused = configuration.refused {
            add(.reload, CarrierWords.reloadRefused.with(Phrase(refused.first)))
        }
        let logins = intake.lockOuts.counts[.login, default: 0]
        if logins > 0 { add(.lockedLogins, CarrierWords.loginsLocked.with(Phrase("\(logins)"))) }
        let usedUp = intake.quotas.filter { $0.parts.values.contains { $0.left == 0 } }.map(\.account)
        if !usedUp.isEmpty {
            add(.quota, CarrierWords.quotaUsedUp.with(.names(usedUp, most: ServiceTrouble.toldNames)))
        }
        return troubles
    }

    /// How all carriers are, with counts, the worst first: `2 of 23 carriers down: a, b; 1 of 23 in trouble: c`.
    package var headline: Phrase { Headline.words(carriers.map { ($0.status.name, $0.status.light) }) }
}

/// One line over all carriers.
package enum Headline {
    /// So many names are told at most of each light.
    private static let toldNames = 5

    /// `2 of 23 carriers down: a, b; 1 of 23 in trouble: c`.
    package static func words(_ carriers: [(name: String, light: TrafficLight)]) -> Phrase {
        guard !carriers.isEmpty else { return CarrierWords.noCarriers.phrase }
        let all = Phrase("\(carriers.count)")
        let parts = [(TrafficLight.red, CarrierWords.headRed), (.yellow, .headYellow), (.off, .headOff)]
        let told = parts.compactMap { light, words -> Phrase? in
            let names = carriers.filter { $0.light == light }.map(\.name)
            return names.isEmpty
                ? nil : words.with(Phrase("\(names.count)"), all, .names(names, most: Self.toldNames))
        }
        guard let first = told.first else { return CarrierWords.allGreen.with(all) }
        return told.dropFirst().reduce(first) { $0 + "; " + $1 }
    }
}

extension Phrase {
    /// `a, b, c and 4 more`.
    static func names(_ names: [String], most: Int) -> Phrase {
        let told = Phrase(names.prefix(most).joined(separator: ", "))
        guard names.count > most else { return told }
        return told + " " + CarrierWords.more.with(Phrase("\(names.count - most)"))
    }
}

extension [CarrierSnapshot] {
    /// Where there are more than these the troubled ones come first, or people would have to look for them.
    private static let few = 6

    /// As they are where they are few; else the worst first, of the same light the required ones, then as they are.
    package var worstFirst: [CarrierSnapshot] {
        guard count > Self.few else { return self }
        let order: [TrafficLight] = [.red, .yellow, .off, .green]
        return order.flatMap { light in
            let alike = filter { $0.status.light == light }
            return alike.filter(\.status.required) + alike.filter { !$0.status.required }
        }
    }
}
