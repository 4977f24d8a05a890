import Messaging

@testable import Journal

extension JournalStore {
    /// Every row of a message or of what came in, from a moment on: by id, of one id a message before what became of it.
    func everything(since moment: UInt64 = 0) throws -> [JournalRecord] {
        switch self {
        case let store as SQLiteStore: try store.rows(since: moment)
        case let store as PostgreSQLStore: try store.rows(since: moment)
        case let store as LoggedStore: try store.rows.rows(since: moment)
        case let store as SettlingStore: try store.store.everything(since: moment)
        default: []
        }
    }
}

extension SQLStore {
    fileprivate func rows(since moment: UInt64) throws(JournalProblem) -> [JournalRecord] {
        let tables: [JournalTable] = [.message, .outcome, .late, .receipt, .inboundPart, .inbound, .delivered]
        var found: [(key: Int64, record: JournalRecord)] = []
        for table in tables {
            let key = table.key(in: Connection.dialect)
            let order = table.hasLongKey ? "\(key), at, n" : key
            let query = Connection.query {
                """
                SELECT \(table.selected(in: Connection.dialect)) FROM \(table.name)
                WHERE \(key) >= \($0.parameter(JournalSchema.firstKey(at: moment))) ORDER BY \(order)
                """
            }
            found += try ask { connection throws(JournalProblem) in
                try connection.rows(query) { row throws(UnreadableRow) in
                    (try row.integer(table.index(of: key)), try JournalRecord(of: table, from: &row))
                }
            }
        }
        // Of one id they stay as the tables come.
        return found.enumerated().sorted { ($0.element.key, $0.offset) < ($1.element.key, $1.offset) }.map(
            \.element.record)
    }
}
