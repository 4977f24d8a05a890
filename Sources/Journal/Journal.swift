import Foundation
package import Logging
import Synchronization

/// The journal: what the bridge did, durable, and who must not be sent anything twice.
///
/// A thread of its own writes it and keeps the ledger. Event loops hand over batches and are called back; where a commit takes neither
/// a disk nor a wait they do the thread's work themselves when it is not being done. Nothing here blocks them.
package final class Journal: Sendable {
    private let options: JournalOptions
    private let queue: JournalQueue
    private let desk: JournalDesk
    private let published = JournalHealthBox()
    private let logger: Logger
    private let makeStore: @Sendable () -> any JournalStore
    private let end = JournalEnd()
    /// Records for which there was no room.
    private let refused = Atomic<UInt64>(0)

    /// A journal that does not work yet.
    ///
    /// - Parameter makeStore: called once, on the journal's thread, which alone uses the store.
    package init(options: JournalOptions, logger: Logger, makeStore: @escaping @Sendable () -> any JournalStore) {
        self.options = options
        self.logger = logger
        self.makeStore = makeStore
        queue = JournalQueue(options: options)
        desk = JournalDesk(queue: queue)
    }

    /// Starts the thread. Once; returns when earlier processes' messages are known, or when that has to wait: `health` says
    /// which.
    package func start() async {
        await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                desk.run(
                    { [self] in
                        JournalWriter(
                            store: makeStore(), options: options, queue: queue, published: published, logger: logger)
                    }, opened: { continuation.resume() })
                end.come()
            }
            thread.name = "journal"
            thread.start()
        }
    }

    /// Writes what is there and ends; nothing may be handed over any more.
    ///
    /// - Parameter limit: how long that may take; then the thread is left to itself.
    package func stop(within limit: Duration) async {
        queue.stop()
        await end.wait(within: limit)
    }

    /// Hands over what happened on an event loop in one of its turns. Its records are always taken; where the queue is full,
    /// or messages are refused because of an outage, its intents are answered at once, on the caller's thread.
    ///
    /// - Returns: what became of it, where that is known now: then `batch.done` is not called.
    package func hand(_ batch: JournalBatch) -> JournalBatchResult? {
        guard batch.count > 0 else { return nil }
        switch desk.workAtOnce(batch) {
        case .done(let result): return result
        case .taken: return nil
        case .notTaken: break
        }
        guard !batch.intents.isEmpty else {
            _ = queue(batch, isOwed: true)
            return nil
        }
        let answer: BeginAnswer
        switch options.onOutage {
        case .refuse:
            // The thread may be busy for seconds with a database that does not answer.
            let problem = published.current.problem
            if problem == nil, queue(batch, isOwed: false) { return nil }
            answer = .failed(problem ?? Self.full)
        case .continue:
            if queue(batch, isOwed: false) { return nil }
            refused.wrappingAdd(UInt64(batch.intents.count), ordering: .relaxed)
            answer = .new
        }
        batch.done(
            JournalBatchResult(begins: Array(repeating: answer, count: batch.intents.count), isCommitted: false))
        if !batch.records.isEmpty {
            _ = queue(JournalBatch(records: batch.records, done: batch.done, ended: batch.ended), isOwed: true)
        }
        return nil
    }

    /// Queues a batch and sees to it that somebody does it.
    ///
    /// - Returns: false when there is no room.
    private func queue(_ batch: JournalBatch, isOwed: Bool) -> Bool {
        let isShared = desk.isShared
        let isTaken = queue.add(batch, isOwed: isOwed, isForThread: !isShared)
        if isTaken, isShared { desk.workOff() }
        return isTaken
    }

    /// Adds facts that no message waits for: late responses, receipts, inbound messages.
    ///
    /// - Parameter then: called with nil when they are committed, or with the problem when there is no room for them: on any thread,
    ///   the caller's too. Must neither block nor use the journal.
    package func append(_ records: [JournalRecord], then: (@Sendable (JournalProblem?) -> Void)? = nil) {
        let batch = JournalBatch(records: records, done: { if $0.isCommitted { then?(nil) } })
        if queue(batch, isOwed: false) { return }
        refused.wrappingAdd(UInt64(records.count), ordering: .relaxed)
        then?(Self.full)
    }

    /// Adds what somebody brings again where it cannot be written at once: then it is not kept.
    ///
    /// - Parameter then: called once, with nil when all is committed (or done without), with the problem when nothing is: on any
    ///   thread, the caller's too. Must neither block nor use the journal.
    package func offer(_ records: [JournalRecord], then: @escaping @Sendable (JournalProblem?) -> Void) {
        var batch = JournalBatch(records: records, done: { if $0.isCommitted { then(nil) } })
        batch.refused = then
        if !queue(batch, isOwed: false) { then(Self.full) }
    }

    /// Waits until readers see what was handed over before, or are not going to.
    ///
    /// - Parameter then: called once, on any thread, the caller's too. Must neither block nor use the journal.
    package func settle(then: @escaping @Sendable () -> Void) {
        var batch = JournalBatch(done: { _ in then() })
        batch.isForReaders = true
        if !queue(batch, isOwed: false) { then() }
    }

    /// How it is, from any thread.
    package var health: JournalHealth {
        var health = published.current
        health.queued = queue.count
        health.dropped += refused.load(ordering: .relaxed)
        return health
    }

    private static let full = JournalProblem(.failed, "too many records wait to be written")
}

/// The health as the journal's thread told it last.
final class JournalHealthBox: Sendable {
    private let health = Mutex(JournalHealth())

    var current: JournalHealth { health.withLock { $0 } }

    func set(_ new: JournalHealth) {
        health.withLock { $0 = new }
    }
}

/// The end of the journal's thread, which somebody may wait for.
private final class JournalEnd: Sendable {
    private struct State {
        var hasCome = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func wait(within limit: Duration) async {
        DispatchQueue.global().asyncAfter(deadline: .now() + limit.dispatch) { [self] in come() }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasCome { state.waiting = continuation }
                return state.hasCome
            }
            if isOver { continuation.resume() }
        }
    }

    /// It has, or is not waited for any more.
    func come() {
        let waiting = state.withLock { state in
            state.hasCome = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}
