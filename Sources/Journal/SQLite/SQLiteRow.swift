import Foundation
import GRDB
import Messaging

/// A row of SQLite: any column may hold anything.
struct SQLiteRow: TableRow {
    private let row: Row
    var column = 0

    init(_ row: Row) {
        self.row = row
    }

    func isNull(_ index: Int) -> Bool { row.hasNull(atIndex: index) }

    func integer(_ index: Int) throws(UnreadableRow) -> Int64 {
        guard case .int64(let value) = (row[index] as DatabaseValue).storage else { throw UnreadableRow() }
        return value
    }

    func text(_ index: Int) throws(UnreadableRow) -> String {
        guard case .string(let value) = (row[index] as DatabaseValue).storage else { throw UnreadableRow() }
        return value
    }

    func flag(_ index: Int) throws(UnreadableRow) -> Bool { try integer(index) != 0 }

    mutating func marks() throws(UnreadableRow) -> [MessageID] {
        guard let octets = Data.fromDatabaseValue(row[column + 1]) else { throw UnreadableRow() }
        column += 2
        return DeliveredMarks.ids(in: octets)
    }
}

/// A connection of GRDB's, while it is lent.
struct SQLiteConnection: SQLConnection {
    static let dialect = SQLDialect.sqlite

    let db: Database
    let file: JournalFile

    func run(
        _ query: SQLQuery, _ take: (inout SQLiteRow) throws(UnreadableRow) -> Void
    ) throws(JournalProblem) {
        let values = query.values.map { value in
            switch value {
            case .integer(let number): number.databaseValue
            case .text(let text): text.databaseValue
            case .integers(let numbers): ("[" + numbers.map(String.init).joined(separator: ",") + "]").databaseValue
            }
        }
        try file.telling {
            // Read one by one: a list of rows would be a copy of each.
            let cursor = try GRDB.Row.fetchCursor(
                db.cachedStatement(sql: query.text), arguments: StatementArguments(values))
            while let row = try cursor.next() {
                var row = SQLiteRow(row)
                try take(&row)
            }
        }
    }

    /// Ids alone, which GRDB reads without a row: a start compares millions.
    func undelivered(_ range: ClosedRange<Int64>) throws(JournalProblem) -> [MessageID] {
        let bounds: StatementArguments = [range.lowerBound, range.upperBound]
        return try file.telling {
            let keys = try Int64.fetchAll(
                db.cachedStatement(sql: "SELECT id FROM message WHERE id BETWEEN ? AND ? ORDER BY id"),
                arguments: bounds)
            var marks: [MessageID] = []
            let rows = try Data.fetchCursor(
                db.cachedStatement(sql: "SELECT ids FROM delivered WHERE last BETWEEN ? AND ?"),
                arguments: [range.lowerBound, DeliveredMarks.end(of: keys.last ?? range.lowerBound)])
            while let octets = try rows.next() { marks += DeliveredMarks.ids(in: Array(octets)) }
            marks.sort()
            var next = 0
            return keys.compactMap { key in
                guard let id = JournalSchema.id(key) else { return nil }
                while next < marks.count, marks[next] < id { next += 1 }
                return next < marks.count && marks[next] == id ? nil : id
            }
        }
    }

    /// Rows that may mark several are read once.
    func delivered(of ids: [MessageID]) throws(JournalProblem) -> Set<MessageID> {
        let wanted = Set(ids)
        var delivered: Set<MessageID> = []
        var next: Int64 = 0
        for id in ids.sorted() {
            let key = JournalSchema.key(id)
            let end = DeliveredMarks.end(of: key)
            guard next <= end else { continue }
            let query = Self.query {
                "SELECT last, ids FROM delivered WHERE last BETWEEN \($0.parameter(max(next, key))) AND \($0.parameter(end))"
            }
            try run(query) { row throws(UnreadableRow) in
                delivered.formUnion(try row.marks().lazy.filter(wanted.contains))
            }
            next = end == .max ? end : end + 1
        }
        return delivered
    }
}
