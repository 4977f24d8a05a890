import Foundation
import GRDB
import Messaging

/// Adds records to the tables, inside a transaction that somebody else has begun.
///
/// Nearly all of them are messages and outcomes. Many rows of these go to a statement, each value is bound on its own
/// (`SQLiteValues`), and no record is copied before. At 10 messages a commit the store took 7 µs of CPU a message, with one row to a
/// statement 7.6, with arrays of arguments too about 9; at 40 messages 4.8, 6.0 and about 7.
struct SQLiteInserts {
    /// Where a record is.
    private struct Place {
        let batch: Int
        let record: Int
    }

    private let db: Database
    private let batches: [[JournalRecord]]
    private var messages: [Place] = []
    private var outcomes: [Place] = []
    /// Outcomes as most are: half of their columns are always the same.
    private var accepted: [Place] = []

    /// - Parameter number: makes keys of the same moment unique.
    static func add(_ batches: [[JournalRecord]], to db: Database, number: inout Int64) throws {
        var inserts = SQLiteInserts(db, batches)
        try inserts.sort(&number)
        try inserts.finish()
    }

    private init(_ db: Database, _ batches: [[JournalRecord]]) {
        self.db = db
        self.batches = batches
    }

    private mutating func sort(_ number: inout Int64) throws {
        for batch in batches.indices {
            let records = batches[batch]
            for index in records.indices {
                number = (number + 1) & 0xFFFF
                switch records[index] {
                case .message: messages.append(Place(batch: batch, record: index))
                case .outcome(let outcome):
                    let place = Place(batch: batch, record: index)
                    if outcome.isPlainlyAccepted { accepted.append(place) } else { outcomes.append(place) }
                case .delivered(let ids):
                    let statement = try db.cachedStatement(sql: Self.deliveredSQL)
                    for row in DeliveredMarks.rows(of: ids) {
                        try run(statement, [row.last, Data(row.ids)])
                    }
                case .late(let record): try add(record, number)
                case .receipt(let record): try add(record, number)
                case .inbound(let record): try add(record)
                case .inboundPart(let record): try add(record)
                case .posting(let record): try add(record)
                case .posted(let ids):
                    let statement = try db.cachedStatement(sql: Self.postedSQL)
                    for id in ids { try run(statement, [JournalSchema.key(id)]) }
                }
            }
        }
    }

    /// Adds what was sorted. Names and words of the configuration and of ours, and numbers, hold no NUL.
    private func finish() throws {
        try add(messages, Self.messageSQL) { record, values throws(DatabaseError) in
            guard case .message(let record) = record else { return }
            try values.add(JournalSchema.key(record.id))
            try values.add(record.account)
            try values.add(record.recipient)
            try values.add(text(record.sender))
            try values.add(Int64(record.segments))
            try values.add(text(record.text))
            try values.add(Int64(bitPattern: record.fingerprint.high))
            try values.add(Int64(bitPattern: record.fingerprint.low))
        }
        try add(accepted, Self.acceptedSQL) { record, values throws(DatabaseError) in
            guard case .outcome(let record) = record else { return }
            try values.add(JournalSchema.key(record.id))
            try values.add(time(record.at))
            try values.add(record.carrier)
            try values.add(SegmentCoding.text(of: record.segments))
        }
        try add(outcomes, Self.outcomeSQL) { record, values throws(DatabaseError) in
            guard case .outcome(let record) = record else { return }
            try values.add(JournalSchema.key(record.id))
            try values.add(time(record.at))
            try values.add(record.outcome)
            try values.add(Int64(record.httpStatus))
            try values.add(record.code)
            try values.add(record.carrier)
            try values.add(SegmentCoding.text(of: record.segments))
            try values.add(record.replayOf.map(JournalSchema.key))
        }
    }

    /// Adds rows of one table, as many to a statement as go.
    private func add(
        _ places: [Place], _ statements: [(rows: Int, sql: String)],
        bind: (borrowing JournalRecord, inout SQLiteValues) throws(DatabaseError) -> Void
    ) throws {
        var rest = places[...]
        for (rows, sql) in statements where rest.count >= rows {
            let statement = try db.cachedStatement(sql: sql)
            while rest.count >= rows {
                var values = SQLiteValues(of: statement)
                for place in rest.prefix(rows) { try bind(batches[place.batch][place.record], &values) }
                try statement.execute()
                rest = rest.dropFirst(rows)
            }
        }
    }

