import Logging
import Messaging

extension TurnJournal {
    /// Takes in what earlier processes wrote: the ledger's entries first, without which nothing may be sent, then what receipts and
    /// inbound messages need.
    func restore(at now: UInt64) throws(JournalProblem) {
        let key = try store.fingerprintKey()
        try restoreLedger(at: now)
        try shared?.setClaims(ledger.claims)
        let receipts = now - min(now, options.receiptMemory)
        options.restoredParts(try store.openParts(since: receipts))
        let hash = RecipientHash(key)
        options.recipientHash(hash)
        let finals = options.finalStates
        try store.awaiting(since: receipts, newest: options.receiptSegments, finals: finals) { lives in
            options.restored(lives.flatMap { $0.restored(since: receipts, finals: finals) })
        }
        (fingerprint, recipientHash) = (options.fingerprints(key), hash)
        if ledger.count > 0 {
            logger.notice(
                "messages whose answer nobody has yet are known again",
                metadata: ["entries": "\(ledger.count)", "in_doubt": "\(ledger.unknownCount)"])
        }
    }

    private func restoreLedger(at now: UInt64) throws(JournalProblem) {
        let window = options.ledger.duplicateWindow
        var restored = InDoubtLedger(rules: options.ledger)
        var doubts: [RestoredDoubt] = []
        var interrupted: [InterruptedMessage] = []
        try store.unsettled(
            since: now - min(now, options.ledger.ttl), recent: window > 0 ? now - min(now, window) : nil
        ) { lives in
            for life in lives {
                guard let outcome = restored.restore(life, refusal: options.refusalStatus) else { continue }
                doubts.append(RestoredDoubt(life.message, outcome))
                guard life.outcome == nil else { continue }
                let message = life.message
                interrupted.append(
                    InterruptedMessage(message: message.id, account: message.account, segments: message.segments))
            }
            doubts.removeFirst(max(0, doubts.count - JournalOptions.doubts))
        }
        options.restoredDoubts(doubts)
        options.restoredInterrupted(interrupted)
        restored.expire(at: now)
        ledger = restored
    }
}
