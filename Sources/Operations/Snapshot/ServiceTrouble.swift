import Carriers
import Foundation
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
        /// Every place for a connection is taken.
        case intakeFull = "intake_full"
        case journal
        /// A listener's certificate ends soon, or has ended.
        case certificate
        /// A listener's new certificate is not taken.
        case certificateRefused = "certificate_refused"
        case reload
        case lockedLogins = "locked_logins"
        case lockedAddresses = "locked_addresses"
        case quota
    }

    package var code: Code
    /// Every message is refused; else some are, or the next start will fail.
    package var isCritical: Bool
    /// In a few words, for a line that tells more.
    package var short: Phrase
    /// What is wrong, where, and what to do next.
    package var words: Phrase

    /// So many names are told at most.
    static let toldNames = 3
}

extension MonitorSnapshot {
    /// Those that stop every message first.
    package var troubles: [ServiceTrouble] {
        var troubles: [ServiceTrouble] = []
        if intake.isDraining {
            troubles.append(.draining)
        } else if !isListening {
            troubles.append(.notListening)
        } else if intake.fullFor != nil {
            troubles.append(.intakeFull(places: intake.places))
        }
        if let journal, !journal.isWriting {
            troubles.append(.journal(journal.problem?.kind, journal.problem?.cause, at: journalPlace))
        }
        let now = Int64(takenAt.timeIntervalSince1970)
        for (listener, certificate) in ownCertificates {
            troubles += ServiceTrouble.certificate(of: listener, certificate, now: now)
        }
        if let refused = configuration.refused { troubles.append(.reload(refused)) }
        let locks = intake.lockOuts
        for kind in [Lock.Kind.login, .address] where locks.counts[kind, default: 0] > 0 {
            troubles.append(.locked(kind, locks))
        }
        let usedUp = intake.quotas.filter { $0.parts.values.contains { $0.left == 0 } }.map(\.account)
        if !usedUp.isEmpty { troubles.append(.quota(usedUp)) }
        return troubles.filter(\.isCritical) + troubles.filter { !$0.isCritical }
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
