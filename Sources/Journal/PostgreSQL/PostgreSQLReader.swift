import Synchronization

/// Reads the journal in PostgreSQL, on a connection of its own that is opened at the first question and again after a
/// failure. One question at a time; each is bounded as `PostgreSQLBounds` says.
package final class PostgreSQLReader: DatabaseReader {
    private let url: String
    private let bounds: PostgreSQLBounds
    private let connection = Mutex<PostgreSQLConnection?>(nil)

    /// Opens nothing yet.
    package init(url: String, bounds: PostgreSQLBounds = .init()) {
        self.url = url
        self.bounds = bounds
    }

    /// Asks on the open connection, or on a new one. A connection that had ended unnoticed, as by a restart of the
    /// server, is replaced once.
    func ask<Answer: Sendable>(
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
        try PostgreSQLMigration(connection: connection).check()
        return connection
    }
}
