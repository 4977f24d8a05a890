import Messaging

/// A row of PostgreSQL, while it is there. Its columns have types: little can be wrong with it.
struct PostgreSQLRow: TableRow {
    let rows: PostgreSQLRows
    let row: Int32
    var column = 0

    func isNull(_ index: Int) -> Bool { rows.isNull(row, Int32(index)) }
    func integer(_ index: Int) -> Int64 { rows.integer(row, Int32(index)) }
    func text(_ index: Int) -> String { rows.text(row, Int32(index)) }
    func flag(_ index: Int) -> Bool { rows.flag(row, Int32(index)) }
    mutating func marks() throws(UnreadableRow) -> [MessageID] { [try id()] }
}

extension PostgreSQLConnection: SQLConnection {
    static let dialect = SQLDialect.postgreSQL

    /// What no store of ours wrote is left out.
    func run(
        _ query: SQLQuery, _ take: (inout PostgreSQLRow) throws(UnreadableRow) -> Void
    ) throws(JournalProblem) {
        try run([PostgreSQLCommand(query)], within: bounds.answer) { _, rows in
            for row in 0..<rows.count {
                var row = PostgreSQLRow(rows: rows, row: row)
                try? take(&row)
            }
        }
    }

    func undelivered(_ range: ClosedRange<Int64>) throws(JournalProblem) -> [MessageID] {
        let query = Self.query {
            """
            SELECT m.id FROM message m LEFT JOIN delivered d ON d.id = m.id
            WHERE \($0.between("m.id", range)) AND d.id IS NULL
            ORDER BY m.id
            """
        }
        return try rows(query) { row throws(UnreadableRow) in try row.id() }
    }

    func delivered(of ids: [MessageID]) throws(JournalProblem) -> Set<MessageID> {
        let query = Self.query { "SELECT id FROM delivered WHERE \($0.among("id", ids))" }
        return Set(try rows(query) { row throws(UnreadableRow) in try row.id() })
    }
}

extension PostgreSQLCommand {
    init(_ query: SQLQuery) {
        self.init(kind: .sql(query.text))
        for value in query.values {
            switch value {
            case .integer(let number): parameters.add(number)
            case .text(let text): parameters.add(text)
            case .integers(let numbers): parameters.addIntegers(numbers) { $0 }
            }
        }
    }
}
