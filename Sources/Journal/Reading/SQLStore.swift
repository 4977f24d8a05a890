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
    /// See `JournalStore`. Of a million messages nearly all are marked as delivered: of these only ids are read.
    package func unsettled(
        since moment: UInt64, recent: UInt64?, _ take: ([MessageLife]) -> Void
    ) throws(JournalProblem) {
        try lives(JournalSchema.firstKey(at: moment)...(.max), clients: true, take) {
            connection, range throws(JournalProblem) in
            let ids = try connection.undelivered(range)
            guard let recent else { return ids }
            return Set(ids).union(try connection.accepted(range, since: recent)).sorted()
        }
    }

    /// See `JournalStore`. What was forgotten before is in a table of its own: of old messages only few are read.
    package func awaiting(
        since moment: UInt64, newest: Int, finals: [String], _ take: ([MessageLife]) -> Void
    ) throws(JournalProblem) {
        let first = JournalSchema.firstKey(at: moment)
        let start = try ask { connection throws(JournalProblem) in
            try connection.start(ofNewest: newest, from: first) ?? first
        }
        if start > first {
            let carriers = try ask { connection throws(JournalProblem) in try connection.receipting(since: first) }
            try lives(first...(start - 1), clients: false, take) { connection, range throws(JournalProblem) in
                try connection.unreceipted(range, at: carriers, finals: finals)
            }
        }
        try lives(start...(.max), clients: false, take) { connection, range throws(JournalProblem) in
            try connection.sent(range)
        }
    }

    /// Hands over the messages of a range of keys that a question finds, which is put to parts of the range, oldest first.
    private func lives(
        _ all: ClosedRange<Int64>, clients: Bool, _ take: ([MessageLife]) -> Void,
        _ find: (Connection, ClosedRange<Int64>) throws(JournalProblem) -> [MessageID]
    ) throws(JournalProblem) {
        var first: Int64? = all.lowerBound
        while let low = first {
            let (ids, edge) = try ask { connection throws(JournalProblem) in
                let edge = try connection.edge(of: .message, from: low, rows: Connection.dialect.marksAtOnce)
                let last = min(edge ?? .max, all.upperBound)
                return (try find(connection, low...last), last)
            }
            for start in stride(from: 0, to: ids.count, by: livesAtOnce) {
                let some = Array(ids[start..<min(start + livesAtOnce, ids.count)])
                take(try ask { connection throws(JournalProblem) in try connection.lives(of: some, clients: clients) })
            }
            first = edge < all.upperBound ? edge + 1 : nil
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
            SELECT id FROM outcome WHERE \($0.between("id", range)) AND at > \($0.parameter(Int64(clamping: moment))) AND outcome = 'accepted' AND replay_of IS NULL
            """
        }
        return try rows(query) { row throws(UnreadableRow) in try row.id() }
    }
}

extension SQLConnection {
    /// Where the newest messages begin; nil = there are no more than these.
    fileprivate func start(ofNewest count: Int, from first: Int64) throws(JournalProblem) -> Int64? {
        let query = Self.query {
            """
            SELECT id FROM message WHERE id >= \($0.parameter(first)) ORDER BY id DESC
            LIMIT 1 OFFSET \(max(0, count - 1))
            """
        }
        return try rows(query) { row throws(UnreadableRow) in try row.integer(0) }.first
    }

    fileprivate func sent(_ range: ClosedRange<Int64>) throws(JournalProblem) -> [MessageID] {
        let query = Self.query { "SELECT id FROM message WHERE \($0.between("id", range)) ORDER BY id" }
        return try rows(query) { row throws(UnreadableRow) in try row.id() }
    }

    /// Carriers that have sent receipts.
    fileprivate func receipting(since first: Int64) throws(JournalProblem) -> [String] {
        let query = Self.query { "SELECT DISTINCT carrier FROM receipt WHERE place >= \($0.parameter(first))" }
        return try rows(query) { row throws(UnreadableRow) in try row.text(0) }
    }

    /// Messages that may have gone, and those at these carriers whose segments have not had all their receipts.
    fileprivate func unreceipted(
        _ range: ClosedRange<Int64>, at carriers: [String], finals: [String]
    ) throws(JournalProblem) -> [MessageID] {
        let query = Self.query { query in
            """
            SELECT m.id FROM message m LEFT JOIN outcome o ON o.id = m.id
            WHERE \(query.between("m.id", range)) AND (o.id IS NULL OR o.outcome = 'unknown'
                OR o.outcome IN ('accepted', 'partial') AND \(query.among("o.carrier", carriers)) AND m.segments > (
                    SELECT count(DISTINCT r.segment) FROM receipt r
                    WHERE r.place = m.id AND r.message = m.id AND \(query.among("r.state", finals))))
            ORDER BY m.id
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
