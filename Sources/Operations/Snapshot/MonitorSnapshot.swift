package import Carriers
package import Foundation
package import Intake
package import Journal
package import SMPP

/// Everything that the monitor shows, taken at one moment: the page, `/binds`, `/metrics` and `smppost binds` are views of it.
package struct MonitorSnapshot: Sendable {
    package var takenAt: Date
    package var configuration: ConfigurationStatus
    /// In the configuration's order, or, where they are many, the worst first.
    package var carriers: [CarrierSnapshot]
    /// Whether the intake takes connections.
    package var isListening = true
    package var intake: IntakeStatistics
    package var intakeCertificate: ListenerCertificate
    /// nil = it serves plain HTTP.
    package var monitorCertificate: ListenerCertificate?
    package var process: ProcessStatus
    /// nil = no journal is configured.
    package var journal: JournalHealth?
    /// Likewise.
    package var journalPlace: JournalPlace?
    /// nil = no journal is configured.
    package var postings: PostingTotals?
    /// The last messages of which nobody knows whether they went, newest first; at most `maximumInDoubt`.
    package var inDoubt: [InDoubtStatus] = []
    package var monitorRefusals = MonitorRefusals()

    /// Of the listeners that have one.
    package var ownCertificates: [(listener: ListenerCertificate.Listener, certificate: ListenerCertificate)] {
        [(.intake, intakeCertificate)] + (monitorCertificate.map { [(.monitor, $0)] } ?? [])
    }

    /// So many messages in doubt are shown.
    package static let maximumInDoubt = 20
}

/// Where the journal is, and what it means when it cannot be written.
package struct JournalPlace: Hashable, Sendable {
    /// A file's path, or a database's address without login and password.
    package var name: String
    /// Messages are refused then; else they go without a record.
    package var isNeeded: Bool

    package init(name: String, isNeeded: Bool = true) {
        self.name = name
        self.isNeeded = isNeeded
    }
}

/// What the monitor's own listener refused since the start.
package struct MonitorRefusals: Hashable, Sendable {
    /// Connections that lost their place to a newcomer's, or found none.
    package var connections = 0
    /// Requests with a wrong token.
    package var tokens = 0

    package init(connections: Int = 0, tokens: Int = 0) {
        self.connections = connections
        self.tokens = tokens
    }
}

/// The configuration in force.
package struct ConfigurationStatus: Hashable, Sendable {
    /// Counts the configurations of this process, from 1.
    package var generation: Int
    package var loadedAt: Date
    /// Carriers whose binds are being made anew since the last reload.
    package var switching: [String]
    /// The last reload, where it was refused; nil = it was applied, or there was none.
    package var refused: RefusedReload?

    package init(generation: Int = 1, loadedAt: Date, switching: [String] = [], refused: RefusedReload? = nil) {
        self.generation = generation
        self.loadedAt = loadedAt
        self.switching = switching
        self.refused = refused
    }
}

/// A reload of which nothing was used. What lies on the disk will refuse the next start, too.
package struct RefusedReload: Hashable, Sendable {
    package var at: Date
    package var problems: Int
    /// The first problem, with its place.
    package var first: String

    package init(at: Date, problems: Int, first: String) {
        self.at = at
        self.problems = problems
        self.first = first
    }
}

/// A carrier with what came back from it.
package struct CarrierSnapshot: Hashable, Sendable {
    package var status: CarrierStatus
    package var receipts: ReceiptsSnapshot
    /// The last minutes of each bind, in the order of the status.
    package var recent: [BindRecent]
    /// The trace that is on, or the last one; nil = there was none.
    package var trace: TraceStatus?

    package init(
        status: CarrierStatus, receipts: ReceiptsSnapshot, recent: [BindRecent] = [], trace: TraceStatus? = nil
    ) {
        self.status = status
        self.receipts = receipts
        self.recent = recent
        self.trace = trace
    }
}

/// A message of which nobody knows whether it went. Neither its text nor its whole number is here.
package struct InDoubtStatus: Hashable, Sendable {
    /// The `X-Message-Id`.
    package var id: String
    package var account: String
    package var carrier: String
    /// The recipient's number with its middle hidden.
    package var maskedNumber: String
    /// Since it became doubtful, in seconds.
    package var ago: Double
    /// Why, as the reply's `error`: `carrier_timeout`, `connection_lost`, `partial_unknown`.
    package var reason: String

    package init(id: String, account: String, carrier: String, maskedNumber: String, ago: Double, reason: String) {
        self.id = id
        self.account = account
        self.carrier = carrier
        self.maskedNumber = maskedNumber
        self.ago = ago
        self.reason = reason
    }
}
