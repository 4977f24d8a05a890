package import Messaging
import Synchronization

/// Reads the journal in PostgreSQL, on a connection of its own that is opened at the first question and again after a
/// failure. One question at a time; each is bounded as `PostgreSQLBounds` says.
package final class PostgreSQLReader: JournalReader {
    private let url: String
    private let bounds: PostgreSQLBounds
    private let connection = Mutex<PostgreSQLConnection?>(nil)

    /// Opens nothing yet.
    package init(url: String, bounds: PostgreSQLBounds = .init()) {
        self.url = url
        self.bounds = bounds
    }

    /// A message that was sent, a repeat that was answered from the ledger, or an inbound message.
    package func life(of id: MessageID) throws(JournalProblem) -> MessageLife? {
        let query = PostgreSQLQuery(id: id)
        let bounds = bounds
        let life = try ask { connection throws(JournalProblem) in
            try PostgreSQLLives(connection: connection, bounds: bounds).lives(query).first
        }
        if let life { return life }
        return try ask { connection throws(JournalProblem) in
            var inbound: MessageLife?
            try connection.run([query.inbound], within: bounds.answer) { _, rows in
                if rows.count > 0 { inbound = rows.record(0).map(MessageLife.init(inbound:)) }
            }
            return inbound
        }
    }

    /// - Throws: `failed` when the search takes longer than a statement may.
    package func messages(_ filter: JournalFilter) throws(JournalProblem) -> [MessageLife] {
        let bounds = bounds
        return try ask { connection throws(JournalProblem) in
            try PostgreSQLLives(connection: connection, bounds: bounds).lives(PostgreSQLQuery(filter))
        }
    }

    /// - Throws: as `messages`.
    package func inbound(_ filter: JournalFilter) throws(JournalProblem) -> [InboundRecord] {
        let bounds = bounds
        return try ask { connection throws(JournalProblem) in
            var records: [InboundRecord] = []
            try connection.run([PostgreSQLQuery(filter).inbound], within: bounds.answer) { _, rows in
                records = rows.records()
            }
            return records
        }
    }

    /// See `JournalReader`.
    package func postings(after: MessageID?, limit: Int) throws(JournalProblem) -> PostingPage {
        let (bounds, limit) = (bounds, min(max(limit, 1), 10_000))
        return try ask { connection throws(JournalProblem) in
            var parameters = PostgreSQLParameters()
            parameters.add(after.map(JournalSchema.key) ?? -1)
            let command = PostgreSQLCommand.sql(
                """
                SELECT \(JournalTable.posting.selected("t")) FROM posting t WHERE t.id > $1::bigint \
                ORDER BY t.id LIMIT \(limit)
                """, parameters)
            // Its columns have types: every row can be read.
            var page = PostingPage()
            try connection.run([command], within: bounds.answer) { _, rows in
                page.records = rows.records()
                page.isFull = Int(rows.count) == limit
            }
            return page
        }
    }

    /// See `JournalReader`.
    package func forgotten(_ keys: [Int64]) throws(JournalProblem) -> [ForgottenRecord] {
        let bounds = bounds
        return try ask { connection throws(JournalProblem) in
            var parameters = PostgreSQLParameters()
            parameters.addIntegers(keys) { $0 }
            let command = PostgreSQLCommand.sql(
                """
                SELECT \(JournalTable.forgotten.selected("t")) FROM unnest($1::bigint[]) AS k, LATERAL (
                    SELECT * FROM forgotten WHERE key = k ORDER BY id DESC LIMIT \(JournalSchema.mostForgotten)) t
                """, parameters)
            var found: [ForgottenRecord] = []
            try connection.run([command], within: bounds.answer) { _, rows in
                found = rows.records()
            }
            return found
        }
    }

    /// - Throws: as `messages`.
    package func sentCounts(_ time: Range<UInt64>) throws(JournalProblem) -> [String: Int] {
        let bounds = bounds
        return try ask { connection throws(JournalProblem) in
            var parameters = PostgreSQLParameters()
            parameters.add(JournalSchema.firstKey(at: time.lowerBound))
            parameters.add(JournalSchema.firstKey(at: time.upperBound))
            let command = PostgreSQLCommand.sql(
                """
                SELECT m.account, count(*) FROM message m LEFT JOIN outcome o ON o.id = m.id \
                WHERE m.id >= $1::bigint AND m.id < $2::bigint AND \(SentMessage.outcomes) GROUP BY m.account
                """, parameters)
            var counts: [String: Int] = [:]
            try connection.run([command], within: bounds.answer) { _, rows in
                for row in 0..<rows.count { counts[rows.text(row, 0)] = Int(rows.integer(row, 1)) }
            }
            return counts
        }
    }

    /// - Throws: as `messages`.
    package func sentMessages(since moment: UInt64, limit: Int) throws(JournalProblem) -> [SentMessage] {
        let bounds = bounds
        return try ask { connection throws(JournalProblem) in
            var parameters = PostgreSQLParameters()
            parameters.add(JournalSchema.firstKey(at: moment))
            let command = PostgreSQLCommand.sql(
                """
                SELECT m.id, m.account, m.recipient FROM message m LEFT JOIN outcome o ON o.id = m.id \
                WHERE m.id >= $1::bigint AND \(SentMessage.outcomes) ORDER BY m.id DESC LIMIT \(limit)
                """, parameters)
            var messages: [SentMessage] = []
            try connection.run([command], within: bounds.answer) { _, rows in
                messages = (0..<rows.count).compactMap { row in
                    JournalSchema.id(rows.integer(row, 0)).map {
                        SentMessage(id: $0, account: rows.text(row, 1), recipient: rows.text(row, 2))
                    }
                }
            }
            return messages
        }
    }

    /// Asks on the open connection, or on a new one. A connection that had ended unnoticed, as by a restart of the
    /// server, is replaced once.
    private func ask<Answer: Sendable>(
        _ question: @Sendable (PostgreSQLConnection) throws(JournalProblem) -> Answer
    ) throws(JournalProblem) -> Answer {
        let url = url
        let bounds = bounds
        return try connection.withLock { connection throws(JournalProblem) in
            if let open = connection {
                do throws(JournalProblem) {
                    return try Self.answer(question, on: open, bounds)
                } catch {
                    guard error.isLost else { throw error }
                    connection = nil
                    guard case .ended = open.state else { throw error }
                }
            }
            let open = try Self.open(url, bounds)
            connection = open
            do throws(JournalProblem) {
                return try Self.answer(question, on: open, bounds)
            } catch {
                if error.isLost { connection = nil }
                throw error
            }
        }
    }

    private static func answer<Answer: Sendable>(
        _ question: (PostgreSQLConnection) throws(JournalProblem) -> Answer, on connection: PostgreSQLConnection,
        _ bounds: PostgreSQLBounds
    ) throws(JournalProblem) -> Answer {
        do throws(JournalProblem) {
            return try question(connection)
        } catch {
            guard connection.lastFailure == PostgreSQLProblems.queryCanceled else { throw error }
            throw JournalProblem(
                .failed, "PostgreSQL searched for longer than \(bounds.statement): ask for less time at once")
        }
    }

    private static func open(
        _ url: String, _ bounds: PostgreSQLBounds
    ) throws(JournalProblem) -> PostgreSQLConnection {
        let connection = try PostgreSQLConnection(url: url, bounds: bounds)
        try connection.run(
            PostgreSQLSchema.session(durability: .processCrash, statement: bounds.statement)
                + [.sql("SET default_transaction_read_only = on")], within: bounds.answer)
        try PostgreSQLMigration(connection: connection, bounds: bounds).check()
        return connection
    }
}
