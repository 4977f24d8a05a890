import Foundation
import GRDB
import Messaging

/// A row of SQLite, read column after column. A damaged file may hold anything: what no store of ours wrote is an error, not a crash.
struct SQLiteRow: FieldReader {
    /// A value that no store of ours wrote.
    struct Unreadable: Error {}

    typealias Failure = Unreadable

    static var malformed: Unreadable { Unreadable() }

    private let row: Row
    private var column = 0

    init(_ row: Row) {
        self.row = row
    }

    /// A column by its place, wherever reading has come to.
    func integer(_ index: Int) throws(Unreadable) -> Int64 {
        guard case .int64(let value) = (row[index] as DatabaseValue).storage else { throw Unreadable() }
        return value
    }

    func isNull(_ index: Int) -> Bool { row.hasNull(atIndex: index) }

    mutating func number() throws(Unreadable) -> UInt64 {
        guard let value = UInt64(exactly: try integer(next())) else { throw Unreadable() }
        return value
    }

    mutating func bits() throws(Unreadable) -> UInt64 { UInt64(bitPattern: try integer(next())) }

    mutating func count() throws(Unreadable) -> Int { Int(try integer(next())) }

    mutating func text() throws(Unreadable) -> String {
        guard case .string(let value) = (row[next()] as DatabaseValue).storage else { throw Unreadable() }
        return value
    }

    mutating func flag() throws(Unreadable) -> Bool { try integer(next()) != 0 }

    mutating func segments() throws(Unreadable) -> [SegmentRecord] {
        guard let segments = SegmentCoding.segments(in: try text()) else { throw Unreadable() }
        return segments
    }

    mutating func isThere() -> Bool {
        guard isNull(column) else { return true }
        column += 1
        return false
    }

    private mutating func next() -> Int {
        defer { column += 1 }
        return column
    }
}

extension JournalTable {
    /// The columns of the table in SQLite, for a selection.
    var selectedInSQLite: String { self == .delivered ? "last, ids" : selected() }

    /// The column that rows are ordered by in SQLite; of `delivered` it is the first.
    var keyInSQLite: String { self == .delivered ? "last" : key }

    /// The record of a row of `selectedInSQLite`.
    func record(of row: Row) throws -> JournalRecord {
        guard self == .delivered else {
            var row = SQLiteRow(row)
            return try JournalRecord(of: self, from: &row)
        }
        return .delivered(try Self.delivered(row))
    }

    /// The marks of a row of `delivered`.
    static func delivered(_ row: Row) throws(SQLiteRow.Unreadable) -> [MessageID] {
        guard let octets = Data.fromDatabaseValue(row[1]) else { throw SQLiteRow.Unreadable() }
        return DeliveredMarks.ids(in: octets)
    }
}
