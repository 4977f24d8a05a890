import Foundation
import GRDB
import Glibc

/// The journal in one SQLite file with a write-ahead log.
///
/// Commits are group commits of whoever calls; readers on other connections never wait and never make it wait. With
/// `processCrash` a commit is in the kernel's hands (WAL with `synchronous=NORMAL`): a kill -9 loses nothing, a power cut
/// at most what came after the last checkpoint, and never leaves a damaged file. With `powerCut` each commit waits for
/// `fsync`. A missing folder is made with mode 0700, a missing file with 0600. One process at a time may have it open
/// (`PATH-lock`); any number may read.
///
/// Opened and closed by one thread; in between two may use it. Unchecked: what changes then is changed inside GRDB's queue.
package final class SQLiteStore: SQLStore, @unchecked Sendable {
    private let file: JournalFile
    private let durability: JournalDurability
    private var opened: Opened?
    /// Of the database that is open.
    private let statements = SQLiteRowStatements()
    /// Makes keys of the same moment unique.
    private var number: Int64 = 0

    private struct Opened {
        let queue: DatabaseQueue
        let checkpoints: SQLiteCheckpoints
        let identity: JournalFile.Identity?
    }

    /// Held from the start of `open` until `close`.
    private var lock: Int32?

    /// - Parameter path: the file; made when it is missing.
    package init(path: String, durability: JournalDurability) {
        file = JournalFile(path: path)
        self.durability = durability
    }

    deinit {
        close()
    }

    /// See `JournalStore`. The file and its folder are made where they are missing, for this user alone.
    package func open() throws(JournalProblem) {
        close()
        do {
            try openFile()
        } catch {
            close()
            throw error
        }
    }

    /// See `JournalStore`.
    package func append(_ records: [JournalRecord]) throws(JournalProblem) {
        guard !records.isEmpty else { return }
        try append([records], upTo: nil)
    }

    /// Adds all records in one transaction.
    ///
    /// - Parameter position: up to where it has come with this in the log that it stands behind.
    func append(_ batches: [[JournalRecord]], upTo position: UInt64?) throws(JournalProblem) {
        try write(about: batches.reduce(0) { $0 + $1.count }) { db in
            try SQLiteInserts.add(batches, to: db, by: statements, number: &number)
            if let position {
                try db.cachedStatement(sql: "INSERT OR REPLACE INTO setting VALUES (?, CAST(? AS BLOB))")
                    .execute(arguments: [Self.positionName, "\(position)"])
            }
        }
    }

    /// The name in `setting` of the position that the transactions have come to.
    static let positionName = "logged"

    /// What the last `append(_:upTo:)` said; 0 = there was none.
    func position() throws(JournalProblem) -> UInt64 {
        guard let position = try setting(Self.positionName) else { return 0 }
        guard let number = UInt64(position) else {
            throw JournalProblem(.corrupt, "journal \(file.path): its place in the log is no number")
        }
        return number
    }

    func forget(setting name: String) throws(JournalProblem) {
        try write(about: 0) { db in try db.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [name]) }
    }

    /// As text; nil = it is not there.
    func setting(_ name: String) throws(JournalProblem) -> String? {
        let opened = try current()
        return try file.telling {
            try opened.queue.read { db in
                try String.fetchOne(
                    db, sql: "SELECT CAST(value AS TEXT) FROM setting WHERE name = ?", arguments: [name])
            }
        }
    }

    /// See `JournalStore`.
    package func fingerprintKey() throws(JournalProblem) -> [UInt8] {
        let opened = try current()
        let key = try file.telling {
            try opened.queue.read { db in
                try Data.fetchOne(
                    db, sql: "SELECT value FROM setting WHERE name = ?", arguments: [JournalSchema.fingerprintKeyName])
            }
        }
        guard let key, key.count == JournalSchema.fingerprintKeyLength else {
            throw JournalProblem(.corrupt, "journal \(file.path): its key of fingerprints is missing")
        }
        return Array(key)
    }

    func ask<Answer>(
        _ question: (SQLiteConnection) throws(JournalProblem) -> Answer
    ) throws(JournalProblem) -> Answer {
        let opened = try current()
        return try file.telling { try opened.queue.read { try question(SQLiteConnection(db: $0, file: file)) } }
    }

    /// See `JournalStore`. Room that it makes is given back to the disk in small steps.
    package func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int {
        let pruned = try write(about: limit) { db in
            try SQLitePrune.delete(db, before: moment, limit: limit)
        }
        let opened = try current()
        try file.telling {
            try opened.queue.writeWithoutTransaction { try SQLitePrune.giveBack($0) }
        }
        return pruned
    }

    /// See `JournalStore`.
    package func check() throws(JournalProblem) {
        _ = try current()
    }

    /// See `JournalStore`. What is in the log goes into the file.
    package func close() {
        if let opened {
            opened.checkpoints.close()
            // Readers may still have it open, so SQLite would leave the log where it is: the file alone would not be the whole
            // journal, and what takes its place would be read together with another's log. A failure leaves it so.
            _ = try? opened.queue.writeWithoutTransaction { db in
                statements.forget()
                try db.checkpoint(.truncate)
            }
            // It fails only when a statement is still running, and none is.
            try? opened.queue.close()
        }
        opened = nil
        if let lock { _ = Glibc.close(lock) }
        lock = nil
    }

    private func openFile() throws(JournalProblem) {
        try file.prepare()
        lock = try file.lock()
        let queue = try file.telling {
            let queue = try DatabaseQueue(path: file.path, configuration: SQLiteSchema.writing(durability))
            try SQLiteSchema.migrate(queue, at: file.path)
            let checkpoints = try SQLiteCheckpoints(path: file.path)
            opened = Opened(queue: queue, checkpoints: checkpoints, identity: file.identity)
            return queue
        }
        // A disk without room or a file that may only be read shows itself here and not at the first message.
        try file.telling {
            try queue.write { db in
                try db.execute(
                    sql: "INSERT OR REPLACE INTO setting VALUES ('opened_by', CAST(? AS BLOB))",
                    arguments: ["process \(getpid())"])
            }
        }
    }

    private func write<Answer>(
        about records: Int, _ work: (Database) throws -> Answer
    ) throws(JournalProblem) -> Answer {
        let opened = try current()
        return try file.telling {
            try opened.queue.writeWithoutTransaction { db in
                let answer = try Self.transaction(on: db) { try work(db) }
                opened.checkpoints.committed(records: records, on: db)
                return answer
            }
        }
    }

    /// A transaction whose statements are prepared once. GRDB's own prepares them each time: 0.6 µs more a message at 10
    /// messages a commit.
    private static func transaction<Answer>(on db: Database, _ work: () throws -> Answer) throws -> Answer {
        try db.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION").execute()
        do {
            let answer = try work()
            try db.cachedStatement(sql: "COMMIT TRANSACTION").execute()
            return answer
        } catch {
            // After some failures SQLite has done it itself.
            if db.isInsideTransaction { try? db.execute(sql: "ROLLBACK TRANSACTION") }
            throw error
        }
    }

    /// The open database, if its file is still the one at its path: what is written into a removed file, or beside an emptied
    /// one, is lost.
    private func current() throws(JournalProblem) -> Opened {
        guard let opened else { throw JournalProblem(.unreachable, "journal \(file.path): is not open") }
        guard file.identity == opened.identity else {
            throw JournalProblem(.unreachable, "journal \(file.path): the file was moved, removed or emptied")
        }
        return opened
    }
}
