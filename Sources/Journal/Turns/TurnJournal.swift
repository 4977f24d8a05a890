internal import DequeModule
import Logging
import Messaging

/// Decides: the ledger is a value in this process, and a store keeps what was decided; a shared one (PostgreSQL) has the last word
/// about what is new (`TurnJournal+Claims`). Used by one thread at a time.
///
///     turn: facts and intents
///       │ the ledger takes them in: records, answers
///       ▼
///     store.append ──▶ decisions
///       └──(it fails)──▶ intents are undone and refused; facts are owed: they are written when the store is opened again
///
/// With `on_outage: continue` nothing is undone: messages begin, and their records are owed too, as far as there is room.
final class TurnJournal {
    /// Totals since the start.
    struct Totals {
        var replayed: UInt64 = 0
        var written: UInt64 = 0
        var commits: UInt64 = 0
        var dropped: UInt64 = 0
    }

    /// Records of a turn that must be written and could not be.
    private struct Owed {
        var records: [JournalRecord]
        var ends: [Decisions.End]
    }

    /// A turn that is being decided.
    struct Draft {
        let at: UInt64
        var records: [JournalRecord] = []
        /// Places of records that must not be written when the transaction fails: of messages that then never begin, and offers.
        var unowed: [Int] = []
        /// Places of messages that begin, and claims that end, where a shared store is to know them.
        var begun: [Int] = []
        var ended: [LedgerClaim] = []
        var decisions = Decisions()
        var replays: UInt64 = 0
    }

    let store: any JournalStore
    /// The same, where it is shared.
    let shared: (any SharedStore)?
    let options: JournalOptions
    let logger: Logger
    var ledger: InDoubtLedger
    /// Nil until the store was opened once: then earlier processes are known too.
    var fingerprint: FingerprintMaker?
    var recipientHash: RecipientHash?
    /// Why it cannot be written; nil while it can.
    private(set) var problem: JournalProblem?
    private(set) var totals = Totals()
    /// Repeats that wait for the end of a message, and who is told.
    private var waiters: [MessageID: Int] = [:]
    private var owed = Deque<Owed>()
    /// Records that are owed.
    private(set) var owedCount = 0
    /// Ends that were owed, committed by an opening that failed further on.
    private var ends: [Decisions.End] = []

    static let notOpen = JournalProblem(.unreachable, "the journal is not open yet")
    private static let tooMany = JournalProblem(.failed, "the ledger of messages in doubt is full")

    init(store: any JournalStore, options: JournalOptions, logger: Logger) {
        self.store = store
        shared = store as? any SharedStore
        self.options = options
        self.logger = logger
        ledger = InDoubtLedger(rules: options.ledger)
        problem = Self.notOpen
    }

    // MARK: A turn

    /// Decides a turn and commits it, together with nothing else.
    func commit(_ turn: Turn) -> Decisions {
        ledger.expire(at: turn.at)
        var draft = Draft(at: turn.at)
        let count = turn.parts.reduce(0) { $0 + $1.count }
        draft.records.reserveCapacity(count)
        draft.unowed.reserveCapacity(count)
        draft.decisions.begins.reserveCapacity(turn.parts.count)
        for part in turn.parts { take(part, into: &draft) }
        if let problem = write(&draft, turn) { give(up: &draft, turn, problem) }
        if draft.decisions.isDone { totals.replayed += draft.replays }
        return draft.decisions
    }

    private func write(_ draft: inout Draft, _ turn: Turn) -> JournalProblem? {
        guard problem == nil, !draft.records.isEmpty else { return problem }
        do throws(JournalProblem) {
            if let shared { try claim(&draft, turn, at: shared) } else { try append(draft.records) }
        } catch {
            problem = error
        }
        return problem
    }

    private func append(_ records: [JournalRecord]) throws(JournalProblem) {
        try store.append(records)
        count(records.count)
    }

    func count(_ records: Int) {
        totals.written += UInt64(records)
        totals.commits += 1
    }

    private func take(_ part: Turn.Part, into draft: inout Draft) {
        // Out of the span a record is lent, out of the array copied.
        let records = part.records.span
        for index in records.indices {
            if part.isOffer { draft.unowed.append(draft.records.count) }
            take(records[index], into: &draft)
        }
        for intent in part.refused {
            guard let message = record(of: intent) else { continue }
            draft.unowed.append(draft.records.count)
            draft.records.append(.message(message))
            addReference(of: intent, to: &draft)
        }
        guard !part.intents.isEmpty else { return draft.decisions.begins.append([]) }
        var begins: [BeginAnswer] = []
        begins.reserveCapacity(part.intents.count)
        for intent in part.intents { begins.append(begin(intent, asker: part.asker, &draft)) }
        draft.decisions.begins.append(begins)
    }

