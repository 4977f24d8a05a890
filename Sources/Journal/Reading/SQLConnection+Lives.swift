import Messaging

/// Puts messages together from the rows of all tables.
extension SQLConnection {
    /// The columns of a life without what came after the reply: the id, the message's (of a repeat: the one that it repeats) and the outcome's.
    ///
    /// - Parameter id: the column of its id.
    static func lifeColumns(_ id: String) -> String {
        "\(id) AS life, \(JournalTable.message.selected("m")), \(JournalTable.outcome.selected("o"))"
    }

    /// Of a row of `lifeColumns`.
    static func life(_ row: inout Row) throws(UnreadableRow) -> MessageLife {
        let id = try row.id()
        var message = try MessageRecord(from: &row)
        message.id = id
        var life = MessageLife(message: message)
        // No outcome is a join's nulls.
        if !row.isNull(row.column) { life.outcome = try OutcomeRecord(from: &row) }
        return life
    }

    /// Messages that were sent, by their ids, oldest first.
    ///
    /// - Parameter clients: also what is known of their clients: the names that they gave, and who took the reply.
    func lives(of ids: [MessageID], clients: Bool) throws(JournalProblem) -> [MessageLife] {
        let query = Self.query {
            """
            SELECT \(Self.lifeColumns("m.id")) FROM message m LEFT JOIN outcome o ON o.id = m.id
            WHERE \($0.among("m.id", ids)) ORDER BY m.id
            """
        }
        return try complete(try rows(query, Self.life), clients: clients)
    }

    /// Adds what came after the replies.
    func complete(_ found: [MessageLife], clients: Bool = true) throws(JournalProblem) -> [MessageLife] {
        guard !found.isEmpty else { return [] }
        var lives = found
        let ids = lives.map(\.message.id)
        let places = Dictionary(ids.enumerated().map { ($1, $0) }) { first, _ in first }
        let late: [LateRecord] = try records(Self.query { Self.selection(.late, $0.among("id", ids), "id, at, n") })
        for record in late { if let place = places[record.id] { lives[place].late.append(record) } }
        let receipts: [ReceiptRecord] = try records(
            Self.query { Self.selection(.receipt, $0.among("place", ids) + " AND message = place", "place, at, n") })
        for record in receipts {
            if let place = record.message.flatMap({ places[$0] }) { lives[place].receipts.append(record) }
        }
        guard clients else { return lives }
        let references: [ReferenceRecord] = try records(
            Self.query { Self.selection(.reference, $0.among("id", ids), "id") })
        for record in references { if let place = places[record.id] { lives[place].reference = record.reference } }
        for id in try delivered(of: ids) { if let place = places[id] { lives[place].isDelivered = true } }
        return lives
    }

    private static func selection(_ table: JournalTable, _ condition: String, _ order: String) -> String {
        "SELECT \(table.selected()) FROM \(table.name) WHERE \(condition) ORDER BY \(order)"
    }
}
