import GRDB
import Synchronization

/// Moves the write-ahead log's pages into the file, on a connection and a thread of their own: the waits for the disk that
/// this takes would otherwise be some commit's.
///
/// While commits follow each other closely the last few pages always remain, and the log goes on growing. Where it
/// has become long the writer moves that rest itself, after a commit; the next commit then begins the log anew.
final class SQLiteCheckpoints {
    /// Pages in the log, about, before they are moved.
    private static let pages = 1_000
    /// Pages in the log from which on the writer moves the rest.
    private static let mostPages = 8_000

    private let queue: DatabaseQueue
    private let state = State()
    /// Pages since the last time, about.
    private var written = 0

    private final class State: Sendable {
        let isRunning = Atomic(false)
        let isLong = Atomic(false)
    }

    init(path: String) throws {
        queue = try DatabaseQueue(path: path, configuration: SQLiteSchema.checkpointing())
    }

    /// On the writer's thread, after a commit.
    func committed(records: Int, on db: Database) {
        // A commit ends in a page or so of each table that it has rows for; some fifty rows fill one.
        written += 3 + records / 50
        if state.isLong.exchange(false, ordering: .relaxed) {
            // What is left, for the most part of the moment in which the other connection was at it. When a reader is in
            // the way, it is told as long again.
            _ = try? db.checkpoint(.passive)
        }
        guard written >= Self.pages, !state.isRunning.exchange(true, ordering: .acquiring) else { return }
        written = 0
        queue.asyncWriteWithoutTransaction { [state] db in
            // A failure leaves the pages in the log; whoever commits learns what is wrong with the disk.
            let log = try? db.checkpoint(.passive)
            state.isLong.store((log?.walFrameCount ?? 0) >= Self.mostPages, ordering: .relaxed)
            state.isRunning.store(false, ordering: .releasing)
        }
    }

    func close() {
        try? queue.close()
    }
}
