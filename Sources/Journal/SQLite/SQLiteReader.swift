import GRDB
package import Messaging
import Synchronization

/// Reads the journal's file on connections of its own, also while another process writes it.
///
/// The file is opened at the first question that finds it, and again when another one stands at its path. Each
/// question, and each step of a long search, is a short transaction: the write-ahead log can always be emptied between.
/// While nobody writes the journal, a reader has to make the log's index itself: it needs the file's owner's rights.
package final class SQLiteReader: JournalReader {
    /// How long one search may take before it is refused.
    package static let searchTime = Duration.seconds(5)

    private let file: JournalFile
    private let opened = Mutex<Opened?>(nil)

    private struct Opened {
        let pool: DatabasePool
        let identity: JournalFile.Identity
    }

    package init(path: String) {
        file = JournalFile(path: path)
    }

    /// See `JournalReader`.
    package func life(of id: MessageID) throws(JournalProblem) -> MessageLife? {
        try read { try SQLiteLives($0).life(of: id) }
    }

    /// - Throws: also when the search takes longer than `searchTime`: it then asks for a narrower one.
    package func messages(_ filter: JournalFilter) throws(JournalProblem) -> [MessageLife] {
        var search = SQLiteSearch(filter, kind: .sent)
        try run(&search)
        let found = search.found
        // Lives are few against the rows that were searched; they are read in steps as well.
        var lives: [MessageLife] = []
        lives.reserveCapacity(found.count)
        for start in stride(from: 0, to: found.count, by: 500) {
            lives += try read { db in
                try SQLiteLives(db).lives(of: found[start..<min(start + 500, found.count)])
            }
        }
        return lives
    }

    /// - Throws: as `messages`.
    package func inbound(_ filter: JournalFilter) throws(JournalProblem) -> [InboundRecord] {
        // Nobody's account sent them, and none was answered.
        guard filter.account == nil, filter.outcome == nil || filter.outcome == "inbound" else { return [] }
        var search = SQLiteSearch(filter, kind: .inbound)
        try run(&search)
        let found = search.found
        return try read { try SQLiteLives($0).inbound(found) }
    }

    private func run(_ search: inout SQLiteSearch) throws(JournalProblem) {
        let start = ContinuousClock.now
        while !search.isOver {
            search = try read { [search] db in
                var next = search
                try next.step(db)
                return next
            }
            guard search.isOver || start.duration(to: .now) < Self.searchTime else {
                throw JournalProblem(
                    .failed, "journal \(file.path): the search took longer than \(Self.searchTime): give it less time")
            }
        }
    }

    /// See `JournalReader`.
    package func postings(after: MessageID?, limit: Int) throws(JournalProblem) -> PostingPage {
        try read { db in
            let limit = min(max(limit, 1), 10_000)
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT \(JournalTable.posting.selected()) FROM posting WHERE id > ? ORDER BY id LIMIT ?"),
                arguments: [after.map(JournalSchema.key) ?? -1, limit])
            var page = PostingPage()
            page.isFull = rows.count == limit
            for row in rows.map(SQLiteRow.init) {
                var (whole, key) = (row, row)
                if let record = try? PostingRecord(from: &whole) {
                    page.records.append(record)
                } else {
                    page.unreadable.append(try key.id())
                }
            }
            return page
        }
    }

    /// See `JournalReader`.
    package func forgotten(_ keys: [Int64]) throws(JournalProblem) -> [ForgottenRecord] {
        try read { db in
            try keys.flatMap { key in
                try Row.fetchAll(
                    db.cachedStatement(
                        sql: """
                            SELECT \(JournalTable.forgotten.selected()) FROM forgotten WHERE key = ? ORDER BY id DESC LIMIT ?
                            """), arguments: [key, JournalSchema.mostForgotten]
                ).map { row in
                    var row = SQLiteRow(row)
                    return try ForgottenRecord(from: &row)
                }
            }
        }
    }

    /// See `JournalReader`.
    package func sentCounts(_ time: Range<UInt64>) throws(JournalProblem) -> [String: Int] {
        try read { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT m.account, count(*) FROM message m LEFT JOIN outcome o ON o.id = m.id
                        WHERE m.id >= ? AND m.id < ? AND \(SentMessage.outcomes) GROUP BY m.account
                        """),
                arguments: [
                    JournalSchema.firstKey(at: time.lowerBound), JournalSchema.firstKey(at: time.upperBound),
                ])
            return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: +)
        }
    }

    /// See `JournalReader`.
    package func sentMessages(since moment: UInt64, limit: Int) throws(JournalProblem) -> [SentMessage] {
        try read { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT m.id, m.account, m.recipient FROM message m LEFT JOIN outcome o ON o.id = m.id
                        WHERE m.id >= ? AND \(SentMessage.outcomes) ORDER BY m.id DESC LIMIT ?
                        """), arguments: [JournalSchema.firstKey(at: moment), limit])
            return rows.compactMap { row in
                JournalSchema.id(row[0]).map { SentMessage(id: $0, account: row[1], recipient: row[2]) }
            }
        }
    }

    private func read<Answer>(_ work: (Database) throws -> Answer) throws(JournalProblem) -> Answer {
        let pool = try pool()
        return try file.telling { try pool.read(work) }
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
