import GRDB
import Synchronization

/// Reads the journal's file on connections of its own, also while another process writes it.
///
/// The file is opened at the first question that finds it, and again when another one stands at its path. Each
/// question, and each step of a long search, is a short transaction: the write-ahead log can always be emptied between.
/// While nobody writes the journal, a reader has to make the log's index itself: it needs the file's owner's rights.
package final class SQLiteReader: DatabaseReader {
    private let file: JournalFile
    private let opened = Mutex<Opened?>(nil)

    private struct Opened {
        let pool: DatabasePool
        let identity: JournalFile.Identity
    }

    package init(path: String) {
        file = JournalFile(path: path)
    }

    func ask<Answer: Sendable>(
        _ question: @Sendable (SQLiteConnection) throws(JournalProblem) -> Answer
    ) throws(JournalProblem) -> Answer {
        let pool = try pool()
        return try file.telling { try pool.read { try question(SQLiteConnection(db: $0, file: file)) } }
    }

    private func pool() throws(JournalProblem) -> DatabasePool {
        try opened.withLock { (opened) throws(JournalProblem) in
            guard let identity = file.identity else {
                opened = nil
                throw JournalProblem(.unreachable, "journal \(file.path): there is no such file")
            }
            if let opened, opened.identity == identity { return opened.pool }
            opened = nil
            let pool = try file.telling {
                let pool = try DatabasePool(path: file.path, configuration: SQLiteSchema.reading())
                try pool.read { db in
                    try SQLiteSchema.check(db, at: file.path)
                    guard try SQLiteSchema.migrator.hasCompletedMigrations(db) else {
                        throw JournalProblem(.unreachable, "journal \(file.path): it is still being made")
                    }
                }
                return pool
            }
            // Of one that may only be read, SQLite opens the log's index for reading, and all connections of a process share
            // it: kept open, it would stop the writer when the disk can be written again.
            if file.isWritable { opened = Opened(pool: pool, identity: identity) }
            return pool
        }
    }
}
