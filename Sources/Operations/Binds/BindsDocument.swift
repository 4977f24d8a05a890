import Carriers
package import Foundation
package import SMPP

/// `/binds` as `smppost binds` reads it. What a newer bridge adds is skipped.
package struct BindsDocument: Decodable, Hashable, Sendable {
    /// The bridge.
    package struct Process: Decodable, Hashable, Sendable {
        package var version: String
        package var uptime: Double
    }

    /// What takes the forms.
    package struct Intake: Decodable, Hashable, Sendable {
        /// How many are locked out.
        package struct Lockouts: Decodable, Hashable, Sendable {
            package var address: Int
            package var login: Int
        }

        package var lockouts: Lockouts?
    }

    /// The configuration in force.
    package struct Configuration: Decodable, Hashable, Sendable {
        /// Carriers whose binds are being made anew.
        package var switching: [String]?
    }

    /// What is wrong with the bridge itself.
    package struct Trouble: Decodable, Hashable, Sendable {
        package var critical: Bool
        /// Of a bridge before these, nil.
        package var short: String?
        package var shortRu: String?
        package var words: String
        package var wordsRu: String?
    }

    /// A carrier; its light as `TrafficLight.rawValue`, or one that a newer bridge has.
    package struct Carrier: Decodable, Hashable, Sendable {
        package var name: String
        package var required: Bool
        package var ready: Bool
        package var light: String
        package var summary: String
        package var summaryRu: String?
        /// What is wrong with the carrier as a whole.
        package var trouble: String?
        package var troubleRu: String?
        package var pace: Pace?
        package var queue: Queue?
        package var binds: [Bind]
    }

    /// How fast a carrier is written to, in PDUs per second.
    package struct Pace: Decodable, Hashable, Sendable {
        package var configured: Double?
        package var learnt: Double?
        package var current: Double?
    }

    /// What waits for a carrier.
    package struct Queue: Decodable, Hashable, Sendable {
        package var messages: Int
        /// Seconds that a newcomer would wait.
        package var wait: Double
        /// Messages that were refused or moved on for lack of time, since the start.
        package var notInTime: Int
    }

    /// A bind. Times are in seconds.
    package struct Bind: Decodable, Hashable, Sendable {
        /// Segments since the start.
        package struct Totals: Decodable, Hashable, Sendable {
            package var accepted: Int
            package var refused: Int
            package var unknown: Int
        }

        package var name: String
        package var kind: String
        package var state: String
        package var since: Double
        package var downFor: Double?
        package var trouble: String?
        package var troubleRu: String?
        package var lastError: String?
        package var lastErrorRu: String?
        package var nextAttemptIn: Double?
        package var windowInUse: Int
        package var windowSize: Int
        package var waiting: Int
        package var rate: Double
        package var rateLimit: Double?
        package var responseP95: Double?
        package var enquireLinkRtt: Double?
        package var totals: Totals
    }

    package var version: Int
    package var process: Process
    package var intake: Intake?
    package var configuration: Configuration?
    /// The worst first.
    package var troubles: [Trouble]?
    package var carriers: [Carrier]

    /// - Throws: `BindsDocumentProblem` for anything but version 1 of the document.
    package init(json: Data) throws(BindsDocumentProblem) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let document = try? decoder.decode(BindsDocument.self, from: json) else {
            throw BindsDocumentProblem(reason: "the answer is not the /binds of an smppost bridge")
        }
        guard document.version == BindsReport.version else {
            throw BindsDocumentProblem(reason: "version \(document.version) of /binds is not known here")
        }
        self = document
    }

    /// Only the carriers with these names; all where there are none.
    ///
    /// - Throws: where one of them does not exist.
    package func only(_ names: [String]) throws(BindsDocumentProblem) -> BindsDocument {
        guard !names.isEmpty else { return self }
        for name in names where !carriers.contains(where: { $0.name == name }) {
            let known = carriers.map(\.name).joined(separator: ", ")
            throw BindsDocumentProblem(reason: "there is no carrier \(name); there are: \(known)")
        }
        var copy = self
        copy.carriers.removeAll { !names.contains($0.name) }
        return copy
    }

    /// One line over all carriers.
    package var headline: Phrase {
        Headline.words(
            carriers.compactMap { carrier in
                TrafficLight(rawValue: carrier.light).map { (carrier.name, $0) }
            })
    }
}

extension BindsDocument.Carrier {
    var summaryWords: Phrase { Phrase(en: summary, ru: summaryRu ?? summary) }
    var troubleWords: Phrase? { trouble.map { Phrase(en: $0, ru: troubleRu ?? $0) } }

    /// How many binds are up.
    var upWords: Phrase { CarrierWords.up(binds.count { $0.state == BindState.bound.name }, of: binds.count) }
}

extension BindsDocument.Bind {
    /// Why it is not as it should be, whole; nil = it is.
    var reason: Phrase? {
        guard let trouble else { return nil }
        return lastError.map { Phrase(en: $0, ru: lastErrorRu ?? $0) } ?? Phrase(en: trouble, ru: troubleRu ?? trouble)
    }

    /// The same with when it tries again.
    var why: Phrase? {
        guard let reason else { return nil }
        guard lastError != nil, let nextAttemptIn else { return reason }
        return CarrierWords.next.with(reason, Phrase(BindStatus.clock(nextAttemptIn)))
    }
}

extension BindsDocument.Trouble {
    var phrase: Phrase { Phrase(en: words, ru: wordsRu ?? words) }
    var shortPhrase: Phrase { short.map { Phrase(en: $0, ru: shortRu ?? $0) } ?? phrase }
}

/// Why an answer of `/binds` cannot be used.
package struct BindsDocumentProblem: Error, Hashable, CustomStringConvertible {
    package var reason: String

    package var description: String { reason }
}
