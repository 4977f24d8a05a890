import GRDB

/// Reads all of a SQLite journal and of its log, and changes nothing.
package struct JournalCheck: Sendable {
    /// Rows by table.
    package private(set) var rows: [(table: String, count: Int)] = []
    /// Records in the files of the log.
    package private(set) var logged = 0
    /// Those of them that the database does not have yet.
    package private(set) var unmoved = 0
    /// What cannot be read, for an operator; no number and no text is told.
    package private(set) var problems: [String] = []

    /// So many damaged rows of a table are named.
    private static let mostNamed = 5

    /// - Throws: where it cannot be opened, or is another application's or a newer version's.
    package static func run(path: String) throws(JournalProblem) -> JournalCheck {
        let file = JournalFile(path: path)
        guard file.identity != nil else { throw JournalProblem(.failed, "journal \(path): there is no such file") }
        var check = JournalCheck()
        let position = try file.telling {
            let queue = try DatabaseQueue(path: path, configuration: SQLiteSchema.reading())
            return try queue.read { db in
                try SQLiteSchema.check(db, at: path)
                try check.readPages(db)
                try check.readRows(db)
                return try UInt64.fetchOne(
                    db, sql: "SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM setting WHERE name = ?",
                    arguments: [SQLiteStore.positionName]) ?? 0
            }
        }
        try check.readLog(of: path, after: position)
        return check
    }

    private mutating func readPages(_ db: Database) throws {
        let words = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)")
        if words != ["ok"] { problems += words.map { "the file is damaged: \($0)" } }
    }

    private mutating func readRows(_ db: Database) throws {
        for table in JournalTable.allCases {
            var (count, damaged) = (0, 0)
            let cursor = try Row.fetchCursor(db, sql: "SELECT \(table.selected(in: .sqlite)) FROM \(table.name)")
            while let row = try cursor.next() {
                count += 1
                let row = SQLiteRow(row)
                do {
                    var whole = row
                    _ = try JournalRecord(of: table, from: &whole)
                } catch {
                    damaged += 1
                    let index = table.index(of: table.key(in: .sqlite))
                    let key = (try? row.integer(index)).flatMap(JournalSchema.id).map { "\($0)" } ?? "?"
                    if damaged <= Self.mostNamed {
                        problems.append("\(table.name): the row of \(key) cannot be read")
                    }
                }
            }
            if damaged > Self.mostNamed { problems.append("\(table.name): \(damaged) rows in all cannot be read") }
            rows.append((table.name, count))
        }
    }

    private mutating func readLog(of path: String, after position: UInt64) throws(JournalProblem) {
        let log = RecordLog(of: path, size: 0, durability: .processCrash)
        var last: UInt64?
        for frame in try log.frames(after: 0) {
            if let last, frame.position != last + 1 {
                problems.append("log: records between positions \(last) and \(frame.position) are missing")
            }
            last = frame.position
            do throws(JournalProblem) {
                let count = try frame.records().count
                logged += count
                if frame.position > position { unmoved += count }
            } catch {
                problems.append("log: the frame at position \(frame.position): \(error)")
            }
        }
        if let last, let first = try log.frames(after: position).first?.position, first != position + 1, last > position
        {
            problems.append("log: records after position \(position) are missing")
        }
    }
}
