import Messaging

/// A filter as SQL: conditions with their parameters.
struct PostgreSQLQuery {
    private var parameters = PostgreSQLParameters()
    private var count = 0
    /// Of a message `m` (of a repeat: the one it repeats) and its outcome `o`; KEY stands for the id.
    private var conditions: [String] = []
    /// Of an inbound message `i`.
    private var inboundConditions: [String] = []
    private var isOldestFirst = false
    let limit: Int

    /// One message, whatever kind it is.
    init(id: MessageID) {
        limit = 1
        add(key: "=", JournalSchema.key(id))
    }

    init(_ filter: JournalFilter) {
        limit = min(max(1, filter.limit), 10_000)
        if let after = filter.after {
            isOldestFirst = true
            add(key: ">", JournalSchema.key(after))
        }
        if let since = filter.since { add(key: ">=", JournalSchema.firstKey(at: since)) }
        if let before = filter.before { add(key: "<", JournalSchema.firstKey(at: before)) }
        if let account = filter.account {
            let value = add(text: account)
            conditions.append("m.account = \(value)")
            // Nobody's account sent an inbound message. Every parameter has a place in every command.
            inboundConditions.append("\(value) IS NULL")
        }
        if let carrier = filter.carrier {
            let value = add(text: carrier)
            conditions.append("o.carrier = \(value)")
            inboundConditions.append("i.carrier = \(value)")
        }
        if let outcome = filter.outcome {
            let value = add(text: outcome)
            conditions.append("o.outcome = \(value)")
            inboundConditions.append("\(value) = 'inbound'")
        }
        if let recipient = filter.recipient {
            let value = add(text: recipient)
            let isEnd = recipient.utf8.count >= Self.shortestEnd
            func match(_ column: String) -> String {
                isEnd ? "right(\(column), length(\(value))) = \(value)" : "\(column) = \(value)"
            }
            conditions.append(match("m.recipient"))
            // Of an inbound message the number is the sender's: the subscriber in both directions.
            inboundConditions.append(match("i.sender"))
        }
    }

    /// Digits that may stand for the end of a number.
    private static let shortestEnd = 4

    // MARK: Commands

    /// Messages with their outcomes: the columns of `message`, then those of `outcome`.
    var sent: PostgreSQLCommand {
        selection("m.id", "message m LEFT JOIN outcome o ON o.id = m.id", isReplay: false)
    }

    /// The same of repeats that were answered from the ledger: the message is the one that they repeat.
    var replayed: PostgreSQLCommand {
        selection("o.id", "outcome o JOIN message m ON m.id = o.replay_of", isReplay: true)
    }

    /// Inbound messages: the columns of `inbound`.
    var inbound: PostgreSQLCommand {
        .sql(
            """
            SELECT \(JournalTable.inbound.selected("i")) FROM inbound i \
            \(condition(inboundConditions, key: "i.id")) ORDER BY i.id \(order) LIMIT \(limit)
            """, parameters)
    }

    /// Whether `one` stands before `other` in a list.
    func isBefore(_ one: MessageID, _ other: MessageID) -> Bool {
        isOldestFirst ? one < other : other < one
    }

    // MARK: Pieces

    private static let replayConditions = [
        "o.replay_of IS NOT NULL", "NOT EXISTS (SELECT 1 FROM message WHERE message.id = o.id)",
    ]

    private var order: String { isOldestFirst ? "ASC" : "DESC" }

    private func selection(_ key: String, _ tables: String, isReplay: Bool) -> PostgreSQLCommand {
        let columns =
            JournalTable.message.selected("m") + ", " + JournalTable.outcome.selected("o")
        let condition = condition(conditions + (isReplay ? Self.replayConditions : []), key: key)
        return .sql(
            "SELECT \(columns) FROM \(tables) \(condition) ORDER BY \(key) \(order) LIMIT \(limit)", parameters)
    }

    private func condition(_ conditions: [String], key: String) -> String {
        guard !conditions.isEmpty else { return "" }
        return "WHERE " + conditions.map { $0.replacing("KEY", with: key) }.joined(separator: " AND ")
    }

    private mutating func add(key comparison: String, _ value: Int64) {
        parameters.add(value)
        count += 1
        conditions.append("KEY \(comparison) $\(count)::bigint")
        inboundConditions.append("KEY \(comparison) $\(count)::bigint")
    }

    private mutating func add(text: String) -> String {
        parameters.add(text)
        count += 1
        return "$\(count)::text"
    }
}
