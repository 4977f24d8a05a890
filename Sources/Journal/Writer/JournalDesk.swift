import Synchronization

/// The journal's writer, and who works with it: the journal's thread, and where a commit takes neither a disk nor a wait
/// (`JournalStore.takesAtOnce`) also who brings something and finds it free.
///
/// An event loop never waits for it. Whoever has the writer looks for more after giving it back, so what came meanwhile is done
/// without the thread; what cannot be done at once is the thread's.
final class JournalDesk: Sendable {
    /// What became of a turn that was to be done at once.
    enum AtOnce: Sendable {
        /// Nothing was done: it is the thread's.
        case notTaken
        /// It was taken, and the thread calls back.
        case taken
        /// It was done; the result is that of the caller's own batch, which is not called back.
        case done(JournalBatchResult)
    }

    /// So many turns of others an event loop does before it leaves the rest to the thread.
    private static let rounds = 4

    private let queue: JournalQueue
    private let writer = Mutex<JournalWriter?>(nil)
    /// Whether it is worth a look.
    private let isSharedNow = Atomic<Bool>(false)

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
        isSharedNow.store(writer.store.takesAtOnce, ordering: .relaxed)
    }

    /// Whether what is queued needs nobody but `workOff`.
    var isShared: Bool { isSharedNow.load(ordering: .relaxed) }

    /// Does a batch, and all that came before it.
    func workAtOnce(_ batch: JournalBatch) -> AtOnce {
        guard isShared else { return .notTaken }
        let result = turn(batch)
        switch result {
        case .done: workOff()
        // What it could not finish, or opening the store again.
        case .taken: queue.call()
        case .notTaken, nil: break
        }
        return result ?? .notTaken
    }

    /// Does what is queued, unless somebody is at it who then looks again.
    func workOff() {
        for _ in 0..<Self.rounds {
            guard queue.isWaiting else { return }
            switch turn() {
            case .done: break
            case .taken, .notTaken: return queue.call()
            case nil: return
            }
        }
        queue.call()
    }

    /// Works through what is queued and the caller's own batch.
    ///
    /// - Returns: nil when somebody else is at it.
    private func turn(_ own: JournalBatch? = nil) -> AtOnce? {
        writer.withLockIfAvailable { writer in
            guard let writer, writer.takesAtOnce, let queued = queue.takeAtOnce() else { return .notTaken }
            return writer.workAtOnce(queued, own)
        }
    }
}
