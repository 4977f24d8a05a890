import Synchronization

/// The journal's writer, and who works with it: the journal's thread, and where a commit takes neither a disk nor a wait
/// (`JournalStore.takesAtOnce`) also an event loop that finds it free.
///
/// An event loop never waits for it: what it cannot do at once is the thread's.
final class JournalDesk: Sendable {
    /// What became of a batch that an event loop brought.
    enum AtOnce: Sendable {
        /// It was not taken: the queue and the thread are its way.
        case notTaken
        /// It was, and is called back.
        case taken
        /// It was, and this is its result; it is not called back.
        case done(JournalBatchResult)
    }

    private let queue: JournalQueue
    private let writer = Mutex<JournalWriter?>(nil)
    /// Whether it is worth a look.
    private let isShared = Atomic<Bool>(false)

    init(queue: JournalQueue) {
        self.queue = queue
    }

    /// The thread: works until the queue is stopped and empty.
    ///
    /// - Parameters:
    ///   - make: called once, here.
    ///   - opened: called when the first attempt to open the store is over.
    func run(_ make: @Sendable () -> JournalWriter, opened: () -> Void) {
        writer.withLock { writer in
            let made = make()
            made.begin()
            share(made)
            writer = made
        }
        opened()
        while true {
            queue.wait(within: writer.withLock { $0?.patience ?? .zero })
            let goesOn = writer.withLock { writer in
                guard let writer else { return false }
                defer { share(writer) }
                // Not before: nothing overtakes what has come.
                return writer.work(queue.take())
            }
            if !goesOn { return }
        }
    }

    private func share(_ writer: JournalWriter) {
        isShared.store(writer.store.takesAtOnce, ordering: .relaxed)
    }

    /// Does the thread's work for a batch and all that came before it.
    func workAtOnce(_ batch: JournalBatch) -> AtOnce {
        guard isShared.load(ordering: .relaxed) else { return .notTaken }
        let result = writer.withLockIfAvailable { writer -> AtOnce in
            guard let writer, writer.takesAtOnce, let before = queue.takeAtOnce() else { return .notTaken }
            return writer.workAtOnce(before, batch)
        }
        // What it could not finish, or opening the store again, is the thread's.
        if case .taken = result { queue.call() }
        return result ?? .notTaken
    }
}