    private func add(_ record: LateRecord, _ number: Int64) throws {
        try run(
            db.cachedStatement(sql: Self.lateSQL),
            [
                JournalSchema.key(record.id), time(record.at), number,
                record.segment, text(record.carrier), Int64(record.status),
                text(record.carrierID),
            ])
    }

    private func add(_ record: ReceiptRecord, _ number: Int64) throws {
        try run(
            db.cachedStatement(sql: Self.receiptSQL),
            [
                JournalSchema.place(of: record), time(record.at), number,
                record.message.map(JournalSchema.key), record.segment,
                text(record.carrier), text(record.carrierID), text(record.state), text(record.error),
                record.delay.map { Int64(clamping: $0) }, record.isDuplicate,
            ])
    }

    private func add(_ record: InboundRecord) throws {
        try run(
            db.cachedStatement(sql: Self.inboundSQL),
            [
                JournalSchema.key(record.id), time(record.at), text(record.carrier), text(record.from),
                text(record.to), record.segments, record.received, text(record.text),
            ])
        try run(db.cachedStatement(sql: Self.wholeSQL), [JournalSchema.key(record.id)])
    }

    private func add(_ record: InboundPartRecord) throws {
        try run(
            db.cachedStatement(sql: Self.partSQL),
            [
                JournalSchema.key(record.id), time(record.at), record.part, text(record.carrier), text(record.from),
                text(record.to), Int(record.reference), record.parts, text(record.content),
            ])
    }

    private func add(_ record: PostingRecord) throws {
        try run(
            db.cachedStatement(sql: Self.postingSQL),
            [JournalSchema.key(record.id), time(record.at), text(record.target), text(record.form)])
    }

    private func run(_ statement: Statement, _ arguments: StatementArguments) throws {
        statement.setUncheckedArguments(arguments)
        try statement.execute()
    }

    private func text(_ value: String) -> String { JournalSchema.storable(value) }

    private func text(_ value: String?) -> String? { value.map(JournalSchema.storable) }

    private func time(_ moment: UInt64) -> Int64 { Int64(clamping: moment) }

    private static let messageSQL = statements("message", "(?, ?, ?, ?, ?, ?, ?, ?)")
    private static let outcomeSQL = statements("outcome", "(?, ?, ?, ?, ?, ?, ?, ?)")
    private static let acceptedSQL = statements("outcome", "(?, ?, 'accepted', 200, NULL, ?, ?, NULL)")

    /// Statements for many rows and for few, the last for one.
    private static func statements(_ table: String, _ row: String) -> [(rows: Int, sql: String)] {
        [32, 8, 2, 1].map { rows in
            let values = Array(repeating: row, count: rows).joined(separator: ", ")
            return (rows, "INSERT INTO \(table) VALUES \(values) ON CONFLICT DO NOTHING")
        }
    }

    private static let deliveredSQL = """
        INSERT INTO delivered VALUES (?, ?) ON CONFLICT (last) DO UPDATE SET ids = CAST(ids || excluded.ids AS BLOB)
        """
    private static let lateSQL = "INSERT INTO late VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    private static let receiptSQL = """
        INSERT INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """
    private static let inboundSQL = "INSERT INTO inbound VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    private static let wholeSQL = "DELETE FROM inbound_part WHERE id = ?"
    private static let partSQL = "INSERT INTO inbound_part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    private static let postingSQL = "INSERT INTO posting VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    private static let postedSQL = "DELETE FROM posting WHERE id = ?"
}

/// The values of a statement, bound one after the other. An array of arguments would be made, converted and copied for each
/// row before SQLite sees it.
private struct SQLiteValues {
    private let statement: Statement
    private var place: CInt = 0

    /// Of a statement that is executed next, with no arguments of its own.
    init(of statement: Statement) {
        self.statement = statement
        // Makes it ready to be bound. It checks no arguments then, and each gets its value here.
        statement.setUncheckedArguments(StatementArguments())
    }

    mutating func add(_ value: some StatementBinding) throws(DatabaseError) {
        place += 1
        let code = value.bind(to: statement.sqliteStatement, at: place)
        guard code == ResultCode.SQLITE_OK.rawValue else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }
}

extension OutcomeRecord {
    /// Nothing is said of it but when, by whom and how its segments are called there.
    fileprivate var isPlainlyAccepted: Bool {
        httpStatus == 200 && code == nil && replayOf == nil && word == .accepted
    }
}
