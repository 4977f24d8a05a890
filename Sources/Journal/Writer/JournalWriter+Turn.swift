import Messaging

/// What one turn writes, and whom it tells.
struct JournalTurn {
    /// A batch with the answers to its intents.
    struct Part {
        let batch: JournalBatch
        var begins: [BeginAnswer] = []
    }

    /// A repeat that waited, with its answer.
    struct End {
        var waiter: MessageID
        var answer: BeginAnswer
        var tell: @Sendable (MessageID, BeginAnswer) -> Void
    }

    private(set) var records: [JournalRecord] = []
    /// Of each record, whether it must be written although the transaction failed; the others belong to messages that then never
    /// begin.
    private var owed: [Bool] = []
    var parts: [Part] = []
    var ends: [End] = []
    /// It is over when readers see it.
    var isForReaders = false
    /// Messages that begin with this turn, as places of their records.
    var begun: [Int] = []

    /// When it was decided, in milliseconds since 1970.
    let at: UInt64

    /// - Parameter count: records that there will be, about.
    init(count: Int, at now: UInt64) {
        at = now
        records.reserveCapacity(count)
        owed.reserveCapacity(count)
    }

    mutating func add(_ record: JournalRecord, isOwed: Bool) {
        // Whoever posts is told of it by a wake-up, and looks at once.
        if case .posting = record { isForReaders = true }
        records.append(record)
        owed.append(isOwed)
    }

    /// From this place on nothing is owed.
    mutating func forgive(from place: Int) {
        for index in place..<owed.count { owed[index] = false }
    }

    /// What must be written although the transaction failed.
    var owedRecords: [JournalRecord] { zip(records, owed).filter(\.1).map(\.0) }

    /// Everything is committed, or done without.
    ///
    /// - Parameter last: whether the last batch is told by who called.
    /// - Returns: the last batch's result.
    @discardableResult
    func tell(butLast last: Bool = false) -> JournalBatchResult {
        for part in last ? parts.dropLast() : parts[...] {
            part.batch.done(JournalBatchResult(begins: part.begins, isCommitted: true))
        }
        for end in ends { end.tell(end.waiter, end.answer) }
        return JournalBatchResult(begins: parts.last?.begins ?? [], isCommitted: true)
    }

    /// The answers that cannot wait for a commit.
    func tellBegins() {
        for part in parts where !part.begins.isEmpty {
            part.batch.done(JournalBatchResult(begins: part.begins, isCommitted: false))
        }
    }

    /// Nobody is going to see more for now.
    func tellReaders() {
        for part in parts where part.batch.isForReaders {
            part.batch.done(JournalBatchResult(begins: [], isCommitted: false))
        }
    }

    /// What is not kept.
    func tellRefusals(_ problem: JournalProblem) {
        for part in parts { part.batch.refused?(problem) }
    }

    /// The commit that came later.
    func tellCommits() {
        for part in parts where !part.batch.records.isEmpty && part.batch.refused == nil {
            part.batch.done(JournalBatchResult(begins: [], isCommitted: true))
        }
        for end in ends { end.tell(end.waiter, end.answer) }
    }
}

extension JournalWriter {
    /// Takes in a batch: its facts, then its intents.
    func take(_ batch: JournalBatch, into turn: inout JournalTurn) {
        let first = turn.records.count
        for record in batch.records { take(record, into: &turn) }
        if batch.refused != nil { turn.forgive(from: first) }
        if batch.isForReaders { turn.isForReaders = true }
        var part = JournalTurn.Part(batch: batch)
        for intent in batch.intents { part.begins.append(begin(intent, batch, &turn)) }
        turn.parts.append(part)
    }

