import Logging
import Messaging

/// Writes the journal and keeps the ledger: the work of the journal's thread. Used by one thread at a time (`JournalDesk`).
///
///     opening ──▶ writing ◀──(opened again, what was kept is written)── waiting
///        │           └──────────(a transaction fails)──────────────────▶ ▲
///        └──────────────────────────(cannot be opened)───────────────────┘
///
/// - opening: before the first attempt.
/// - writing: each turn takes what has come, decides about repeats and commits all of it together.
/// - waiting: new messages are refused, or go without a record; what is owed to the journal is kept.
final class JournalWriter {
    enum Phase {
        case opening
        case writing
        case waiting(JournalProblem, retry: JournalRetry)
    }

    let options: JournalOptions
    let logger: Logger
    let store: any JournalStore
    private let queue: JournalQueue
    private let published: JournalHealthBox
    private var pruning = JournalPruning()
    private var backlog = JournalBacklog()
    private(set) var phase = Phase.opening
    /// A turn that is decided, and whose commit would take a disk or a wait: it is the thread's, and everything else waits for it.
    private var delayed: JournalTurn?
    var ledger: InDoubtLedger
    /// Nil until the store was opened once: then earlier processes are known too.
    var fingerprint: FingerprintMaker?
    /// Repeats that wait for the end of a message, and how their event loops are told.
    var waiters: [MessageID: @Sendable (MessageID, BeginAnswer) -> Void] = [:]
    var health = JournalHealth()

    /// Looks at the ledger's clock at least so often.
    private static let idleLook = Duration.seconds(5)

    init(
        store: any JournalStore, options: JournalOptions, queue: JournalQueue, published: JournalHealthBox,
        logger: Logger
    ) {
        self.store = store
        self.options = options
        self.queue = queue
        self.published = published
        self.logger = logger
        ledger = InDoubtLedger(rules: options.ledger)
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
        concludeDelayed()
        if !work.batches.isEmpty {
            conclude(decide(work.batches))
        } else if work.isStopping {
            finish()
            return false
        } else {
            ledger.expire(at: options.now())
        }
        if case .waiting(_, let retry) = phase, retry.isDue { open() }
        if case .writing = phase { prune() }
        publish()
        return true
    }

    /// How long the thread may rest.
    var patience: Duration {
        if delayed != nil { return .zero }
        return switch phase {
        case .opening: .zero
        case .writing: min(Self.idleLook, pruning.rest)
        case .waiting(_, let retry): retry.rest
        }
    }

    private func finish() {
        if !backlog.isEmpty { open() }
        if !backlog.isEmpty {
            logger.error("the journal ends without all of its records", metadata: ["lost": "\(backlog.count)"])
        }
        store.close()
        publish()
    }

    private func publish() {
        health.queued = queue.count
        health.inDoubt = ledger.unknownCount
        health.entries = ledger.count
        published.set(health)
    }

    // MARK: A turn

    /// What becomes of each message that has come, and what is written of it.
    private func decide(_ batches: [JournalBatch]) -> JournalTurn {
        let now = options.now()
        ledger.expire(at: now)
        var turn = JournalTurn(count: batches.reduce(0) { $0 + $1.count }, at: now)
        for batch in batches { take(batch, into: &turn) }
        return turn
    }

    /// Commits a turn and tells of it, or keeps what must not be lost.
    private func conclude(_ turn: JournalTurn) {
        switch phase {
        case .opening: keep(turn, Self.notOpen)
        case .writing:
            do throws(JournalProblem) {
                try commit(turn.records)
                // Its failure is the next commit's.
                if turn.isForReaders { try? store.settle() }
                turn.tell()
            } catch {
                give(up: turn, error)
            }
        case .waiting(let problem, _): keep(turn, problem)
        }
    }

    /// The turn could not be committed.
    private func give(up turn: JournalTurn, _ problem: JournalProblem) {
        var turn = turn
        fail(problem)
        if options.onOutage == .refuse { refuse(&turn, problem) }
        keep(turn, problem)
    }

