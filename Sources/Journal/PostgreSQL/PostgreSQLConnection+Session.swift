import SMPP

extension PostgreSQLConnection {
    /// Sets the session up and sees whether it is one that can write.
    ///
    /// - Parameters:
    ///   - isShared: whether several nodes go by what is committed: a commit then waits for what a failover needs.
    ///   - isReplicated: whether the server must have synchronous standbys.
    func begin(
        durability: JournalDurability, isShared: Bool = false, isReplicated: Bool = false
    ) throws(JournalProblem) {
        let settings = PostgreSQLSchema.session(
            durability: durability, statement: bounds.statement, isShared: isShared)
        let state = PostgreSQLCommand.sql(
            """
            SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on',
            current_setting('synchronous_standby_names') = ''
            """)
        var (isStandby, isReadOnly, isSingle) = (false, false, false)
        try run(settings + [state], within: bounds.answer) { command, rows in
            guard command == settings.count else { return }
            (isStandby, isReadOnly, isSingle) = (rows.flag(0, 0), rows.flag(0, 1), rows.flag(0, 2))
        }
        guard !isStandby else {
            throw PostgreSQLProblems.problem(.readOnly, .standby, at: place, or: "", "")
        }
        guard !isReadOnly else {
            throw PostgreSQLProblems.problem(
                .readOnly, nil, at: place,
                or: "the transactions at % are read-only: look at default_transaction_read_only there", "")
        }
        guard isReplicated, isSingle else { return }
        throw JournalProblem(
            .incompatible,
            "PostgreSQL does not replicate synchronously (synchronous_standby_names is empty): a failover would lose rows that "
                + "nodes go by. Set it up, or say \"database: managed\" in \"cluster\" where somebody else vouches for it"
        )
    }
}
