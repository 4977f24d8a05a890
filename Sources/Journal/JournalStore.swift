package import Messaging

/// A database that keeps the journal: SQLite or PostgreSQL.
///
/// All calls but `appendAtOnce` block and come from one thread, the journal's own; never from an event loop. No two at a time.
package protocol JournalStore: AnyObject {
    /// Connects, brings the schema up to date and checks that it can write. Also after a failure, any number of times.
    ///
    /// - Throws: why it cannot; nothing is left open then.
    func open() throws(JournalProblem)

    /// Adds all records in one transaction: after it returns they survive what the configured durability names.
    ///
    /// - Throws: when none of them was added. The store must be opened again where the problem says `isLost`.
    func append(_ records: [JournalRecord]) throws(JournalProblem)

    /// Whether `appendAtOnce` is of use, since the store was opened.
    var takesAtOnce: Bool { get }

    /// Adds all records as `append` does, where that takes neither a disk nor a wait: on an event loop too.
    ///
    /// - Returns: false where it would take one of them: then nothing is added.
    /// - Throws: as `append`.
    func appendAtOnce(_ records: [JournalRecord]) throws(JournalProblem) -> Bool

    /// Waits until readers see all that was appended.
    func settle() throws(JournalProblem)

    /// 32 random octets that are made at the first opening and stay: the key of fingerprints.
    func fingerprintKey() throws(JournalProblem) -> [UInt8]

    /// What the ledger and the receipts need after a start: everything from `moment` on, oldest first, handed over in
    /// batches.
    ///
    /// - Parameter moment: milliseconds since 1970.
    func replay(since moment: UInt64, _ take: ([JournalRecord]) -> Void) throws(JournalProblem)

    /// Deletes records older than `moment` (milliseconds since 1970), at most about `limit` of them, in one short
    /// transaction.
    ///
    /// - Returns: how many it deleted; fewer than `limit` means that none are left.
    func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int

    /// Closes what is open. Harmless when nothing is.
    func close()
}

extension JournalStore {
    /// A commit takes a disk or a network.
    package var takesAtOnce: Bool { false }

    /// A commit takes a disk or a network.
    package func appendAtOnce(_ records: [JournalRecord]) throws(JournalProblem) -> Bool { false }

    /// Where a commit is what readers see there is nothing to wait for.
    package func settle() throws(JournalProblem) {}
}

/// Reads the journal beside the one who writes it: on its own connection, on any thread, blocking.
package protocol JournalReader: Sendable {
    /// The life of one message, sent or inbound; nil = no such message.
    func life(of id: MessageID) throws(JournalProblem) -> MessageLife?

    /// Messages that pass the filter, newest first.
    func messages(_ filter: JournalFilter) throws(JournalProblem) -> [MessageLife]

    /// Inbound messages, newest first; `account`, `outcome` and `carrier` of the filter apply as far as they can.
    func inbound(_ filter: JournalFilter) throws(JournalProblem) -> [InboundRecord]

    /// What has to be posted, oldest first.
    ///
    /// - Parameters:
    ///   - after: only those with a greater id; nil = from the first.
    ///   - limit: 1 to 10,000.
    func postings(after: MessageID?, limit: Int) throws(JournalProblem) -> [PostingRecord]
}

/// Which messages a list has.
package struct JournalFilter: Hashable, Sendable {
    package var account: String?
    package var carrier: String?
    /// Digits: the whole number, or its end of 4 digits or more.
    package var recipient: String?
    package var outcome: String?
    /// Milliseconds since 1970: from here on.
    package var since: UInt64?
    /// Milliseconds since 1970: before this.
    package var before: UInt64?
    /// Only messages after this one, oldest first (to follow what comes).
    package var after: MessageID?
    /// 1 to 10,000.
    package var limit = 100

    package init() {}
}

/// Everything that the journal knows of one message.
package struct MessageLife: Hashable, Sendable {
    package var message: MessageRecord
    /// Nil while it is under way, or when the process died before.
    package var outcome: OutcomeRecord?
    package var late: [LateRecord] = []
    package var receipts: [ReceiptRecord] = []
    /// Whether a client took the reply.
    package var isDelivered = false

    package init(message: MessageRecord) {
        self.message = message
    }
}

/// Why the journal could not do something. Its words name no secret, text or number.
package struct JournalProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Kind: String, Hashable, Sendable {
        /// No room on the disk.
        case full
        /// The file or database may not be written.
        case readOnly = "read_only"
        /// The file is no database of ours, or is damaged.
        case corrupt
        /// The database cannot be reached, or has ended the connection.
        case unreachable
        /// A newer version's schema, or something else that waiting does not mend.
        case incompatible
        /// Everything else.
        case failed
    }

    package var kind: Kind
    /// For an operator: what happened, and where.
    package var words: String

    package init(_ kind: Kind, _ words: String) {
        self.kind = kind
        self.words = words
    }

    /// Whether the store must be opened again before it can be used.
    package var isLost: Bool { kind == .unreachable || kind == .corrupt }

    package var description: String { words }
}