    private func commit(_ records: [JournalRecord]) throws(JournalProblem) {
        guard !records.isEmpty else { return }
        try store.append(records)
        count(records)
    }

    private func count(_ records: [JournalRecord]) {
        health.written += UInt64(records.count)
        health.commits += 1
    }

    // MARK: A turn at once

    /// Whether a turn can be worked through now without a disk or a wait.
    var takesAtOnce: Bool {
        guard case .writing = phase, delayed == nil else { return false }
        return store.takesAtOnce
    }

    /// Works through batches; only where `takesAtOnce`.
    ///
    /// - Parameter own: the caller's, which came after the others: its result is returned.
    func workAtOnce(_ queued: [JournalBatch], _ own: JournalBatch?) -> JournalDesk.AtOnce {
        let turn = decide(own.map { queued + [$0] } ?? queued)
        defer { publish() }
        do throws(JournalProblem) {
            if !turn.records.isEmpty {
                guard !turn.isForReaders, try store.appendAtOnce(turn.records) else {
                    delayed = turn
                    return .taken
                }
                count(turn.records)
            }
            return .done(turn.tell(butLast: own != nil))
        } catch {
            give(up: turn, error)
            return .taken
        }
    }

    private func concludeDelayed() {
        guard let turn = delayed else { return }
        delayed = nil
        conclude(turn)
    }

    /// The turn's records are not committed: they are written when the store can be again.
    private func keep(_ turn: JournalTurn, _ problem: JournalProblem) {
        switch options.onOutage {
        case .refuse:
            let records = turn.owedRecords
            turn.tellBegins()
            turn.tellReaders()
            turn.tellRefusals(problem)
            if !records.isEmpty { backlog.add(records, then: turn.tellCommits) }
            queue.hold(backlog.count)
        case .continue:
            let records = turn.records
            turn.tell()
            if backlog.count + records.count <= options.queue {
                backlog.add(records) {}
            } else {
                health.dropped += UInt64(records.count)
            }
        }
    }

    // MARK: Outages

    /// Opens the store, for the first time or again, and writes what was kept.
    private func open() {
        store.close()
        do throws(JournalProblem) {
            try store.open()
            if fingerprint == nil { try restore() }
            try writeBacklog()
            succeed()
        } catch {
            store.close()
            fail(error)
        }
        queue.hold(options.onOutage == .refuse ? backlog.count : 0)
    }

    private func writeBacklog() throws(JournalProblem) {
        while let kept = backlog.first {
            do throws(JournalProblem) {
                try commit(kept.records)
            } catch {
                guard error.kind == .failed else { throw error }
                try writeSingly(kept.records, error)
            }
            backlog.removeFirst()
            kept.then()
        }
    }

    /// The store can be written, but does not take these records together: those that it refuses for themselves are given up, or
    /// they would stop all others for ever.
    private func writeSingly(_ records: [JournalRecord], _ problem: JournalProblem) throws(JournalProblem) {
        var refused = 0
        for record in records {
            do throws(JournalProblem) {
                try commit([record])
            } catch {
                guard error.kind == .failed else { throw error }
                refused += 1
            }
        }
        guard refused > 0 else { return }
        health.dropped += UInt64(refused)
        logger.error(
            "the journal gives up records that its database does not take",
            metadata: ["records": "\(refused)", "problem": "\(problem)"])
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
        if case .waiting(let before, let old) = phase {
            retry = old
            isNews = before.kind != problem.kind
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
        phase = .waiting(problem, retry: retry)
    }

    // MARK: Age

    private func prune() {
        let now = options.now()
        guard pruning.isDue, now > options.retention else { return }
        do throws(JournalProblem) {
            let count = try store.prune(before: now - options.retention, limit: JournalOptions.pruneStep)
            health.pruned += UInt64(max(0, count))
            pruning.stepped(isDone: count < JournalOptions.pruneStep)
        } catch {
            pruning.stepped(isDone: true)
            fail(error)
        }
    }
}
