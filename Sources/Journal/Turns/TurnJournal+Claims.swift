import Messaging

/// What a shared store has to say about a turn.
///
///     ledger: new ──claim──▶ won ─────────────────────────────────────▶ new
///                     └────▶ taken ──(its life: still an answer)──────▶ repeats, from now on in this ledger too
///                              ▲ └──(over, by the ledger's rules)──┐
///                              └───────────claimed in its place────┘
extension TurnJournal {
    /// Somebody may take a claim each time that another is over: so often it is tried.
    private static let attempts = 3

    /// Commits a turn's records, messages that begin with their claims.
    func claim(_ draft: inout Draft, _ turn: Turn, at shared: any SharedStore) throws(JournalProblem) {
        var claims: [MessageRecord] = []
        var records: [JournalRecord] = []
        var begun = draft.begun[...]
        for (place, record) in draft.records.enumerated() {
            if begun.first == place, case .message(let message) = record {
                begun.removeFirst()
                claims.append(message)
            } else {
                records.append(record)
            }
        }
        var ended = draft.ended
        for _ in 0..<Self.attempts {
            let taken = try shared.append(records, claims: claims, ended: ended)
            count(records.count + claims.count - taken.count)
            if taken.isEmpty { return }
            let messages = Dictionary(claims.map { ($0.id, $0) }) { first, _ in first }
            (records, claims, ended) = ([], [], [])
            for one in taken {
                guard let message = messages[one.message] else { continue }
                guard let answer = answer(to: message, by: one, at: draft.at) else {
                    claims.append(message)
                    ended.append(LedgerClaim(id: one.original, fingerprint: message.fingerprint))
                    continue
                }
                records.append(.outcome(answer.replay(for: message.id, at: draft.at)))
                draft.set(.repeats(answer), of: message.id, in: turn)
                draft.replays += 1
                let before = draft.records.count
                for waiter in ledger.abandon(message.id) { end(waiter, answer, &draft) }
                records += draft.records[before...]
                learn(one, at: draft.at, into: &ledger)
            }
        }
        throw JournalProblem(.unreachable, "the journal's claims change too fast: another process is at them")
    }

    /// What a message gets as the answer of who has its fingerprint; nil = that one's claim is over.
    private func answer(to message: MessageRecord, by taken: TakenClaim, at now: UInt64) -> LedgerAnswer? {
        var probe = InDoubtLedger(rules: options.ledger)
        learn(taken, at: now, into: &probe)
        guard case .repeats(let answer) = probe.begin(message.id, message.fingerprint, at: now) else { return nil }
        return answer
    }

    /// Takes another process's message into a ledger, as after a restart.
    private func learn(_ taken: TakenClaim, at now: UInt64, into ledger: inout InDoubtLedger) {
        guard let life = taken.life else { return }
        var restart = JournalRestart(
            ledgerFrom: now - min(now, options.ledger.ttl), receiptsFrom: .max,
            isRecentKept: options.ledger.duplicateWindow > 0, mostSegments: options.receiptSegments,
            isFinal: options.isFinal, refusal: options.refusalStatus)
        restart.take(.message(life.message))
        if let outcome = life.outcome { restart.take(.outcome(outcome)) }
        for late in life.late { restart.take(.late(late)) }
        for receipt in life.receipts { restart.take(.receipt(receipt)) }
        if life.isDelivered { restart.take(.delivered([life.message.id])) }
        restart.fill(&ledger)
    }
}

extension TurnJournal.Draft {
    /// Another answer to an intent.
    fileprivate mutating func set(_ answer: BeginAnswer, of id: MessageID, in turn: Turn) {
        for (place, part) in turn.parts.enumerated() {
            guard let index = part.intents.firstIndex(where: { $0.id == id }) else { continue }
            decisions.begins[place][index] = answer
        }
    }
}
