import HTTPService
import Journal

/// What `/metrics` tells of the journal.
extension MetricsReport {
    /// - Parameter journal: nil = no journal: the families have no samples.
    static func writeJournal(_ journal: JournalHealth?, to metrics: inout MetricsWriter) {
        metrics.family("smppost_journal_up", .gauge, "1 while the journal writes.")
        if let journal { metrics.sample(journal.isWriting) }
        metrics.family("smppost_in_doubt", .gauge, "Messages of which nobody knows whether they went.")
        if let journal { metrics.sample(journal.inDoubt) }
        metrics.family(
            "smppost_replayed_total", .counter,
            "Requests that were answered from the ledger: nothing was sent for them.")
        if let journal { metrics.sample(journal.replayed) }
        metrics.family(
            "smppost_ledger_entries", .gauge,
            "Messages that are under way, in doubt, or whose answer their client does not have yet.")
        if let journal { metrics.sample(journal.entries) }
        metrics.family("smppost_journal_queue_length", .gauge, "Records that wait to be written to the journal.")
        if let journal { metrics.sample(journal.queued) }
        metrics.family("smppost_journal_records_total", .counter, "Records written to the journal.")
        if let journal { metrics.sample(journal.written) }
        metrics.family("smppost_journal_commits_total", .counter, "Transactions of the journal.")
        if let journal { metrics.sample(journal.commits) }
        metrics.family("smppost_journal_dropped_total", .counter, "Records that were given up: nothing tells of them.")
        if let journal { metrics.sample(journal.dropped) }
        metrics.family("smppost_journal_pruned_total", .counter, "Records deleted because of their age.")
        if let journal { metrics.sample(journal.pruned) }
    }
}
