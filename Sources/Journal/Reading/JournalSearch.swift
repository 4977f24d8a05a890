import Messaging

/// One search through the tables in the order of ids, a bounded number of rows a step.
///
/// There is no index but the key, so a number or an outcome is found by looking at every row of the time asked for;
/// steps begin small, for a search that finds at once, and grow.
struct JournalSearch: Sendable {
    enum Kind: Sendable {
        case sent, inbound
    }

    private(set) var isOver = false
    private let kind: Kind
    private let filter: JournalFilter
    /// How many are still to be found.
    private var left: Int
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
        left = min(max(filter.limit, 1), Self.mostFound)
        isAscending = filter.after != nil
        low = filter.since.map(JournalSchema.firstKey) ?? 0
        // Nothing is before key 0, and nothing after the greatest: the search is then over before it begins.
        high = filter.before.map { JournalSchema.firstKey(at: $0) - 1 } ?? .max
        if let after = filter.after {
            let (next, isPast) = JournalSchema.key(after).addingReportingOverflow(1)
            low = max(low, next)
            isOver = isPast
        }
        rows = max(Self.firstRows, left)
    }

    /// One message, or a repeat.
    init(id: MessageID) {
        self.init(JournalFilter(), kind: .sent)
        (low, high, left) = (JournalSchema.key(id), JournalSchema.key(id), 1)
    }

    /// Searches the next rows.
    ///
    /// - Returns: what it found, without what came after the replies, in the order that was asked for.
    mutating func sent<Connection: SQLConnection>(_ connection: Connection) throws(JournalProblem) -> [MessageLife] {
        try step(connection, Connection.life)
    }

    mutating func inbound<Connection: SQLConnection>(
        _ connection: Connection
    ) throws(JournalProblem) -> [InboundRecord] {
        try step(connection) { row throws(UnreadableRow) in try InboundRecord(from: &row) }
    }

    private mutating func step<Connection: SQLConnection, Found>(
        _ connection: Connection, _ read: (inout Connection.Row) throws(UnreadableRow) -> Found
    ) throws(JournalProblem) -> [Found] {
        guard !isOver, low <= high else {
            isOver = true
            return []
        }
        let edge = try edge(connection)
        let from = isAscending ? low : edge.map { $0 + 1 } ?? low
        let to = isAscending ? edge.map { $0 - 1 } ?? high : high
        let found = try connection.rows(Connection.query { text(&$0, Connection.self, from, to) }, read)
        left -= found.count
        isOver = edge == nil || left <= 0
        if isAscending { low = edge ?? high } else { high = edge ?? low }
        rows = min(rows * 4, Self.mostRows)
        return found
    }

    /// The key behind this step's rows; nil when there are no more.
    private func edge<Connection: SQLConnection>(_ connection: Connection) throws(JournalProblem) -> Int64? {
        guard low < high else { return nil }
        let query = Connection.query {
            """
            SELECT id FROM \(kind == .sent ? "message" : "inbound") WHERE \($0.between("id", low...high))
            ORDER BY id \(order) LIMIT 1 OFFSET \($0.parameter(Int64(rows)))
            """
        }
        return try connection.rows(query) { row throws(UnreadableRow) in try row.integer(0) }.first
    }

    private var order: String { isAscending ? "ASC" : "DESC" }

    private func text<Connection: SQLConnection>(
        _ query: inout SQLQuery, _: Connection.Type, _ from: Int64, _ to: Int64
    ) -> String {
        let dialect = Connection.dialect
        let range = "BETWEEN \(query.parameter(from)) AND \(query.parameter(to))"
        var conditions = ""
        func require(_ column: String, _ value: String?) {
            if let value { conditions += " AND \(column) = \(query.parameter(value))" }
        }
        // Of an inbound message the number is the sender's: the subscriber in both directions.
        var number = kind == .sent ? "m.recipient" : "sender"
        if let length = filter.recipient?.utf8.count, length >= Self.shortestEnd {
            number = dialect.end(of: number, length)
        }
        require(number, filter.recipient)
        let end = "ORDER BY 1 \(order) LIMIT \(query.parameter(Int64(left)))"
        switch kind {
        case .inbound:
            require("carrier", filter.carrier)
            return "SELECT \(JournalTable.inbound.selected()) FROM inbound WHERE id \(range)\(conditions) \(end)"
        case .sent:
            require("m.account", filter.account)
            require("o.carrier", filter.carrier)
            require("o.outcome", filter.outcome)
            return """
                SELECT \(Connection.lifeColumns("m.id")) FROM message m LEFT JOIN outcome o ON o.id = m.id
                WHERE m.id \(range)\(conditions)
                UNION ALL
                SELECT \(Connection.lifeColumns("o.id")) FROM \(dialect.replays)
                WHERE o.id \(range) AND o.replay_of IS NOT NULL AND m.id = o.replay_of
                    AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = o.id)\(conditions)
                \(end)
                """
        }
    }
}
