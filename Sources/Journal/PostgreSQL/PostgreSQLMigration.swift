/// Brings the schema up to date. Nodes that start at the same time do so one after the other.
struct PostgreSQLMigration {
    let connection: PostgreSQLConnection

    private var bounds: PostgreSQLBounds { connection.bounds }

    /// What is there.
    private struct Version {
        /// 0 = there is no schema of ours yet.
        var number = 0
        /// The oldest version that may use it.
        var oldestReader = 0

        /// Whether this smppost may use it as it is.
        var isOurs: Bool { number >= PostgreSQLSchema.version && oldestReader <= PostgreSQLSchema.version }
        var isTooNew: Bool { number > PostgreSQLSchema.version && !isOurs }
    }

    /// - Throws: `incompatible` when a newer version made the schema, and in a way that this one cannot use.
    func run() throws(JournalProblem) {
        guard try !version().isOurs else { return }
        do throws(JournalProblem) {
            try migrate()
        } catch {
            // A transaction that is left open ends with its connection: nobody waits for it.
            guard case .open = connection.state else { throw error }
            try connection.run([.sql("ROLLBACK")], within: bounds.answer)
            throw error
        }
    }

    /// - Throws: `incompatible` when the schema is not one for this version: one who only reads changes nothing.
    func check() throws(JournalProblem) {
        let version = try version()
        if version.isTooNew { throw Self.tooNew(version) }
        guard version.isOurs else {
            throw JournalProblem(
                .incompatible, "the database has no journal of this smppost yet; the service makes it when it starts")
        }
    }

    private static func tooNew(_ version: Version) -> JournalProblem {
        JournalProblem(
            .incompatible,
            "the schema smppost in PostgreSQL has version \(version.number), made by a newer smppost; this one knows "
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
        if version.isTooNew { throw Self.tooNew(version) }
        var commands: [PostgreSQLCommand] = []
        if version.number == 0 { commands += try foundation() }
        for (index, statements) in PostgreSQLSchema.migrations.enumerated().dropFirst(version.number) {
            commands += statements.map { .sql($0) }
            commands.append(.sql("INSERT INTO version (version) VALUES (\(index + 1))"))
        }
        commands += [
            .sql(
                "UPDATE version SET oldest_reader = \(PostgreSQLSchema.oldestReader) WHERE version = \(PostgreSQLSchema.version)"
            ),
            .sql("COMMIT"),
        ]
        try connection.run(commands, within: bounds.migration)
    }

    /// Asks for the right to make a schema only where there is none.
    private func foundation() throws(JournalProblem) -> [PostgreSQLCommand] {
        let hasSchema = try isThere("SELECT 1 FROM pg_namespace WHERE nspname = 'smppost'")
        return (hasSchema ? [] : [.sql("CREATE SCHEMA smppost")]) + [
            .sql("CREATE TABLE version (version integer PRIMARY KEY, since timestamptz NOT NULL DEFAULT now())")
        ]
    }

    /// Versions before 5 knew no older readers than their own.
    private func version() throws(JournalProblem) -> Version {
        let hasVersion = try isThere(
            """
            SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = 'smppost' AND relname = 'version'
            """)
        guard hasVersion else { return Version() }
        var version = Version()
        let newest = """
            SELECT v.version, coalesce((to_jsonb(v) ->> 'oldest_reader')::integer, v.version) FROM version AS v
            ORDER BY v.version DESC LIMIT 1
            """
        try connection.run([.sql(newest)], within: bounds.answer) {
            version = Version(number: Int($1.integer(0, 0)), oldestReader: Int($1.integer(0, 1)))
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
