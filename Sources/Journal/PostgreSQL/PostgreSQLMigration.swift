/// Brings the schema up to date. Nodes that start at the same time do so one after the other.
struct PostgreSQLMigration {
    let connection: PostgreSQLConnection

    private var bounds: PostgreSQLBounds { connection.bounds }

    /// - Throws: `incompatible` when a newer version made the schema.
    func run() throws(JournalProblem) {
        guard try version() != PostgreSQLSchema.version else { return }
        do throws(JournalProblem) {
            try migrate()
        } catch {
            // A transaction that is left open ends with its connection: nobody waits for it.
            guard case .open = connection.state else { throw error }
            try connection.run([.sql("ROLLBACK")], within: bounds.answer)
            throw error
        }
    }

    /// - Throws: `incompatible` when the schema is not exactly this version's: one who only reads changes nothing.
    func check() throws(JournalProblem) {
        let version = try version()
        guard version <= PostgreSQLSchema.version else { throw Self.tooNew(version) }
        guard version == PostgreSQLSchema.version else {
            throw JournalProblem(
                .incompatible, "the database has no journal of this smppost yet; the service makes it when it starts")
        }
    }

    private static func tooNew(_ version: Int) -> JournalProblem {
        JournalProblem(
            .incompatible,
            "the schema smppost in PostgreSQL has version \(version), made by a newer smppost; this one knows "
                + "\(PostgreSQLSchema.version)")
    }

    private func migrate() throws(JournalProblem) {
        var lock = PostgreSQLParameters()
        lock.add(PostgreSQLSchema.lockKey)
        try connection.run(
            [
                .sql("BEGIN"),
                .sql("SET LOCAL statement_timeout = \(PostgreSQLSchema.milliseconds(bounds.migration * 4 / 5))"),
                .sql("SELECT pg_advisory_xact_lock($1::bigint)", lock),
            ], within: bounds.migration)
        let version = try version()
        guard version <= PostgreSQLSchema.version else { throw Self.tooNew(version) }
        var commands: [PostgreSQLCommand] = []
        if version == 0 { commands += try foundation() }
        for (index, statements) in PostgreSQLSchema.migrations.enumerated().dropFirst(version) {
            commands += statements.map { .sql($0) }
            commands.append(.sql("INSERT INTO version (version) VALUES (\(index + 1))"))
        }
        try connection.run(commands + [.sql("COMMIT")], within: bounds.migration)
    }

    /// Asks for the right to make a schema only where there is none.
    private func foundation() throws(JournalProblem) -> [PostgreSQLCommand] {
        let hasSchema = try isThere("SELECT 1 FROM pg_namespace WHERE nspname = 'smppost'")
        return (hasSchema ? [] : [.sql("CREATE SCHEMA smppost")]) + [
            .sql("CREATE TABLE version (version integer PRIMARY KEY, since timestamptz NOT NULL DEFAULT now())")
        ]
    }

    /// 0 = there is no schema of ours yet.
    private func version() throws(JournalProblem) -> Int {
        let hasVersion = try isThere(
            """
            SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = 'smppost' AND relname = 'version'
            """)
        guard hasVersion else { return 0 }
        var version = 0
        try connection.run([.sql("SELECT coalesce(max(version), 0) FROM version")], within: bounds.answer) {
            version = Int($1.integer(0, 0))
        }
        return version
    }

    /// Reads the catalogue's tables. `to_regclass` would answer from the session's memory, also after the lock, and miss
    /// what another node has made since then.
    private func isThere(_ selection: String) throws(JournalProblem) -> Bool {
        var isThere = false
        try connection.run([.sql("SELECT EXISTS (\(selection))")], within: bounds.answer) { isThere = $1.flag(0, 0) }
        return isThere
    }
}
