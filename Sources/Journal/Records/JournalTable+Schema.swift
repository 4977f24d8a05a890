/// How the tables come to be, in both databases.
extension JournalTable {
    /// Since 1 there are all but `forgotten` (2) and `reference` (3), and since 4 the index of references. A column that comes later has its own
    /// (`Column.step`).
    static let steps = 4

    private var step: Int {
        switch self {
        case .forgotten: 2
        case .reference: 3
        case .message, .outcome, .delivered, .late, .receipt, .inbound, .inboundPart, .posting: 1
        }
    }

    /// What a step adds to what the steps before it made: tables, columns that may be missing in rows that are there, and an index.
    static func statements(ofStep step: Int, in dialect: SQLDialect) -> [String] {
        if step == 4 { return ["CREATE INDEX reference_text ON reference (reference)"] }
        return allCases.flatMap { table in
            if table.step == step { return table.creation(in: dialect) }
            return table.columns.filter { table.step < step && $0.step == step }.map { column in
                "ALTER TABLE \(table.name) ADD COLUMN \(column.definition(in: dialect))"
            }
        }
    }

    private func creation(in dialect: SQLDialect) -> [String] {
        if isPacked(in: dialect) {
            return ["CREATE TABLE delivered (last INTEGER PRIMARY KEY, ids BLOB NOT NULL) STRICT"]
        }
        let there = columns.filter { $0.step <= step }
        let ordered: [Column]
        let options: String
        switch dialect {
        // Where the key is not at the front of a table without row ids, SQLite 3.40's integrity check reads other columns.
        case .sqlite where primaryKey.count > 1:
            let key = primaryKey.compactMap { name in there.first { $0.name == name } }
            (ordered, options) = (key + there.filter { !primaryKey.contains($0.name) }, " STRICT, WITHOUT ROWID")
        case .sqlite: (ordered, options) = (there, " STRICT")
        // Those of eight octets first: no room is lost between them.
        case .postgreSQL:
            (ordered, options) = (ColumnType.allCases.flatMap { type in there.filter { $0.type == type } }, "")
        }
        let parts = ordered.map { $0.definition(in: dialect) } + ["PRIMARY KEY (\(primaryKey.joined(separator: ", ")))"]
        return ["CREATE TABLE \(name) (\(parts.joined(separator: ", ")))\(options)"] + indexes
    }

    private var primaryKey: [String] {
        if self == .forgotten { return ["key", "id", "segment"] }
        return hasLongKey ? [key, "at", "n"] : [key]
    }

    private var indexes: [String] {
        switch self {
        case .outcome: ["CREATE INDEX outcome_replay ON outcome (id) WHERE replay_of IS NOT NULL"]
        case .forgotten: ["CREATE INDEX forgotten_id ON forgotten (id)"]
        case .message, .delivered, .late, .receipt, .inbound, .inboundPart, .posting, .reference: []
        }
    }
}

extension JournalTable.Column {
    fileprivate func definition(in dialect: SQLDialect) -> String {
        let type =
            switch (dialect, type) {
            case (.postgreSQL, _): type.rawValue
            case (.sqlite, .text): "TEXT"
            case (.sqlite, .bigint), (.sqlite, .integer), (.sqlite, .boolean): "INTEGER"
            }
        return "\(name) \(type)\(isOptional ? "" : " NOT NULL")"
    }
}
