import Intake
package import Journal
import Messaging
package import NIOCore

/// How the journal lets a message begin.
enum BeginVerdict: Sendable {
    /// It may be sent.
    case new
    /// It is a repeat and has this answer.
    case repeats(LedgerAnswer)
    /// It is a repeat of a message that is still under way when its own time is over, or of which the journal cannot say more.
    case unended(MessageID)
    /// It must not be sent: it cannot be recorded, or not in time.
    case refused
}

/// The way of one event loop's messages into the journal and back: gathered in a turn of the loop, handed over once, and called
/// back once. Confined to the loop.
///
/// Nobody waits longer than its deadline, whatever the journal does; what was not there by then is put right in the journal
/// later.
final class LoopJournal {
    private struct Begin {
        let id: MessageID
        let deadline: NIODeadline
        var then: ((BeginVerdict) -> Void)?
    }

    private struct End {
        let deadline: NIODeadline
        var then: ((_ isCommitted: Bool) -> Void)?
    }

    /// A repeat that waits for the end of another message.
    private struct Waiter {
        let original: MessageID
        let deadline: NIODeadline
        let then: (BeginVerdict) -> Void
    }

    /// What was handed over in one turn and is not called back whole yet.
    private struct Turn {
        var begins: [Begin]
        var ends: [End]
    }

    private let journal: Journal
    private let eventLoop: any EventLoop
    /// How outcomes are told after their replies; nil = nobody wants to know.
    private let telling: OutcomeTelling?
    /// Something that has to be posted is among `records`.
    private var hasPostings = false
    /// Notes that a client has taken its reply. Made once, so that it costs a reply nothing.
    private(set) lazy var onDelivered: @Sendable (MessageID) -> Void = {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return { bound.value.add(delivered: $0) }
    }()
    /// What the journal calls back. Made once, so that it costs a turn nothing.
    private lazy var asker: JournalAsker = {
        let (loop, bound) = (eventLoop, NIOLoopBound(self, eventLoop: eventLoop))
        return journal.asker(
            done: { number, result in loop.execute { bound.value.done(number, result) } },
            ended: { waiter, answer in loop.execute { bound.value.ended(waiter, answer) } })
    }()
    private var records: [JournalRecord] = []
    private var delivered: [MessageID] = []
    private var intents: [MessageIntent] = []
    private var refused: [MessageIntent] = []
    private var current = Turn(begins: [], ends: [])
    private var isScheduled = false
    private var turns: [UInt64: Turn] = [:]
    private var nextTurn: UInt64 = 0
    private var waiters: [MessageID: Waiter] = [:]
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?

    /// On the event loop.
    init(journal: Journal, telling: OutcomeTelling? = nil, eventLoop: any EventLoop) {
        self.journal = journal
        self.telling = telling
        self.eventLoop = eventLoop
    }

    // MARK: From messages

    /// A message wants to be sent.
    ///
    /// - Parameter deadline: the verdict is there by then.
    func begin(_ intent: MessageIntent, until deadline: NIODeadline, then: @escaping (BeginVerdict) -> Void) {
        intents.append(intent)
        current.begins.append(Begin(id: intent.id, deadline: deadline, then: then))
        schedule()
    }

    /// Its reply is decided.
    ///
    /// - Parameter then: called with true when that is committed, with false when it is not by the deadline.
    func end(_ outcome: OutcomeRecord, until deadline: NIODeadline, then: @escaping (_ isCommitted: Bool) -> Void) {
        records.append(.outcome(outcome))
        current.ends.append(End(deadline: deadline, then: then))
        schedule()
    }

    /// A form of a known account is refused as it is. Nobody waits for its record.
    func note(refused intent: MessageIntent, _ outcome: OutcomeRecord) {
        refused.append(intent)
        records.append(.outcome(outcome))
        schedule()
    }

    /// Has an outcome told, in the same commit as what was handed over before in this turn.
    ///
    /// - Parameters:
    ///   - id: of what is posted: the message's, or its repeat's.
    ///   - words: one line for a person.
    func tell(_ outcome: Outcome, of message: MessageID, as id: MessageID, words: String) {
        guard let telling else { return }
        records.append(telling.record(outcome, message, id, words))
        hasPostings = true
        schedule()
    }

    private func add(delivered id: MessageID) {
        delivered.append(id)
        schedule()
    }

    /// Notes that a client has taken a reply that was another message's: both are answered now.
    func onDelivered(of original: MessageID) -> @Sendable (MessageID) -> Void {
        let one = onDelivered
        return { repeated in
            one(original)
            one(repeated)
        }
    }

    private func add(_ record: JournalRecord) {
        records.append(record)
        schedule()
    }