    private func take(_ record: JournalRecord, into draft: inout Draft) {
        switch record {
        case .outcome(let outcome):
            if let original = outcome.replayOf {
                // A repeat that did not wait to the end. Its end may have come at the same time: then that one counts.
                guard waiters.removeValue(forKey: outcome.id) != nil else { return }
                ledger.leave(outcome.id, of: original)
            }
            draft.records.append(record)
            if shared != nil, outcome.word == .refused || outcome.word == .notSent { endClaim(outcome.id, &draft) }
            let (ended, answer) = ledger.end(outcome, refusal: options.refusalStatus)
            for waiter in ended { end(waiter, answer, &draft) }
        case .delivered(let ids):
            draft.records.append(record)
            if shared != nil, options.ledger.duplicateWindow == 0 { for id in ids { endClaim(id, &draft) } }
            for id in ids { ledger.delivered(id) }
        case .late(let late):
            draft.records.append(record)
            ledger.take(late, refusal: options.refusalStatus)
        case .receipt(let receipt):
            draft.records.append(record)
            ledger.take(receipt, refusal: options.refusalStatus)
        case .message, .inbound, .inboundPart, .posting, .posted, .forgotten, .reference:
            draft.records.append(record)
        }
    }

    private func endClaim(_ id: MessageID, _ draft: inout Draft) {
        guard let fingerprint = ledger.fingerprint(of: id) else { return }
        draft.ended.append(LedgerClaim(id: id, fingerprint: fingerprint))
    }

    /// A repeat that waited has its answer.
    func end(_ waiter: MessageID, _ answer: LedgerAnswer, _ draft: inout Draft) {
        guard let asker = waiters.removeValue(forKey: waiter) else { return }
        draft.records.append(.outcome(answer.replay(for: waiter, at: draft.at)))
        draft.decisions.ends.append(Decisions.End(asker: asker, waiter: waiter, answer: answer))
        totals.replayed += 1
    }

    private func begin(_ intent: MessageIntent, asker: Int, _ draft: inout Draft) -> BeginAnswer {
        guard let message = record(of: intent) else {
            if let problem, options.onOutage == .refuse { return .failed(problem) }
            // Sent without a record, and without anybody who knows what earlier processes sent.
            totals.dropped += 1
            return .new
        }
        if let problem, options.onOutage == .refuse {
            return ledger.holder(of: message.fingerprint, at: draft.at).map(BeginAnswer.inDoubt) ?? .failed(problem)
        }
        switch ledger.begin(message.id, message.fingerprint, at: draft.at) {
        case .new:
            draft.unowed.append(draft.records.count)
            if shared != nil { draft.begun.append(draft.records.count) }
            draft.records.append(.message(message))
            addReference(of: intent, to: &draft)
            return .new
        case .repeats(let answer):
            draft.unowed.append(draft.records.count)
            draft.records.append(.outcome(answer.replay(for: message.id, at: draft.at)))
            draft.replays += 1
            return .repeats(answer)
        case .underWay(let original):
            waiters[message.id] = asker
            return .underWay(original)
        case .full: return .failed(Self.tooMany)
        }
    }

    private func addReference(of intent: MessageIntent, to draft: inout Draft) {
        guard !intent.reference.isEmpty else { return }
        draft.unowed.append(draft.records.count)
        draft.records.append(.reference(ReferenceRecord(id: intent.id, reference: intent.reference)))
    }

    private func record(of intent: MessageIntent) -> MessageRecord? {
        guard let fingerprint else { return nil }
        return MessageRecord(
            id: intent.id, account: intent.account,
            recipient: options.maskNumbers ? PhoneNumber.mask(intent.recipient) : intent.recipient,
            recipientKey: options.maskNumbers ? UInt64(intent.recipient).flatMap { recipientHash?.of($0) } : nil,
            sender: intent.sender, segments: intent.segments, text: options.keepText ? intent.text : nil,
            fingerprint: fingerprint(intent))
    }

    // MARK: Outages

