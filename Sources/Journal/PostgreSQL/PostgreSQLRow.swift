import Messaging

/// A row of PostgreSQL, read column after column. Its columns have types: little can be wrong with it.
struct PostgreSQLRow: FieldReader {
    /// A value that no store of ours wrote.
    struct Unreadable: Error {}

    typealias Failure = Unreadable

    static var malformed: Unreadable { Unreadable() }

    fileprivate let rows: PostgreSQLRows
    fileprivate let row: Int32
    fileprivate var column: Int32

    mutating func number() throws(Unreadable) -> UInt64 {
        guard let value = UInt64(exactly: rows.integer(row, next())) else { throw Unreadable() }
        return value
    }

    mutating func bits() -> UInt64 { UInt64(bitPattern: rows.integer(row, next())) }
    mutating func count() -> Int { Int(rows.integer(row, next())) }
    mutating func text() -> String { rows.text(row, next()) }
    mutating func flag() -> Bool { rows.flag(row, next()) }

    mutating func segments() throws(Unreadable) -> [SegmentRecord] {
        guard let segments = SegmentCoding.segments(in: text()) else { throw Unreadable() }
        return segments
    }

    mutating func isThere() -> Bool {
        guard rows.isNull(row, column) else { return true }
        column += 1
        return false
    }

    private mutating func next() -> Int32 {
        defer { column += 1 }
        return column
    }
}

extension PostgreSQLRows {
    /// Rows as records, from `column` on; those that no store of ours wrote are left out.
    func records<Record: RecordFields>() -> [Record] { (0..<count).compactMap { record($0) } }

    /// Nil where no store of ours wrote the row, and where there is none: a join's nulls.
    func record<Record: RecordFields>(_ row: Int32, from column: Int = 0) -> Record? {
        var reader = PostgreSQLRow(rows: self, row: row, column: Int32(column))
        guard !isNull(row, reader.column) || Record.self == ReceiptRecord.self else { return nil }
        return try? Record(from: &reader)
    }

    func record(_ row: Int32, of table: JournalTable) -> JournalRecord? {
        var reader = PostgreSQLRow(rows: self, row: row, column: 0)
        return try? JournalRecord(of: table, from: &reader)
    }
}
