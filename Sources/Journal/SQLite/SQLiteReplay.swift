import GRDB

/// Reads all tables at once from a key on, and merges them: by key, and at one key a message before its outcome, its
/// outcome before what came after it.
struct SQLiteReplay {
    /// Records that are handed over at a time.
    static let batch = 1000

    private let key: Int64

    init(since key: Int64) {
        self.key = key
    }

    func run(_ db: Database, _ take: ([JournalRecord]) -> Void) throws {
        var streams = try JournalTable.replayed.map { try Stream(db, $0, from: key) }
        var records: [JournalRecord] = []
        records.reserveCapacity(Self.batch)
        while let next = Self.least(streams) {
            records.append(try streams[next].take())
            if records.count == Self.batch {
                take(records)
                records.removeAll(keepingCapacity: true)
            }
        }
        if !records.isEmpty { take(records) }
    }

    /// The stream that has the least key; the first of several; nil when all have ended.
    private static func least(_ streams: [Stream]) -> Int? {
        var least: Int?
        var key = Int64.max
        for index in streams.indices {
            guard let next = streams[index].next, least == nil || next < key else { continue }
            least = index
            key = next
        }
        return least
    }

    /// One table, row by row.
    private struct Stream {
        /// The key of the row that comes next; nil at the end.
        private(set) var next: Int64?
        private var row: Row?
        private let cursor: RowCursor
        private let table: JournalTable
        private let keyIndex: Int

        init(_ db: Database, _ table: JournalTable, from key: Int64) throws {
            let column = table.keyInSQLite
            cursor = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(table.selectedInSQLite) FROM \(table.rawValue) WHERE \(column) >= ? ORDER BY \(column)
                    """, arguments: [key])
            self.table = table
            keyIndex = table.index(of: column)
            try advance()
        }

        mutating func take() throws -> JournalRecord {
            guard let row else { throw SQLiteRow.Unreadable() }
            let record = try table.record(of: row)
            try advance()
            return record
        }

        private mutating func advance() throws {
            row = try cursor.next()
            next = try row.map { try SQLiteRow($0).integer(keyIndex) }
        }
    }
}
