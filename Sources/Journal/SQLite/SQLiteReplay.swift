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
        var streams = [
            try Stream(db, "message", by: "id", from: key) { .message(try $0.message()) },
            try Stream(db, "outcome", by: "id", from: key) { .outcome(try $0.outcome()) },
            try Stream(db, "late", by: "id", from: key) { .late(try $0.late()) },
            try Stream(db, "receipt", by: "place", from: key) { .receipt(try $0.receipt()) },
            try Stream(db, "inbound_part", by: "id", from: key) { .inboundPart(try $0.inboundPart()) },
            try Stream(db, "inbound", by: "id", from: key) { .inbound(try $0.inbound()) },
            try Stream(db, "delivered", by: "last", from: key) { .delivered(try $0.delivered()) },
        ]
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
        private let read: (SQLiteRows) throws -> JournalRecord

        init(
            _ db: Database, _ table: String, by column: String, from key: Int64,
            _ read: @escaping (SQLiteRows) throws -> JournalRecord
        ) throws {
            cursor = try Row.fetchCursor(
                db, sql: "SELECT * FROM \(table) WHERE \(column) >= ? ORDER BY \(column)", arguments: [key])
            self.read = read
            try advance()
        }

        mutating func take() throws -> JournalRecord {
            guard let row else { throw SQLiteRows.Unreadable() }
            let record = try read(SQLiteRows(row: row))
            try advance()
            return record
        }

        private mutating func advance() throws {
            row = try cursor.next()
            next = try row.map { try SQLiteRows(row: $0).key }
        }
    }
}
