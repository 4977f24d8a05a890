import Logging
import Messaging

/// The work of the journal's thread: turns, and the three small things around them: health, trying again, and age.
///
///     opening ──▶ writing ◀──(opened again, what is owed is written)── waiting
///        │           └──────────(a commit fails)───────────────────────▶ ▲
///        └──────────────────────────(cannot be opened)───────────────────┘
///
/// While it waits, new messages are refused, or go without a record.
final class JournalWorker {
    private enum Phase {
        case opening
        case writing
        case waiting(JournalRetry)
    }

    private let journal: TurnJournal
    private let options: JournalOptions
    private let queue: JournalQueue
    private let askers: JournalAskers
    private let published: JournalHealthBox
    private let logger: Logger
    private let time: JournalTime
    private var phase = Phase.opening
    private var pruning = JournalPruning()
    private var health = JournalHealth()
    /// Whose records are owed.
    private var unanswered: [HandedOver.Caller] = []

    /// When it last had something to do, or looked.
    private var looked = ContinuousClock.now

    /// Without anything to do it looks at the ledger's clock and at the store so often.
    private static let idleLook = Duration.seconds(5)

    init(
        store: any JournalStore, options: JournalOptions, queue: JournalQueue, askers: JournalAskers,
        published: JournalHealthBox, logger: Logger
    ) {
        journal = TurnJournal(store: store, options: options, logger: logger)
        self.options = options
        self.queue = queue
        self.askers = askers
        self.published = published
        self.logger = logger
        time = JournalTime(now: options.now)
    }

    /// Opens the store for the first time.
    func begin() {
        open()
        publish()
    }

    /// Does what there is to do, and what is due.
    ///
    /// - Returns: false when that was the last.
    func work(_ work: JournalQueue.Work) -> Bool {
        if !work.parts.isEmpty {
            commit(work.parts)
            looked = .now
        } else if work.isStopping {
            finish()
            return false
        } else if .now - looked >= Self.idleLook {
            looked = .now
            journal.ledger.expire(at: time.even)
            journal.check()
            if let problem = journal.problem, case .writing = phase { fail(problem) }
        }
        if case .waiting(let retry) = phase, retry.isDue { open() }
        if case .writing = phase { prune() }
        publish()
        return true
    }

    /// How long the thread may rest.
    var patience: Duration {
        switch phase {
        case .opening: .zero
        case .writing: min(Self.idleLook, pruning.rest)
        case .waiting(let retry): retry.rest
        }
    }

    private func finish() {
        if journal.owedCount > 0 { open() }
        if journal.owedCount > 0 {
            logger.error(
                "the journal ends without all of its records", metadata: ["lost": "\(journal.owedCount)"])
        }
        journal.store.close()
        publish()
    }

    private func publish() {
        health.queued = queue.count
        health.inDoubt = journal.ledger.unknownCount
        health.entries = journal.ledger.count
        health.replayed = journal.totals.replayed
        health.written = journal.totals.written
        health.commits = journal.totals.commits
        health.dropped = journal.totals.dropped
        published.set(health)
    }

    // MARK: A turn

    /// Commits a turn and tells of it.
    private func commit(_ parts: [HandedOver]) {
        let decisions = journal.commit(Turn(parts: parts.map(\.part), at: time.even))
        if let problem = journal.problem, case .writing = phase { fail(problem) }
        for (part, begins) in zip(parts, decisions.begins) { tell(part, begins, isDone: decisions.isDone) }
        for end in decisions.ends { tell(end) }
        hold()
        guard !decisions.isDone else { return }
        for part in parts where !part.part.records.isEmpty && !part.part.isOffer { unanswered.append(part.caller) }
    }

    private func hold() {
        queue.hold(options.onOutage == .refuse ? journal.owedCount : 0)
    }

    private func tell(_ part: HandedOver, _ begins: [BeginAnswer], isDone: Bool) {
        if isDone {
            guard part.isForReaders else { return part.caller.tellDone(begins) }
            return journal.store.settle { part.caller.tellDone(begins) }
        }
        switch part.caller {
        case .asker(let asker, let number):
            // These answers cannot wait for a commit.
            if !begins.isEmpty { asker.done(number, JournalBatchResult(begins: begins, isCommitted: false)) }
        case .once(let then): if part.part.isOffer { then(journal.problem) }
        case .nobody: break
        }
    }

    private func tell(_ end: Decisions.End) {
        askers[end.asker]?.ended(end.waiter, .repeats(end.answer))
    }

    // MARK: Outages

    private func open() {
        published.set(isOpening: true)
        defer { published.set(isOpening: false) }
        do throws(JournalProblem) {
            let ends = try journal.open(at: time.even)
            for caller in unanswered { caller.tellDone() }
            unanswered = []
            for end in ends { tell(end) }
            succeed()
        } catch {
            fail(error)
        }
        hold()
    }

    private func succeed() {
        switch phase {
        case .opening: logger.info("the journal is open")
        case .writing: break
        case .waiting: logger.notice("the journal can be written again")
        }
        phase = .writing
        health.isWriting = true
        health.problem = nil
        health.since = options.now()
    }

    private func fail(_ problem: JournalProblem) {
        var retry = JournalRetry()
        var isNews = true
        if case .waiting(let before) = phase {
            retry = before
            isNews = health.problem?.kind != problem.kind
        }
        retry.postpone()
        if isNews {
            let effect: Logger.Message =
                options.onOutage == .refuse
                ? "the journal cannot be written: messages are refused"
                : "the journal cannot be written: messages are sent without a record"
            logger.error(effect, metadata: ["kind": "\(problem.kind.rawValue)", "problem": "\(problem)"])
        }
        if health.isWriting || health.problem == nil { health.since = options.now() }
        health.isWriting = false
        health.problem = problem
        phase = .waiting(retry)
    }

    // MARK: Age

    private func prune() {
        let now = time.earliest
        guard pruning.isDue, now > options.retention else { return }
        do throws(JournalProblem) {
            let count = try journal.prune(
                before: now - options.retention, claimsBefore: now - min(now, options.ledger.ttl))
            health.pruned += UInt64(max(0, count))
            pruning.stepped(isDone: count < JournalOptions.pruneStep)
        } catch {
            pruning.stepped(isDone: true)
            fail(error)
        }
    }
}