    // MARK: To the journal

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.assumeIsolated().execute { self.handOver() }
    }

    private func handOver() {
        isScheduled = false
        defer { wakeTelling() }
        // A reply is decided before its client can have it.
        if !delivered.isEmpty { records.append(.delivered(delivered)) }
        var batch = JournalBatch(asker: asker, records: records, intents: intents)
        if !refused.isEmpty { swap(&batch.refused, &refused) }
        // Under load a turn is like the one before: its arrays are not grown step by step.
        records = []
        records.reserveCapacity(batch.records.count)
        let replies = delivered.count
        delivered = []
        delivered.reserveCapacity(replies)
        intents = []
        intents.reserveCapacity(batch.intents.count)
        guard !current.begins.isEmpty || !current.ends.isEmpty else {
            _ = journal.hand(batch)
            return
        }
        let turn = current
        current = Turn(begins: [], ends: [])
        let number = nextTurn
        nextTurn += 1
        batch.number = number
        turns[number] = turn
        for begin in turn.begins { arm(begin.deadline) }
        for end in turn.ends { arm(end.deadline) }
        if let result = journal.hand(batch) { done(number, result) }
    }

    private func wakeTelling() {
        guard hasPostings, let telling else { return }
        hasPostings = false
        journal.settle { telling.wake() }
    }

    // MARK: From the journal

    private func done(_ number: UInt64, _ result: JournalBatchResult) {
        guard let turn = turns[number] else { return }
        var rest = turn
        if !result.begins.isEmpty { rest.begins = [] }
        if result.isCommitted { rest.ends = [] }
        turns[number] = rest.begins.isEmpty && rest.ends.isEmpty ? nil : rest
        tell(turn, result)
    }

    private func tell(_ turn: Turn, _ result: JournalBatchResult) {
        if result.isCommitted {
            for end in turn.ends { end.then?(true) }
        }
        for (begin, answer) in zip(turn.begins, result.begins) { decide(begin, answer) }
    }

    private func decide(_ begin: Begin, _ answer: BeginAnswer) {
        switch answer {
        case .new:
            if let then = begin.then { return then(.new) }
            // It was told that it is not sent.
            add(.outcome(.notSent(begin.id, at: JournalClock.now())))
        case .repeats(let answer): begin.then?(.repeats(answer))
        case .underWay(let original):
            guard let then = begin.then else { return leave(begin.id, of: original) }
            waiters[begin.id] = Waiter(original: original, deadline: begin.deadline, then: then)
            arm(begin.deadline)
        case .inDoubt(let original): begin.then?(.unended(original))
        case .failed: begin.then?(.refused)
        }
    }

    private func ended(_ waiter: MessageID, _ answer: BeginAnswer) {
        guard let waiter = waiters.removeValue(forKey: waiter) else { return }
        switch answer {
        case .repeats(let answer): waiter.then(.repeats(answer))
        case .new, .underWay, .inDoubt, .failed: waiter.then(.unended(waiter.original))
        }
    }

    /// A repeat's time is over: it was told that nobody knows.
    private func leave(_ waiter: MessageID, of original: MessageID) {
        add(
            .outcome(
                OutcomeRecord(
                    id: waiter, at: JournalClock.now(), outcome: Outcome.unknown.rawValue,
                    httpStatus: ReplyCode.carrierTimeout.status, code: ReplyCode.carrierTimeout.rawValue, carrier: nil,
                    segments: [], replayOf: original)))
    }

    // MARK: Time

    /// One timer for all deadlines; it looks again when it fires, so that a busy loop sets it once in many messages.
    private func arm(_ deadline: NIODeadline) {
        if let timer {
            if timer.at <= deadline { return }
            timer.task.cancel()
        }
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.expire() }
        timer = (task, deadline)
    }

    private func expire() {
        timer = nil
        let now = eventLoop.now
        var late: [() -> Void] = []
        for (number, turn) in turns {
            for (place, begin) in turn.begins.enumerated() {
                guard let then = begin.then else { continue }
                guard begin.deadline <= now else {
                    arm(begin.deadline)
                    continue
                }
                turns[number]?.begins[place].then = nil
                late.append { then(.refused) }
            }
            for (place, end) in turn.ends.enumerated() {
                guard let then = end.then else { continue }
                guard end.deadline <= now else {
                    arm(end.deadline)
                    continue
                }
                turns[number]?.ends[place].then = nil
                late.append { then(false) }
            }
        }
        for (id, waiter) in waiters {
            guard waiter.deadline <= now else {
                arm(waiter.deadline)
                continue
            }
            waiters[id] = nil
            leave(id, of: waiter.original)
            late.append { waiter.then(.unended(waiter.original)) }
        }
        for tell in late { tell() }
    }
}

/// One for each event loop of a group, in its order.
package struct LoopJournals: Sendable {
    private let loops: [NIOLoopBoundBox<LoopJournal>]

    package init(journal: Journal, telling: OutcomeTelling? = nil, group: any EventLoopGroup) {
        loops = group.makeIterator().map { loop in
            .makeBoxSendingValue(LoopJournal(journal: journal, telling: telling, eventLoop: loop), eventLoop: loop)
        }
    }

    /// On the loop with this index.
    subscript(loop: Int) -> LoopJournal { loops[loop].value }
}
