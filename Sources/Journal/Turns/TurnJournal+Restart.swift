import Logging
import Messaging

extension TurnJournal {
    /// Takes in what earlier processes wrote: the ledger's entries, and accepted segments for the receipts.
    func restore(at now: UInt64) throws(JournalProblem) {
        let key = try store.fingerprintKey()
        let age = max(options.ledger.ttl, options.receiptMemory)
        var restart = JournalRestart(
            ledgerFrom: now - min(now, options.ledger.ttl), receiptsFrom: now - min(now, options.receiptMemory),
            isRecentKept: options.ledger.duplicateWindow > 0, refusal: options.refusalStatus)
        try store.replay(since: now - min(now, age)) { records in
            for record in records { restart.take(record) }
            let segments = restart.takeSegments()
            if !segments.isEmpty { options.restored(segments) }
        }
        options.restored(restart.takeSegments(isEnd: true))
        options.restoredParts(restart.openParts)
        options.restoredDoubts(restart.doubts)
        options.restoredInterrupted(restart.interrupted)
        ledger = InDoubtLedger(rules: options.ledger)
        restart.fill(&ledger)
        ledger.expire(at: now)
        try shared?.setClaims(ledger.claims)
        fingerprint = options.fingerprints(key)
        if ledger.count > 0 {
            logger.notice(
                "messages whose answer nobody has yet are known again",
                metadata: ["entries": "\(ledger.count)", "in_doubt": "\(ledger.unknownCount)"])
        }
    }
}
