import Foundation
package import Logging
package import Messaging
import Synchronization

/// The journal: what the bridge did, durable, and who must not be sent anything twice.
///
/// A thread of its own works through turns (`JournalWorker`), which `TurnJournal` decides and commits. Event loops hand over batches
/// and are called back; nothing here blocks them. That they commit themselves, where the log is the kernel's memory, was built and measured: in
/// five rounds in turn, of 64 connections on two busy cores, 61 µs of CPU a message against 58 by the thread, and 32 ms against 27 ms for the
/// 99th percentile of replies. One thread is simpler.
package final class Journal: Sendable {
    private let options: JournalOptions
    private let queue: JournalQueue
    private let askers = JournalAskers()
    private let published = JournalHealthBox()
    private let logger: Logger
    private let makeStore: @Sendable () -> any JournalStore
    private let end = JournalEnd()
    /// Records for which there was no room.
    private let refused = Atomic<UInt64>(0)

    private static let full = JournalProblem(.failed, "too many records wait to be written")

    /// A journal that does not work yet.
    ///
    /// - Parameter makeStore: called once, on the journal's thread.
    package init(options: JournalOptions, logger: Logger, makeStore: @escaping @Sendable () -> any JournalStore) {
        self.options = options
        self.logger = logger
        self.makeStore = makeStore
        queue = JournalQueue(options: options)
    }

    /// Starts the thread. Once; returns when earlier processes' messages are known, or when that has to wait: `health` says
    /// which.
    package func start() async {
        await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                let worker = JournalWorker(
                    store: makeStore(), options: options, queue: queue, askers: askers, published: published,
                    logger: logger)
                worker.begin()
                continuation.resume()
                repeat { queue.wait(within: worker.patience) } while worker.work(queue.take())
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

    /// How it is, from any thread.
    package var health: JournalHealth {
        var health = published.current
        health.queued = queue.count
        health.dropped += refused.load(ordering: .relaxed)
        return health
    }

    // MARK: From event loops

    /// Makes an asker, for the life of the process.
    package func asker(
        done: @escaping @Sendable (_ number: UInt64, _ result: JournalBatchResult) -> Void,
        ended: @escaping @Sendable (_ waiter: MessageID, _ answer: BeginAnswer) -> Void
    ) -> JournalAsker {
        askers.make(done: done, ended: ended)
    }

    /// Hands over what happened on an event loop in one of its turns. Its records are always taken; where the queue is full, or the
    /// thread waits for a database that may not answer, its intents are answered at once.
    ///
    /// - Returns: the answers to its intents, where they are known now; the rest is called back.
    package func hand(_ batch: JournalBatch) -> JournalBatchResult? {
        let own = HandedOver(batch)
        guard own.part.count > 0 else { return nil }
        guard !batch.intents.isEmpty else {
            _ = queue.add(own, isOwed: true)
            return nil
        }
        let answer: BeginAnswer
        switch options.onOutage {
        case .refuse:
            let problem = published.blocking
            if problem == nil, queue.add(own, isOwed: false) { return nil }
            answer = .failed(problem ?? Self.full)
        case .continue:
            if queue.add(own, isOwed: false) { return nil }
            refused.wrappingAdd(UInt64(batch.intents.count), ordering: .relaxed)
            answer = .new
        }
        if !batch.records.isEmpty {
            var rest = own
            rest.part.intents = []
            _ = queue.add(rest, isOwed: true)
        }
        return JournalBatchResult(begins: Array(repeating: answer, count: batch.intents.count), isCommitted: false)
    }

    // MARK: From others

    /// Adds facts that no message waits for: late responses, receipts, inbound messages.
    ///
    /// - Parameter then: called with nil when they are committed, or with the problem when there is no room for them: on any thread,
    ///   the caller's too. Must neither block nor use the journal.
    package func append(_ records: [JournalRecord], then: (@Sendable (JournalProblem?) -> Void)? = nil) {
        if queue.add(HandedOver(records, then), isOwed: false) { return }
        refused.wrappingAdd(UInt64(records.count), ordering: .relaxed)
        then?(Self.full)
    }

    /// Adds what somebody brings again where it cannot be written at once: then it is not kept.
    ///
    /// - Parameter then: called once, with nil when all is committed (or done without), with the problem when nothing is: on any
    ///   thread, the caller's too. Must neither block nor use the journal.
    package func offer(_ records: [JournalRecord], then: @escaping @Sendable (JournalProblem?) -> Void) {
        var offer = HandedOver(records, then)
        offer.part.isOffer = true
        if !queue.add(offer, isOwed: false) { then(Self.full) }
    }

    /// Waits until readers see what was handed over before, or are not going to.
    ///
    /// - Parameter then: called once, on any thread, the caller's too. Must neither block nor use the journal.
    package func settle(then: @escaping @Sendable () -> Void) {
        let question = HandedOver(
            part: Turn.Part(isOffer: true), caller: .once { _ in then() }, isForReaders: true)
        if !queue.add(question, isOwed: false) { then() }
    }
}

extension HandedOver {
    fileprivate init(_ records: [JournalRecord], _ then: (@Sendable (JournalProblem?) -> Void)?) {
        // Whoever posts is told of it by a wake-up, and looks at once.
        let isForReaders = records.contains { if case .posting = $0 { true } else { false } }
        self.init(
            part: Turn.Part(records: records), caller: then.map(Caller.once) ?? .nobody, isForReaders: isForReaders)
    }
}

/// Who hands over batches, by number.
final class JournalAskers: Sendable {
    private let all = Mutex<[JournalAsker]>([])

    func make(
        done: @escaping @Sendable (UInt64, JournalBatchResult) -> Void,
        ended: @escaping @Sendable (MessageID, BeginAnswer) -> Void
    ) -> JournalAsker {
        all.withLock { all in
            let asker = JournalAsker(id: all.count, done: done, ended: ended)
            all.append(asker)
            return asker
        }
    }

    subscript(id: Int) -> JournalAsker? {
        all.withLock { $0.indices.contains(id) ? $0[id] : nil }
    }
}

/// The health as the journal's thread told it last.
final class JournalHealthBox: Sendable {
    private let state = Mutex((health: JournalHealth(), isOpening: false))

    var current: JournalHealth { state.withLock { $0.health } }

    /// Why nothing could be written, while the thread is busy with opening the database again, for seconds perhaps.
    var blocking: JournalProblem? { state.withLock { $0.isOpening ? $0.health.problem : nil } }

    func set(_ health: JournalHealth) {
        state.withLock { $0.health = health }
    }

    func set(isOpening: Bool) {
        state.withLock { $0.isOpening = isOpening }
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
