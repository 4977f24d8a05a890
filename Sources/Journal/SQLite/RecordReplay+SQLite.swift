import GRDB

extension RecordReplay {
    /// The next rows of a table behind this one, in SQLite.
    static func page(_ db: Database, of table: JournalTable, after last: Position) throws -> [Row] {
        let sql = table.page(table.selectedInSQLite, by: table.keyInSQLite, ["?", "?", "?"])
        let (key, at, n) = (table.index(of: table.keyInSQLite), table.index(of: "at"), table.index(of: "n"))
        let arguments = table.hasLongKey ? [last.key, last.at, last.n] : [last.key]
        // Read one by one: a list of rows would be a copy of each.
        let cursor = try GRDB.Row.fetchCursor(db, sql: sql, arguments: StatementArguments(arguments))
        var rows: [Row] = []
        while let row = try cursor.next() {
            let columns = SQLiteRow(row)
            var position = Position(key: try columns.integer(key))
            if table.hasLongKey { (position.at, position.n) = (try columns.integer(at), try columns.integer(n)) }
            rows.append((position, try table.record(of: row)))
        }
        return rows
    }
}
