package import Messaging

/// A store that has the last word about which messages are new: its table of claims is the ledger for all that write it.
package protocol SharedStore: JournalStore {
    /// Adds records as `append` does, and messages with their claims, in one transaction.
    ///
    /// - Parameters:
    ///   - claims: messages that begin; one whose fingerprint has another claim is not added.
    ///   - ended: claims that end with this, before the others begin.
    /// - Returns: the claims that others have.
    func append(
        _ records: [JournalRecord], claims: [MessageRecord], ended: [LedgerClaim]
    ) throws(JournalProblem) -> [TakenClaim]

    /// Makes these all the claims there are, and leaves alone what is so already: at the start of a process. Of several that share it
    /// each only adds.
    func setClaims(_ claims: [LedgerClaim]) throws(JournalProblem)

    /// Ends the claims of messages from before `moment` (milliseconds since 1970).
    func endClaims(before moment: UInt64) throws(JournalProblem)
}

/// A message has this fingerprint for itself.
package struct LedgerClaim: Hashable, Sendable {
    package var id: MessageID
    package var fingerprint: Fingerprint

    package init(id: MessageID, fingerprint: Fingerprint) {
        self.id = id
        self.fingerprint = fingerprint
    }
}

/// A message came too late: another one has its fingerprint.
package struct TakenClaim: Hashable, Sendable {
    package var message: MessageID
    /// Who has it.
    package var original: MessageID
    /// What is known of that one; nil = its records are gone.
    package var life: MessageLife?
}
