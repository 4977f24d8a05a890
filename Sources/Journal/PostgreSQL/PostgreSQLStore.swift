import Messaging
import SMPP

/// The journal in PostgreSQL. Its table `ledger` decides what is new. A lock of the session keeps others out that are no nodes of the same
/// cluster.
///
/// A batch is one round trip: a statement for each table, which takes whole columns, all in one transaction. No call lasts
/// longer than `PostgreSQLBounds` says. A batch whose commit was not answered may be added again.
///
/// libpq reads the URL (`postgresql://user:password@host:port/database?sslmode=verify-full&…`), with all of its parameters,
/// and the usual `PG…` variables and password file. Several hosts are tried in turn.
package final class PostgreSQLStore: SQLStore {
    private let url: String
    private let durability: JournalDurability
    private let bounds: PostgreSQLBounds
    let use: Use
    /// The session that has the lock, also after it is lost: its server may not have noticed yet.
    private var session: Session?
    private var connection: PostgreSQLConnection?
    private var key: [UInt8]?

    /// A session as the server knows it.
    private struct Session {
        var process: Int64
        /// When it began, as text.
        var since: String
    }

    /// Who else may have it open.
    package enum Use: Sendable {
        /// Nobody.
        case alone
        /// Other nodes of the cluster.
        case nodes
        /// Everybody, without being noticed.
        case open
    }

    /// Opens nothing yet.
    ///
    /// - Parameter use: who else may have it open.
    package init(
        url: String, durability: JournalDurability = .processCrash, bounds: PostgreSQLBounds = .init(),
        use: Use = .alone
    ) {
        self.use = use
        self.url = url
        self.durability = durability
        self.bounds = bounds
    }

    /// Connects, makes or updates the schema, and sees that this session and this role may write.
    package func open() throws(JournalProblem) {
        close()
        let connection = try PostgreSQLConnection(url: url, bounds: bounds)
        try connection.begin(durability: durability, isShared: use == .nodes)
        if use != .open { try lock(connection) }
        try PostgreSQLMigration(connection: connection).run()
        key = try prepare(connection)
        self.connection = connection
    }

    /// A statement for each table that gets records, all of them one transaction and one round trip.
    package func append(_ records: [JournalRecord]) throws(JournalProblem) {
        let commands = PostgreSQLBatch.commands(records)
        guard !commands.isEmpty else { return }
        try run(commands)
    }

    /// The key that the first node of all made; the same for all nodes.
    package func fingerprintKey() throws(JournalProblem) -> [UInt8] {
        guard let key else { throw Self.notOpen }
        return key
    }

    /// Deletes in one statement; rows that another node deletes at this moment are left to it.
    package func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int {
        var parameters = PostgreSQLParameters()
        parameters.add(JournalSchema.firstKey(at: moment))
        parameters.add(Int64(max(0, limit)))
        parameters.add(JournalSchema.firstPosting(at: moment))
        var deleted = 0
        try run([.sql(PostgreSQLSchema.pruning, parameters)]) { deleted = Int($1.integer(0, 0)) }
        return deleted
    }

    /// A round trip: a server that has gone tells nobody.
    package func check() throws(JournalProblem) {
        try run([.sql("SELECT 1")])
    }

    /// Ends the connection; what is under way on the server may still be done there.
    package func close() {
        connection = nil
        key = nil
    }

    // MARK: Steps

    private static let notOpen = JournalProblem(.unreachable, "the connection to PostgreSQL is not open")

    func run(
        _ commands: [PostgreSQLCommand], take: (Int, PostgreSQLRows) -> Void = { _, _ in }
    ) throws(JournalProblem) {
        try ask { connection throws(JournalProblem) in try connection.run(commands, within: bounds.answer, take: take) }
    }

    func ask<Answer>(
        _ work: (PostgreSQLConnection) throws(JournalProblem) -> Answer
    ) throws(JournalProblem) -> Answer {
        guard let connection else { throw Self.notOpen }
        do throws(JournalProblem) {
            return try work(connection)
        } catch {
            if error.isLost { close() }
            throw error
        }
    }

    /// Keeps other processes out, or those that are no nodes, for as long as the session lives. A session of our own that the server still has is ended.
    private func lock(_ connection: PostgreSQLConnection) throws(JournalProblem) {
        if let session {
            var parameters = PostgreSQLParameters()
            parameters.add(session.process)
            parameters.add(session.since)
            try connection.run([.sql(PostgreSQLSchema.ending, parameters)], within: bounds.answer)
        }
        var key = PostgreSQLParameters()
        key.add(PostgreSQLSchema.writerKey)
        var own: Session?
        do throws(JournalProblem) {
            try connection.run(
                [
                    // A session that was just ended, ours or another's, has the lock for a moment longer.
                    .sql("SET lock_timeout = \(PostgreSQLSchema.milliseconds(min(.seconds(1), bounds.answer / 2)))"),
                    .sql("SELECT pg_advisory_lock\(use == .nodes ? "_shared" : "")($1::bigint)", key),
                    .sql("SET lock_timeout = 0"),
                    .sql(PostgreSQLSchema.ownSession),
                ], within: bounds.answer
            ) { command, rows in
                if command == 3 { own = Session(process: rows.integer(0, 0), since: rows.text(0, 1)) }
            }
        } catch {
            guard connection.lastFailure == PostgreSQLProblems.lockNotAvailable else { throw error }
            throw JournalProblem(
                .failed,
                use == .nodes
                    ? "an smppost without \"cluster\" writes the journal in this PostgreSQL database: end it"
                    : "another smppost writes the journal in this PostgreSQL database; only one may, or several with \"cluster\": end "
                        + "it, or give this one a database of its own")
        }
        session = own
    }

    /// Makes the statements, and the key of fingerprints if this is the first opening of all; writes something.
    private func prepare(_ connection: PostgreSQLConnection) throws(JournalProblem) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<JournalSchema.fingerprintKeyLength).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        var name = PostgreSQLParameters()
        name.add(JournalSchema.fingerprintKeyName)
        var fresh = name
        fresh.add(octets: random)
        let statements =
            JournalTable.allCases.map {
                PostgreSQLCommand(kind: .prepare(name: $0.name, sql: $0.insertion))
            } + Self.claimStatements.map { PostgreSQLCommand(kind: .prepare(name: $0.name, sql: $0.sql)) }
        var key = ""
        var mayWrite = false
        try connection.run(
            statements + [
                // Of several nodes that come first at the same time one makes it; the others wait here for its commit.
                .sql("INSERT INTO setting (name, value) VALUES ($1::text, $2::bytea) ON CONFLICT DO NOTHING", fresh),
                .sql("UPDATE setting SET value = value WHERE name = $1::text", name),
                .sql("SELECT encode(value, 'hex') FROM setting WHERE name = $1::text", name),
                .sql(Self.privileges),
            ], within: bounds.answer
        ) { command, rows in
            if command == statements.count + 2 { key = rows.text(0, 0) } else { mayWrite = rows.flag(0, 0) }
        }
        guard mayWrite else {
            throw PostgreSQLProblems.problem(.readOnly, .rights, at: connection.place, or: "", "")
        }
        let octets = Self.octets(ofHexadecimal: key)
        guard octets.count == JournalSchema.fingerprintKeyLength else {
            throw JournalProblem(.corrupt, "the key of fingerprints in PostgreSQL is damaged")
        }
        return octets
    }

    private static let privileges: String = {
        let names = JournalTable.allCases.map(\.name) + ["ledger"]
        let tables = names.map { "'\($0)'" }.joined(separator: ", ")
        return """
            SELECT bool_and(has_table_privilege(name, kind)) FROM unnest(ARRAY[\(tables)]) AS name,
            unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS kind
            """
    }()

    private static func octets(ofHexadecimal text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