    private func take(_ record: JournalRecord, into turn: inout JournalTurn) {
        switch record {
        case .outcome(let outcome):
            if let original = outcome.replayOf {
                // A repeat that did not wait to the end. Its end may have come at the same time: then that one counts.
                guard waiters.removeValue(forKey: outcome.id) != nil else { return }
                ledger.leave(outcome.id, of: original)
            }
            turn.add(record, isOwed: true)
            let (ended, answer) = ledger.end(outcome, refusal: options.refusalStatus)
            for waiter in ended { end(waiter, answer, &turn) }
        case .delivered(let ids):
            turn.add(record, isOwed: true)
            for id in ids { ledger.delivered(id) }
        case .late(let late):
            turn.add(record, isOwed: true)
            ledger.take(late, refusal: options.refusalStatus)
        case .receipt(let receipt):
            turn.add(record, isOwed: true)
            ledger.take(receipt, refusal: options.refusalStatus)
        case .message, .inbound, .inboundPart, .posting, .posted:
            turn.add(record, isOwed: true)
        }
    }

    private func end(_ waiter: MessageID, _ answer: LedgerAnswer, _ turn: inout JournalTurn) {
        guard let tell = waiters.removeValue(forKey: waiter) else { return }
        turn.add(.outcome(answer.replay(for: waiter, at: turn.at)), isOwed: true)
        turn.ends.append(JournalTurn.End(waiter: waiter, answer: .repeats(answer), tell: tell))
        health.replayed += 1
    }

    private func begin(
        _ intent: MessageIntent, _ batch: JournalBatch, _ turn: inout JournalTurn
    ) -> BeginAnswer {
        if options.onOutage == .refuse {
            switch phase {
            case .opening: return .failed(Self.notOpen)
            case .writing: break
            case .waiting(let problem, _): return .failed(problem)
            }
        }
        guard let message = record(of: intent) else {
            // Sent without a record, and without anybody who knows what earlier processes sent.
            health.dropped += 1
            return .new
        }
        switch ledger.begin(message.id, message.fingerprint, at: turn.at) {
        case .new:
            turn.add(.message(message), isOwed: false)
            turn.begun.append(turn.records.count - 1)
            return .new
        case .repeats(let answer):
            turn.add(.outcome(answer.replay(for: message.id, at: turn.at)), isOwed: false)
            health.replayed += 1
            return .repeats(answer)
        case .underWay(let original):
            waiters[message.id] = batch.ended
            return .underWay(original)
        case .full: return .failed(Self.tooMany)
        }
    }

    static let notOpen = JournalProblem(.unreachable, "the journal is not open yet")
    private static let tooMany = JournalProblem(.failed, "the ledger of messages in doubt is full")

    private func record(of intent: MessageIntent) -> MessageRecord? {
        guard let fingerprint else { return nil }
        return MessageRecord(
            id: intent.id, account: intent.account,
            recipient: options.maskNumbers ? PhoneNumber.mask(intent.recipient) : intent.recipient,
            sender: intent.sender, segments: 0, text: options.keepText ? intent.text : nil,
            fingerprint: fingerprint(intent))
    }

    /// The turn's transaction failed and nothing goes without a record: its messages do not begin. Whether a lost database has
    /// their records nobody knows, so it is told later that they were not sent.
    func refuse(_ turn: inout JournalTurn, _ problem: JournalProblem) {
        for place in turn.begun {
            guard case .message(let message) = turn.records[place] else { continue }
            for waiter in ledger.abandon(message.id) { waiters[waiter] = nil }
            turn.add(.message(message), isOwed: true)
            turn.add(.outcome(.notSent(message.id, at: turn.at)), isOwed: true)
        }
        turn.begun = []
        for place in turn.parts.indices {
            for (index, answer) in turn.parts[place].begins.enumerated() {
                refuse(turn.parts[place].batch.intents[index].id, answer)
                turn.parts[place].begins[index] = .failed(problem)
            }
        }
    }

    private func refuse(_ id: MessageID, _ answer: BeginAnswer) {
        switch answer {
        case .underWay(let original):
            waiters[id] = nil
            ledger.leave(id, of: original)
        case .repeats: health.replayed -= 1
        case .new, .failed: break
        }
    }
}
