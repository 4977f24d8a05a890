import Messaging

/// A connection to either database, as what reads the journal needs it: a question is a short transaction.
protocol SQLConnection: SendableMetatype {
    associatedtype Row: TableRow

    static var dialect: SQLDialect { get }

    /// Hands over the rows of a query, one after the other.
    func run(_ query: SQLQuery, _ take: (inout Row) throws(UnreadableRow) -> Void) throws(JournalProblem)

    /// Messages of this range of keys whose replies nobody took, oldest first.
    func undelivered(_ range: ClosedRange<Int64>) throws(JournalProblem) -> [MessageID]

    /// Which of these messages' replies were taken.
    func delivered(of ids: [MessageID]) throws(JournalProblem) -> Set<MessageID>
}

extension SQLConnection {
    /// Makes a query.
    ///
    /// - Parameter text: writes it, and takes its values in.
    static func query(_ text: (inout SQLQuery) -> String) -> SQLQuery {
        var query = SQLQuery(dialect: dialect)
        query.text = text(&query)
        return query
    }

    func rows<Value>(
        _ query: SQLQuery, _ read: (inout Row) throws(UnreadableRow) -> Value
    ) throws(JournalProblem) -> [Value] {
        var values: [Value] = []
        try run(query) { row throws(UnreadableRow) in values.append(try read(&row)) }
        return values
    }

    func records<Record: RecordFields>(_ query: SQLQuery) throws(JournalProblem) -> [Record] {
        try rows(query) { row throws(UnreadableRow) in try Record(from: &row) }
    }
}

/// What is written in another way in each database.
enum SQLDialect: Sendable {
    case sqlite, postgreSQL

    fileprivate func parameter(_ number: Int, _ type: String) -> String {
        switch self {
        case .sqlite: "?\(number)"
        case .postgreSQL: "$\(number)::\(type)"
        }
    }

    /// The last characters of a column.
    func end(of column: String, _ length: Int) -> String {
        switch self {
        case .sqlite: "substr(\(column), -\(length))"
        case .postgreSQL: "right(\(column), \(length))"
        }
    }

    /// Outcomes of repeats first, which are few: SQLite has to be told.
    var replays: String {
        switch self {
        case .sqlite: "outcome o INDEXED BY outcome_replay CROSS JOIN message m"
        case .postgreSQL: "outcome o CROSS JOIN message m"
        }
    }
}

/// A query and its values, in one of the databases.
struct SQLQuery: Sendable {
    enum Value: Sendable {
        case integer(Int64)
        case text(String)
        case integers([Int64])
    }

    fileprivate(set) var text = ""
    private(set) var values: [Value] = []
    private let dialect: SQLDialect

    fileprivate init(dialect: SQLDialect) {
        self.dialect = dialect
    }

    /// Takes a value in.
    ///
    /// - Returns: what stands for it.
    mutating func parameter(_ value: Int64) -> String {
        values.append(.integer(value))
        return dialect.parameter(values.count, "bigint")
    }

    mutating func parameter(_ value: String) -> String {
        values.append(.text(value))
        return dialect.parameter(values.count, "text")
    }

    /// The condition that a column is in a range.
    mutating func between(_ column: String, _ range: ClosedRange<Int64>) -> String {
        "\(column) BETWEEN \(parameter(range.lowerBound)) AND \(parameter(range.upperBound))"
    }

    /// The condition that a column has one of a few texts.
    mutating func among(_ column: String, _ texts: [String]) -> String {
        texts.isEmpty ? "1 = 0" : "\(column) IN (\(texts.map { parameter($0) }.joined(separator: ", ")))"
    }

    /// The condition that a column has one of these values. One text for any number of them: statements are kept by their text.
    mutating func among(_ column: String, _ ids: [MessageID]) -> String {
        values.append(.integers(ids.map(JournalSchema.key)))
        let parameter = dialect.parameter(values.count, "bigint[]")
        return switch dialect {
        case .sqlite: "\(column) IN (SELECT value FROM json_each(\(parameter)))"
        // Binary: a text would be read again for each row.
        case .postgreSQL: "\(column) = ANY(\(parameter))"
        }
    }
}
