import Messaging

/// Puts messages together from the rows of all tables.
struct PostgreSQLLives {
    let connection: PostgreSQLConnection
    let bounds: PostgreSQLBounds

    /// Messages, and repeats that were answered from the ledger, as a query wants them.
    func lives(_ query: PostgreSQLQuery) throws(JournalProblem) -> [MessageLife] {
        var lives: [MessageLife] = []
        try connection.run([query.sent, query.replayed], within: bounds.answer) { command, rows in
            for row in 0..<rows.count {
                if let life = command == 0 ? sent(rows, row) : replayed(rows, row) { lives.append(life) }
            }
        }
        lives.sort { query.isBefore($0.message.id, $1.message.id) }
        lives = Array(lives.prefix(query.limit))
        try complete(&lives)
        return lives
    }

    /// Messages that were sent, by their ids.
    func lives(of ids: [MessageID]) throws(JournalProblem) -> [MessageLife] {
        var parameters = PostgreSQLParameters()
        parameters.addIntegers(ids, JournalSchema.key)
        let query = PostgreSQLCommand.sql(
            """
            SELECT \(JournalTable.message.selected("m")), \(JournalTable.outcome.selected("o"))
            FROM message m LEFT JOIN outcome o ON o.id = m.id WHERE m.id = ANY($1::bigint[])
            """, parameters)
        var lives: [MessageLife] = []
        try connection.run([query], within: bounds.answer) { _, rows in
            lives = (0..<rows.count).compactMap { sent(rows, $0) }
        }
        try complete(&lives)
        return lives
    }

    private static let outcomeColumn = JournalTable.message.columns.count

    private func sent(_ rows: PostgreSQLRows, _ row: Int32) -> MessageLife? {
        guard let message: MessageRecord = rows.record(row) else { return nil }
        var life = MessageLife(message: message)
        life.outcome = rows.record(row, from: Self.outcomeColumn)
        return life
    }

    private func replayed(_ rows: PostgreSQLRows, _ row: Int32) -> MessageLife? {
        guard let outcome: OutcomeRecord = rows.record(row, from: Self.outcomeColumn),
            var message: MessageRecord = rows.record(row)
        else { return nil }
        message.id = outcome.id
        var life = MessageLife(message: message)
        life.outcome = outcome
        return life
    }

    /// Adds what came after the replies.
    private func complete(_ lives: inout [MessageLife]) throws(JournalProblem) {
        guard !lives.isEmpty else { return }
        var places: [MessageID: Int] = [:]
        for (place, life) in lives.enumerated() { places[life.message.id] = place }
        var ids = PostgreSQLParameters()
        ids.addIntegers(lives) { JournalSchema.key($0.message.id) }

        var late: [LateRecord] = []
        var receipts: [ReceiptRecord] = []
        var delivered: [MessageID] = []
        var references: [ReferenceRecord] = []
        try connection.run(
            [
                Self.selection(.late, "t.id = ANY($1::bigint[]) ORDER BY t.id, t.at, t.n", ids),
                Self.selection(
                    .receipt, "t.place = ANY($1::bigint[]) AND t.message = t.place ORDER BY t.place, t.at, t.n", ids),
                Self.selection(.delivered, "t.id = ANY($1::bigint[])", ids),
                Self.selection(.reference, "t.id = ANY($1::bigint[])", ids),
            ], within: bounds.answer
        ) { command, rows in
            switch command {
            case 0: late = rows.records()
            case 1: receipts = rows.records()
            case 2: delivered = (0..<rows.count).compactMap { JournalSchema.id(rows.integer($0, 0)) }
            default: references = rows.records()
            }
        }
        for record in late { if let place = places[record.id] { lives[place].late.append(record) } }
        for record in receipts {
            if let place = record.message.flatMap({ places[$0] }) { lives[place].receipts.append(record) }
        }
        for record in references { if let place = places[record.id] { lives[place].reference = record.reference } }
        for id in delivered { if let place = places[id] { lives[place].isDelivered = true } }
    }

    private static func selection(
        _ table: JournalTable, _ condition: String, _ parameters: PostgreSQLParameters
    ) -> PostgreSQLCommand {
        .sql("SELECT \(table.selected("t")) FROM \(table.rawValue) t WHERE \(condition)", parameters)
    }
}
