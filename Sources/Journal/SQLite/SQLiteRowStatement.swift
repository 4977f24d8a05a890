import GRDB
import GRDBSQLite

/// A statement that adds so many rows to a table, and what is bound to it.
///
/// Values are bound one after the other: an array of arguments would be made, converted and copied for each row before SQLite sees it.
/// Texts that rows have in common (an account, a sender, a carrier) stay bound from one execution to the next: binding a text copies it
/// twice, 1,050 instructions, and each message had five.
final class SQLiteRowStatement: FieldWriter {
    let rows: Int
    private let statement: Statement
    /// Of each parameter that is bound as a common one: its text; nil = NULL.
    private var texts: [String?]
    private var place = 0

    init(_ db: Database, _ table: JournalTable, rows: Int) throws {
        self.rows = rows
        let row = "(" + Array(repeating: "?", count: table.columns.count).joined(separator: ", ") + ")"
        let values = Array(repeating: row, count: rows).joined(separator: ", ")
        statement = try db.makeStatement(
            sql: "INSERT INTO \(table.name) (\(table.selected())) VALUES \(values) ON CONFLICT DO NOTHING")
        texts = Array(repeating: nil, count: rows * table.columns.count)
        // GRDB is not to look for arguments of its own.
        statement.setUncheckedArguments(StatementArguments())
    }

    /// The values of all rows follow, then `execute`.
    func begin() throws(DatabaseError) {
        // GRDB's own way unbinds all values, and looks at the name of each.
        try check(sqlite3_reset(statement.sqliteStatement))
        place = 0
    }

    private func bind(_ value: some StatementBinding) throws(DatabaseError) {
        place += 1
        try check(value.bind(to: statement.sqliteStatement, at: CInt(place)))
    }

    func add(common text: String?) throws(DatabaseError) {
        guard !Self.isSame(texts[place], text) else {
            place += 1
            return
        }
        texts[place] = text
        try add(text)
    }

    func add(common text: String) throws(DatabaseError) { try add(common: Optional(text)) }
    func add(_ text: String) throws(DatabaseError) { try bind(JournalSchema.storable(text)) }
    func add(_ text: String?) throws(DatabaseError) { try bind(text.map(JournalSchema.storable)) }
    func add(_ number: UInt64) throws(DatabaseError) { try bind(Int64(clamping: number)) }
    func add(_ number: UInt64?) throws(DatabaseError) { try bind(number.map { Int64(clamping: $0) }) }
    func add(bits: UInt64) throws(DatabaseError) { try bind(Int64(bitPattern: bits)) }
    func add(_ count: Int) throws(DatabaseError) { try bind(Int64(count)) }
    func add(_ count: Int?) throws(DatabaseError) { try bind(count.map { Int64($0) }) }
    func add(_ flag: Bool) throws(DatabaseError) { try bind(Int64(flag ? 1 : 0)) }
    /// It holds no NUL.
    func add(_ segments: [SegmentRecord]) throws(DatabaseError) { try bind(SegmentCoding.text(of: segments)) }

    /// Octet for octet: texts that only look the same are not.
    private static func isSame(_ one: String?, _ other: String?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        let (octets, others) = (one.utf8.span, other.utf8.span)
        guard octets.count == others.count else { return false }
        for index in octets.indices where octets[index] != others[index] { return false }
        return true
    }

    func execute() throws {
        try statement.execute()
    }

    private func check(_ code: CInt) throws(DatabaseError) {
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}

/// The statements that add rows to one table: for many rows and for few. Made when they are needed.
final class SQLiteTableStatements {
    private static let sizes = [32, 8, 2, 1]

    private let table: JournalTable
    private var made = [SQLiteRowStatement?](repeating: nil, count: sizes.count)

    init(_ table: JournalTable) {
        self.table = table
    }

    /// A statement for as many of these rows as go; nil = there are none.
    func statement(for rows: Int, on db: Database) throws -> SQLiteRowStatement? {
        guard let index = Self.sizes.firstIndex(where: { $0 <= rows }) else { return nil }
        if let statement = made[index] { return statement }
        let statement = try SQLiteRowStatement(db, table, rows: Self.sizes[index])
        made[index] = statement
        return statement
    }

    func forget() {
        made = made.map { _ in nil }
    }
}

/// The statements of a connection that add what the journal has many of. They must be forgotten before the connection is closed, and
/// when one of them has failed: nobody knows then what is bound to it.
final class SQLiteRowStatements {
    private var tables: [JournalTable: SQLiteTableStatements] = [:]

    subscript(table: JournalTable) -> SQLiteTableStatements {
        if let made = tables[table] { return made }
        let made = SQLiteTableStatements(table)
        tables[table] = made
        return made
    }

    func forget() {
        for table in tables.values { table.forget() }
    }
}
