import Foundation
import GRDB
import Messaging

/// Adds records to the tables, inside a transaction that somebody else has begun.
///
/// Many rows go to a statement, each value is bound on its own (`SQLiteRowStatement`), and no record is copied before. At 10 messages a
/// commit the store took 7 µs of CPU a message, with one row to a statement 7.6, with arrays of arguments too about 9; at 40 messages
/// 4.8, 6.0 and about 7.
struct SQLiteInserts {
    /// Where a record is, and its row's key.
    private struct Place: Comparable {
        let key: Int64
        let batch: Int
        let record: Int
        /// Makes keys of the same moment unique.
        let number: Int64

        static func < (one: Self, other: Self) -> Bool {
            (one.key, one.batch, one.record) < (other.key, other.batch, other.record)
        }
    }

    private let db: Database
    private let statements: SQLiteRowStatements
    private let batches: [[JournalRecord]]
    private var messages: [Place] = []
    private var outcomes: [Place] = []
    private var others: [JournalTable: [Place]] = [:]
    private var delivered: [MessageID] = []
    /// Inbound messages that are whole, and postings that are done.
    private var whole: [MessageID] = []
    private var posted: [MessageID] = []

    /// - Parameters:
    ///   - statements: of this database.
    ///   - number: makes keys of the same moment unique.
    static func add(
        _ batches: [[JournalRecord]], to db: Database, by statements: SQLiteRowStatements, number: inout Int64
    ) throws {
        var inserts = SQLiteInserts(db: db, statements: statements, batches: batches)
        inserts.sort(&number)
        do {
            try inserts.finish()
        } catch {
            statements.forget()
            throw error
        }
    }

    private init(db: Database, statements: SQLiteRowStatements, batches: [[JournalRecord]]) {
        self.db = db
        self.statements = statements
        self.batches = batches
    }

    private mutating func sort(_ number: inout Int64) {
        for batch in batches.indices {
            let records = batches[batch]
            for index in records.indices {
                number = (number + 1) & 0xFFFF
                let number = number
                func place(_ key: Int64) -> Place { Place(key: key, batch: batch, record: index, number: number) }
                func place(_ id: MessageID) -> Place { place(JournalSchema.key(id)) }
                switch records[index] {
                case .message(let record): messages.append(place(record.id))
                case .outcome(let record): outcomes.append(place(record.id))
                case .delivered(let ids): delivered += ids
                case .late(let record): others[.late, default: []].append(place(record.id))
                case .receipt(let record):
                    others[.receipt, default: []].append(place(JournalSchema.place(of: record)))
                case .inbound(let record):
                    others[.inbound, default: []].append(place(record.id))
                    whole.append(record.id)
                case .inboundPart(let record): others[.inboundPart, default: []].append(place(record.id))
                case .posting(let record): others[.posting, default: []].append(place(record.id))
                case .posted(let ids): posted += ids
                case .forgotten(let record): others[.forgotten, default: []].append(place(record.id))
                case .reference(let record): others[.reference, default: []].append(place(record.id))
                }
            }
        }
    }

    /// Adds what was sorted.
    private func finish() throws {
        try add(messages, .message)
        try add(outcomes, .outcome)
        for (table, places) in others { try add(places, table) }
        for row in DeliveredMarks.rows(of: delivered) { try run(Self.deliveredSQL, [row.last, Data(row.ids)]) }
        for id in whole { try run(Self.wholeSQL, [JournalSchema.key(id)]) }
        for id in posted { try run(Self.postedSQL, [JournalSchema.key(id)]) }
    }

    /// Adds rows of one table, as many to a statement as go.
    private func add(_ places: [Place], _ table: JournalTable) throws {
        // Rows that come in their tables' order go to the end of the last page, and fill it.
        var rest = places.sorted()[...]
        while let statement = try statements[table].statement(for: rest.count, on: db) {
            try statement.begin()
            for place in rest.prefix(statement.rows) {
                var row = statement
                let records = batches[place.batch]
                try records.span[place.record].write(to: &row)
                if table == .late || table == .receipt { try row.add(Int(place.number)) }
                if table == .receipt { try row.add(Int(place.key)) }
            }
            try statement.execute()
            rest = rest.dropFirst(statement.rows)
        }
    }

    private func run(_ sql: String, _ arguments: StatementArguments) throws {
        let statement = try db.cachedStatement(sql: sql)
        statement.setUncheckedArguments(arguments)
        try statement.execute()
    }

    private static let deliveredSQL = """
        INSERT INTO delivered VALUES (?, ?) ON CONFLICT (last) DO UPDATE SET ids = CAST(ids || excluded.ids AS BLOB)
        """
    private static let wholeSQL = "DELETE FROM inbound_part WHERE id = ?"
    private static let postedSQL = "DELETE FROM posting WHERE id = ?"
}
