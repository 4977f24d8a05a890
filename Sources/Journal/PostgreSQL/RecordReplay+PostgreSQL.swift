extension RecordReplay {
    /// Asks for the next rows of a table behind this one, in PostgreSQL.
    static func page(of table: JournalTable, after last: Position) -> PostgreSQLCommand {
        var parameters = PostgreSQLParameters()
        parameters.add(last.key)
        if table.hasLongKey {
            parameters.add(last.at)
            parameters.add(last.n)
        }
        return .sql(
            table.page(table.selected(), by: table.key, ["$1::bigint", "$2::bigint", "$3::bigint"]), parameters)
    }

    /// They have come.
    static func rows(_ rows: PostgreSQLRows, of table: JournalTable) -> [Row] {
        func column(_ name: String) -> Int32 { Int32(table.index(of: name)) }
        let (key, at, n) = (column(table.key), column("at"), column("n"))
        return (0..<rows.count).map { row in
            var position = Position(key: rows.integer(row, key))
            if table.hasLongKey { (position.at, position.n) = (rows.integer(row, at), rows.integer(row, n)) }
            return (position, rows.record(row, of: table))
        }
    }
}
