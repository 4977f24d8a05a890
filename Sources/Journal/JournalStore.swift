/// A database that keeps the journal: SQLite or PostgreSQL.
///
/// Calls block and come from one thread, the journal's own.
package protocol JournalStore: AnyObject {
    /// Connects, brings the schema up to date and checks that it can write. Also after a failure, any number of times.
    ///
    /// - Throws: why it cannot; nothing is left open then.
    func open() throws(JournalProblem)

    /// Adds all records in one transaction: after it returns they survive what the configured durability names.
    ///
    /// - Throws: when none of them was added. The store must be opened again where the problem says `isLost`.
    func append(_ records: [JournalRecord]) throws(JournalProblem)

    /// Calls when readers see all that was appended, or are not going to.
    ///
    /// - Parameter then: called once, on any thread, the caller's too. Must neither block nor use the store.
    func settle(then: @escaping @Sendable () -> Void)

    /// 32 random octets that are made at the first opening and stay: the key of fingerprints.
    func fingerprintKey() throws(JournalProblem) -> [UInt8]

    /// What the ledger needs after a start, oldest first, in batches: messages from `since` on whose replies no client took. Times in
    /// milliseconds since 1970.
    ///
    /// - Parameter recent: also those that were accepted after it; nil = none.
    func unsettled(since moment: UInt64, recent: UInt64?, _ take: ([MessageLife]) -> Void) throws(JournalProblem)

    /// Parts of inbound messages from `moment` on (milliseconds since 1970) that are not whole.
    func openParts(since moment: UInt64) throws(JournalProblem) -> [InboundPartRecord]

    /// What receipts need after a start, oldest first, in batches: the newest messages, and of older ones those that may still get
    /// receipts: which may have gone, or went to a carrier that sends receipts and have not had all.
    ///
    /// - Parameters:
    ///   - moment: none from before it (milliseconds since 1970).
    ///   - finals: states that nothing else follows.
    func awaiting(
        since moment: UInt64, newest: Int, finals: [String], _ take: ([MessageLife]) -> Void) throws(JournalProblem)

    /// Deletes records older than `moment` (milliseconds since 1970), at most about `limit` of them, in one short
    /// transaction; postings, which are deleted when they are done, only `JournalSchema.postingAge` later.
    ///
    /// - Returns: how many it deleted; fewer than `limit` means that none are left.
    func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int

    /// Looks whether what was appended reaches readers, and what comes could be. Short: for a journal that nobody uses just now.
    ///
    /// - Throws: why not; the store must be opened again.
    func check() throws(JournalProblem)

    /// Closes what is open. Harmless when nothing is.
    func close()
}

extension JournalStore {
    /// Where a commit is what readers see there is nothing to wait for.
    package func settle(then: @escaping @Sendable () -> Void) { then() }
}
