import GRDB

/// One search through the tables in the order of ids, a bounded number of rows a step.
///
/// There is no index but the key, so a number or an outcome is found by looking at every row of the time asked for;
/// steps begin small, for a search that finds at once, and grow.
struct SQLiteSearch: Sendable {
    enum Kind: Sendable {
        case sent, inbound
    }

    struct Hit: Sendable {
        let id: Int64
        /// The message that it repeats, where it was answered from the ledger.
        let replayOf: Int64?
    }

    /// What was found, in the order that was asked for.
    private(set) var found: [Hit] = []
    private(set) var isOver = false

    private let kind: Kind
    private let filter: JournalFilter
    private let limit: Int
    /// Oldest first, where a list follows what comes.
    private let isAscending: Bool
    /// First and last key that have not been searched.
    private var low: Int64
    private var high: Int64
    /// How many rows the next step looks at.
    private var rows: Int

    private static let firstRows = 1_000
    private static let mostRows = 50_000
    private static let mostFound = 10_000
    /// A shorter piece of a number is not looked for at its end.
    private static let shortestEnd = 4

    init(_ filter: JournalFilter, kind: Kind) {
        self.kind = kind
        self.filter = filter
        limit = min(max(filter.limit, 1), Self.mostFound)
        isAscending = filter.after != nil
        low = filter.since.map(JournalSchema.firstKey) ?? 0
        // Nothing is before key 0, and nothing after the greatest: the search is then over before it begins.
        high = filter.before.map { JournalSchema.firstKey(at: $0) - 1 } ?? .max
        if let after = filter.after {
            let (next, isPast) = JournalSchema.key(after).addingReportingOverflow(1)
            low = max(low, next)
            isOver = isPast
        }
        rows = max(Self.firstRows, limit)
    }

    /// Searches the next rows.
    mutating func step(_ db: Database) throws {
        guard !isOver, low <= high else {
            isOver = true
            return
        }
        let edge = try edge(db)
        let from = isAscending ? low : edge.map { $0 + 1 } ?? low
        let to = isAscending ? edge.map { $0 - 1 } ?? high : high
        let (sql, arguments) = query(from: from, to: to)
        for row in try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments) {
            let row = SQLiteRow(row)
            found.append(Hit(id: try row.integer(0), replayOf: row.isNull(1) ? nil : try row.integer(1)))
        }
        isOver = edge == nil || found.count >= limit
        if isAscending { low = edge ?? high } else { high = edge ?? low }
        rows = min(rows * 4, Self.mostRows)
    }

    /// The key behind this step's rows; nil when there are no more.
    private func edge(_ db: Database) throws -> Int64? {
        let sql = """
            SELECT id FROM \(kind == .sent ? "message" : "inbound") WHERE id BETWEEN ? AND ?
            ORDER BY id \(order) LIMIT 1 OFFSET ?
            """
        return try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [low, high, rows])
    }

    private var order: String { isAscending ? "ASC" : "DESC" }

    private func query(from: Int64, to: Int64) -> (sql: String, arguments: StatementArguments) {
        var conditions = ""
        var values: [DatabaseValue] = []
        func require(_ condition: String, _ value: String?) {
            guard let value else { return }
            conditions += " AND \(condition)"
            values.append(value.databaseValue)
        }
        let range = [from.databaseValue, to.databaseValue]
        let rest = [(limit - found.count).databaseValue]
        switch kind {
        case .inbound:
            require("carrier = ?", filter.carrier)
            require(numberCondition, filter.recipient)
            return (
                "SELECT id, NULL FROM inbound WHERE id BETWEEN ? AND ?\(conditions) ORDER BY id \(order) LIMIT ?",
                StatementArguments(range + values + rest)
            )
        case .sent:
            require("m.account = ?", filter.account)
            require(numberCondition, filter.recipient)
            require("o.carrier = ?", filter.carrier)
            require("o.outcome = ?", filter.outcome)
            let sql = """
                SELECT m.id, NULL FROM message m LEFT JOIN outcome o ON o.id = m.id
                WHERE m.id BETWEEN ? AND ?\(conditions)
                UNION ALL
                SELECT o.id, o.replay_of FROM outcome o INDEXED BY outcome_replay CROSS JOIN message m
                WHERE o.id BETWEEN ? AND ? AND o.replay_of IS NOT NULL AND m.id = o.replay_of
                    AND NOT EXISTS (SELECT 1 FROM message WHERE id = o.id)\(conditions)
                ORDER BY 1 \(order) LIMIT ?
                """
            return (sql, StatementArguments(range + values + range + values + rest))
        }
    }

    /// Of an inbound message the number is the sender's: the subscriber in both directions.
    private var numberCondition: String {
        let column = kind == .sent ? "m.recipient" : "sender"
        let length = filter.recipient?.utf8.count ?? 0
        return length < Self.shortestEnd ? "\(column) = ?" : "substr(\(column), -\(length)) = ?"
    }
}