    /// The turn could not be committed.
    private func give(up draft: inout Draft, _ turn: Turn, _ problem: JournalProblem) {
        switch options.onOutage {
        case .refuse:
            let begun = undo(draft)
            refuse(&draft.decisions, turn, problem)
            var unowed = draft.unowed[...]
            var records: [JournalRecord] = []
            for (place, record) in draft.records.enumerated() {
                if unowed.first == place { unowed.removeFirst() } else { records.append(record) }
            }
            owe(Owed(records: records + begun, ends: draft.decisions.ends))
            draft.decisions.ends = []
            draft.decisions.isDone = false
        case .continue:
            if owedCount + draft.records.count <= options.queue {
                owe(Owed(records: draft.records, ends: []))
            } else {
                totals.dropped += UInt64(draft.records.count)
            }
        }
    }

    /// Nothing goes without a record, so the turn's messages do not begin. Whether a lost database has their records nobody knows:
    /// it is told later that they were not sent.
    private func undo(_ draft: Draft) -> [JournalRecord] {
        var records: [JournalRecord] = []
        for place in draft.unowed {
            guard case .message(let message) = draft.records[place] else { continue }
            for waiter in ledger.abandon(message.id) { waiters[waiter] = nil }
            records.append(.message(message))
            records.append(.outcome(.notSent(message.id, at: draft.at)))
        }
        return records
    }

    /// No answer is committed. A repeat of what was sent before is told so: it is not like a message that never went.
    private func refuse(_ decisions: inout Decisions, _ turn: Turn, _ problem: JournalProblem) {
        for place in decisions.begins.indices {
            for (index, answer) in decisions.begins[place].enumerated() {
                let original: MessageID?
                switch answer {
                case .new, .failed: original = nil
                case .repeats(let answer): original = answer.original
                case .inDoubt(let id): original = id
                case .underWay(let id):
                    let waiter = turn.parts[place].intents[index].id
                    waiters[waiter] = nil
                    ledger.leave(waiter, of: id)
                    original = id
                }
                let held = original.flatMap { ledger.fingerprint(of: $0) == nil ? nil : $0 }
                decisions.begins[place][index] = held.map(BeginAnswer.inDoubt) ?? .failed(problem)
            }
        }
    }

    private func owe(_ records: Owed) {
        guard !records.records.isEmpty || !records.ends.isEmpty else { return }
        owed.append(records)
        owedCount += records.records.count
    }

    /// Opens the store, for the first time or again, and writes what is owed.
    ///
    /// - Returns: the ends that are committed with it.
    func open(at now: UInt64) throws(JournalProblem) -> [Decisions.End] {
        store.close()
        do throws(JournalProblem) {
            try store.open()
            if fingerprint == nil { try restore(at: now) }
            try writeOwed()
            problem = nil
            defer { ends = [] }
            return ends
        } catch {
            store.close()
            problem = error
            throw error
        }
    }

    private func writeOwed() throws(JournalProblem) {
        while let turn = owed.first {
            do throws(JournalProblem) {
                if !turn.records.isEmpty { try append(turn.records) }
            } catch {
                guard error.kind == .failed else { throw error }
                try writeSingly(turn.records, error)
            }
            owed.removeFirst()
            owedCount -= turn.records.count
            ends += turn.ends
        }
    }

    /// The store can be written, but does not take these records together: those that it refuses for themselves are given up, or
    /// they would stop all others for ever.
    private func writeSingly(_ records: [JournalRecord], _ problem: JournalProblem) throws(JournalProblem) {
        var refused = 0
        for record in records {
            do throws(JournalProblem) {
                try append([record])
            } catch {
                guard error.kind == .failed else { throw error }
                refused += 1
            }
        }
        guard refused > 0 else { return }
        totals.dropped += UInt64(refused)
        logger.error(
            "the journal gives up records that its database does not take",
            metadata: ["records": "\(refused)", "problem": "\(problem)"])
    }

    /// Looks whether the store still keeps what it was given: nobody else would before the next turn.
    func check() {
        guard problem == nil else { return }
        do throws(JournalProblem) {
            try store.check()
        } catch {
            problem = error
        }
    }

    // MARK: Time

    /// Deletes old records, as `JournalStore.prune`, and claims whose time is over.
    func prune(before moment: UInt64, claimsBefore: UInt64) throws(JournalProblem) -> Int {
        do throws(JournalProblem) {
            try shared?.endClaims(before: claimsBefore)
            return try store.prune(before: moment, limit: JournalOptions.pruneStep)
        } catch {
            problem = error
            throw error
        }
    }
}
