/// What the audit found: what the target told about each message against what the carrier received.
package struct AuditReport: Hashable, Sendable, Codable {
    /// What the audit comes to.
    package enum Verdict: String, Hashable, Sendable, Codable {
        /// Every message was told truthfully and arrived once and unchanged.
        case clean
        case faults
        /// The record has gaps or could not be read to its end: what is missing in it proves nothing.
        case incomplete
    }

    /// What may be wrong with a message.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Told as accepted, never received whole.
        case lost
        /// Received whole more than once, or a segment of it was.
        case duplicated
        /// Received with another text, recipient or sender.
        case changed
        /// Told as refused or not sent, but received.
        case receivedThoughRefused = "received_though_refused"
        /// Told as partly accepted, but received whole or not at all.
        case falsePartial = "false_partial"
        /// Carries this run's mark, but was never sent.
        case unexpected
        /// A segment of a long text whose first one never came.
        case strayPiece = "stray_piece"
    }

    /// A message with which something is wrong.
    package struct Finding: Hashable, Sendable, Codable {
        package var kind: Kind
        /// The mark in the text; empty for a stray piece.
        package var marker: String
        /// What exactly, without texts and numbers.
        package var detail: String
    }

    package var verdict = Verdict.clean
    /// Why the audit is incomplete.
    package var problem: String?
    /// Lines of the record that were read during the run.
    package var lines = 0
    /// Lines that carry another run's mark or none.
    package var foreignLines = 0
    /// Submits that the carrier refused.
    package var refusedLines = 0
    /// Lines that the record had dropped before they were read.
    package var missingLines = 0
    /// Messages received whole.
    package var received = 0
    /// How many of each kind, all counted.
    package var counts: [String: Int] = [:]
    /// Answered "unknown" or not at all: received, and not received.
    package var doubtfulReceived = 0
    package var doubtfulMissing = 0
    /// At most `LoadLimits.listed` of each kind.
    package var findings: [Finding] = []

    /// How many of a kind were found.
    package func count(_ kind: Kind) -> Int { counts[kind.rawValue] ?? 0 }

    /// All together.
    package var total: Int { counts.values.reduce(0, +) }

    mutating func add(_ kind: Kind, marker: String, _ detail: String) {
        let count = count(kind) + 1
        counts[kind.rawValue] = count
        if count <= LoadLimits.listed { findings.append(Finding(kind: kind, marker: marker, detail: detail)) }
    }
}
