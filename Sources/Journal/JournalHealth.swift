/// How the journal is, at one moment.
package struct JournalHealth: Hashable, Sendable {
    /// Whether records can be written.
    package var isWriting = false
    /// Why not; nil while it writes, and before the first attempt.
    package var problem: JournalProblem?
    /// Since when it has been as it is, in milliseconds since 1970.
    package var since: UInt64 = 0
    /// Records that wait to be written.
    package var queued = 0
    /// Messages of which nobody knows whether they went.
    package var inDoubt = 0
    /// Messages that are under way, in doubt, or whose answer its client does not have yet.
    package var entries = 0
    /// Repeats that were answered from the ledger, since the start.
    package var replayed: UInt64 = 0
    /// Records written since the start.
    package var written: UInt64 = 0
    /// Transactions since the start.
    package var commits: UInt64 = 0
    /// Records that were given up since the start: done without in an outage, or such as the database does not take.
    package var dropped: UInt64 = 0
    /// Records that were deleted because of their age, since the start.
    package var pruned: UInt64 = 0

    package init() {}
}

/// What happens to new messages while the journal cannot write.
package enum JournalOutage: String, Hashable, Sendable {
    /// They are refused: nothing is sent that is not recorded.
    case refuse
    /// They are sent without a record.
    case `continue`
}
