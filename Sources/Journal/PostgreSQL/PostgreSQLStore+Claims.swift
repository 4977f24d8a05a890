import Messaging

/// The table `ledger`: who has which fingerprint. In the order of fingerprints, so that two that claim the same ones wait for each other
/// in one direction; last in their transaction, so that nobody waits for long.
extension PostgreSQLStore: SharedStore {
    /// The statements of claims, as they are called when they are prepared.
    static let claimStatements = [(name: "claim", sql: claiming), (name: "claim_end", sql: ending)]

    private static let claiming: String = {
        let message = JournalTable.message
        return """
            WITH c AS (SELECT * FROM unnest(\(message.arrays)) AS c(\(message.selected()))),
            won AS (
                INSERT INTO ledger (fingerprint_high, fingerprint_low, id)
                SELECT fingerprint_high, fingerprint_low, id FROM c ORDER BY fingerprint_high, fingerprint_low
                ON CONFLICT DO NOTHING RETURNING id)
            INSERT INTO message (\(message.selected())) SELECT \(message.selected("c")) FROM c
            JOIN won ON won.id = c.id ON CONFLICT DO NOTHING
            """
    }()

    private static let ending = """
        DELETE FROM ledger USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS e(id, high, low)
        WHERE fingerprint_high = e.high AND fingerprint_low = e.low AND ledger.id = e.id
        """

    /// After the claims, in the same transaction: its snapshot has what others committed while these waited for them.
    private static let losing = """
        SELECT c.id, ledger.id FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS c(id, high, low)
        JOIN ledger ON fingerprint_high = c.high AND fingerprint_low = c.low WHERE ledger.id <> c.id
        """

    /// See `SharedStore`. One round trip, and another two where somebody has a claim.
    package func append(
        _ records: [JournalRecord], claims: [MessageRecord], ended: [LedgerClaim]
    ) throws(JournalProblem) -> [TakenClaim] {
        var commands = PostgreSQLBatch.commands(records)
        if !ended.isEmpty {
            commands.append(PostgreSQLCommand(kind: .prepared("claim_end"), parameters: Self.parameters(ended)))
        }
        let claimed = claims.map { LedgerClaim(id: $0.id, fingerprint: $0.fingerprint) }
        if !claims.isEmpty {
            var columns = PostgreSQLColumns(of: .message)
            for claim in claims { columns.add(.message(claim)) }
            commands.append(PostgreSQLCommand(kind: .prepared("claim"), parameters: columns.parameters))
            commands.append(.sql(Self.losing, Self.parameters(claimed)))
        }
        guard !commands.isEmpty else { return [] }
        var taken: [TakenClaim] = []
        let last = commands.count - 1
        try run(commands) { command, rows in
            guard command == last, !claims.isEmpty else { return }
            for row in 0..<rows.count {
                guard let message = JournalSchema.id(rows.integer(row, 0)),
                    let original = JournalSchema.id(rows.integer(row, 1))
                else { continue }
                taken.append(TakenClaim(message: message, original: original))
            }
        }
        guard !taken.isEmpty else { return [] }
        let found = try ask { connection throws(JournalProblem) in
            try connection.lives(of: taken.map(\.original), clients: true)
        }
        let lives = Dictionary(found.map { ($0.message.id, $0) }) { first, _ in first }
        for index in taken.indices { taken[index].life = lives[taken[index].original] }
        return taken
    }

    /// See `SharedStore`. In steps, so that no command takes long; after an orderly end there is nothing to change.
    package func setClaims(_ claims: [LedgerClaim]) throws(JournalProblem) {
        var missing = Set(claims)
        var over: [LedgerClaim] = []
        var last: Fingerprint?
        repeat {
            let page = try page(after: last)
            over += page.filter { missing.remove($0) == nil }
            last = page.count < Self.step ? nil : page.last?.fingerprint
        } while last != nil
        // What another node's message has claimed since the ledger was read is not over; what is will be found so when it is claimed.
        for step in Self.steps(use == .nodes ? [] : over) {
            try run([PostgreSQLCommand(kind: .prepared("claim_end"), parameters: Self.parameters(step))])
        }
        for step in Self.steps(Array(missing)) { try run([.sql(Self.setting, Self.parameters(step))]) }
    }

    /// So many claims are read or written by one command.
    private static let step = 10_000

    private static let setting = """
        INSERT INTO ledger (id, fingerprint_high, fingerprint_low)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) ON CONFLICT DO NOTHING
        """

    private static func steps(_ claims: [LedgerClaim]) -> [[LedgerClaim]] {
        stride(from: 0, to: claims.count, by: step).map { Array(claims[$0..<min($0 + step, claims.count)]) }
    }

    /// The next claims in the order of fingerprints.
    private func page(after last: Fingerprint?) throws(JournalProblem) -> [LedgerClaim] {
        let query = PostgreSQLConnection.query {
            """
            SELECT id, fingerprint_high, fingerprint_low FROM ledger WHERE (fingerprint_high, fingerprint_low)
            > (\($0.parameter(last.map { Int64(bitPattern: $0.high) } ?? .min)),
            \($0.parameter(last.map { Int64(bitPattern: $0.low) } ?? .min)))
            ORDER BY fingerprint_high, fingerprint_low LIMIT \(Self.step)
            """
        }
        return try ask { connection throws(JournalProblem) in
            try connection.rows(query) { row throws(UnreadableRow) in
                LedgerClaim(id: try row.id(), fingerprint: Fingerprint(high: try row.bits(), low: try row.bits()))
            }
        }
    }

    /// See `SharedStore`.
    package func endClaims(before moment: UInt64) throws(JournalProblem) {
        var parameters = PostgreSQLParameters()
        parameters.add(JournalSchema.firstKey(at: moment))
        try run([.sql("DELETE FROM ledger WHERE id < $1::bigint", parameters)])
    }

    private static func parameters(_ claims: [LedgerClaim]) -> PostgreSQLParameters {
        var parameters = PostgreSQLParameters()
        parameters.addIntegers(claims) { JournalSchema.key($0.id) }
        parameters.addIntegers(claims) { Int64(bitPattern: $0.fingerprint.high) }
        parameters.addIntegers(claims) { Int64(bitPattern: $0.fingerprint.low) }
        return parameters
    }
}
