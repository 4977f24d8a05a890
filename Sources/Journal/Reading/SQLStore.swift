import Messaging

/// A store in either database: what a start asks is asked of both in the same way.
protocol SQLStore: JournalStore {
    associatedtype Connection: SQLConnection

    /// Asks in one short transaction.
    func ask<Answer>(_ question: (Connection) throws(JournalProblem) -> Answer) throws(JournalProblem) -> Answer
}

/// Messages that are put together at once.
private let livesAtOnce = 1_000

extension SQLStore {
    /// See `JournalStore`. Every statement is short, and memory holds a page of each table.
    package func replay(since moment: UInt64, _ take: ([JournalRecord]) -> Void) throws(JournalProblem) {
        try RecordReplay.run(
            since: moment,
            page: { table, last throws(JournalProblem) in
                try ask { connection throws(JournalProblem) in try connection.page(of: table, after: last) }
            }, take)
    }

    /// See `JournalStore`. Of a million messages nearly all are marked as delivered: of these only ids are read.
    package func unsettled(
        since moment: UInt64, recent: UInt64?, _ take: ([MessageLife]) -> Void
    ) throws(JournalProblem) {
        var first: Int64? = JournalSchema.firstKey(at: moment)
        while let low = first {
            let (ids, edge) = try ask { connection throws(JournalProblem) in
                let edge = try connection.edge(of: .message, from: low, rows: Connection.dialect.marksAtOnce)
                let range = low...(edge ?? .max)
                var ids = try connection.undelivered(range)
                if let recent { ids = Set(ids).union(try connection.accepted(range, since: recent)).sorted() }
                return (ids, edge)
            }
            for start in stride(from: 0, to: ids.count, by: livesAtOnce) {
                let some = Array(ids[start..<min(start + livesAtOnce, ids.count)])
                take(try ask { connection throws(JournalProblem) in try connection.lives(of: some) })
            }
            first = edge.flatMap { $0 == .max ? nil : $0 + 1 }
        }
    }

    /// See `JournalStore`.
    package func openParts(since moment: UInt64) throws(JournalProblem) -> [InboundPartRecord] {
        let query = Connection.query {
            """
            SELECT \(JournalTable.inboundPart.selected()) FROM inbound_part
            WHERE id >= \($0.parameter(JournalSchema.firstKey(at: moment)))
                AND NOT EXISTS (SELECT 1 FROM inbound WHERE inbound.id = inbound_part.id) ORDER BY id, at, n
            """
        }
        return try ask { connection throws(JournalProblem) in try connection.records(query) }
    }
}

extension SQLConnection {
    /// The last of the next rows of a table, from this key on; nil = there are fewer.
    fileprivate func edge(of table: JournalTable, from low: Int64, rows: Int) throws(JournalProblem) -> Int64? {
        let query = Self.query {
            "SELECT id FROM \(table.name) WHERE id >= \($0.parameter(low)) ORDER BY id LIMIT 1 OFFSET \(rows - 1)"
        }
        return try self.rows(query) { row throws(UnreadableRow) in try row.integer(0) }.first
    }

    /// Messages whose acceptance is younger than a moment.
    fileprivate func accepted(_ range: ClosedRange<Int64>, since moment: UInt64) throws(JournalProblem) -> [MessageID] {
        let query = Self.query {
            """
            SELECT id FROM outcome WHERE id BETWEEN \($0.parameter(range.lowerBound)) AND \($0.parameter(range.upperBound))
                AND at > \($0.parameter(Int64(clamping: moment))) AND outcome = 'accepted' AND replay_of IS NULL
            """
        }
        return try rows(query) { row throws(UnreadableRow) in try row.id() }
    }
}

extension SQLDialect {
    /// Ids that are compared with the marks of delivered ones at once: in SQLite marks are packed, a minute of them is read in any
    /// case; in PostgreSQL a statement is bounded in time.
    fileprivate var marksAtOnce: Int {
        switch self {
        case .sqlite: 1_000_000
        case .postgreSQL: 100_000
        }
    }
}
