import Cluster
import Journal
import NIOCore
import NIOPosix
import Synchronization

/// One connection of the keeper to PostgreSQL, whose calls block threads of their own. One that is left stays where it is until its call
/// ends by its bound; nothing is heard of it any more.
final class KeeperLink: Sendable {
    private let store: NodeStore
    private let pool: NIOThreadPool
    private let loop: any EventLoop
    private let isLeft = Atomic<Bool>(false)

    init(_ store: NodeStore, pool: NIOThreadPool, loop: any EventLoop) {
        self.store = store
        self.pool = pool
        self.loop = loop
    }

    /// Gives nil once it is connected, or why not.
    func connect(_ done: @escaping @Sendable (JournalProblem?) -> Void) {
        call(done) { store in
            do throws(JournalProblem) {
                try store.connect()
                return nil
            } catch {
                return error
            }
        }
    }

    func run(_ transaction: KeeperTransaction, _ done: @escaping @Sendable (NodeStore.Answer) -> Void) {
        call(done) { $0.run(transaction) }
    }

    /// On the event loop.
    func leave() {
        isLeft.store(true, ordering: .releasing)
    }

    private func call<Answer: Sendable>(
        _ done: @escaping @Sendable (Answer) -> Void, _ work: @escaping @Sendable (NodeStore) -> Answer
    ) {
        pool.submit { [self] state in
            guard case .active = state, !isLeft.load(ordering: .acquiring) else { return }
            let answer = work(store)
            loop.execute { [self] in
                if !isLeft.load(ordering: .acquiring) { done(answer) }
            }
        }
    }
}
