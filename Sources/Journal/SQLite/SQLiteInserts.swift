import Foundation
import GRDB
import Messaging

/// Adds records to the tables, inside a transaction that somebody else has begun.
///
/// Nearly all of them are messages and outcomes. Many rows of these go to a statement, each value is bound on its own
/// (`SQLiteRowStatement`), and no record is copied before. At 10 messages a commit the store took 7 µs of CPU a message, with one row
/// to a statement 7.6, with arrays of arguments too about 9; at 40 messages 4.8, 6.0 and about 7.
struct SQLiteInserts {
    /// Where a record is, and its row's key.
    private struct Place: Comparable {
        let key: Int64
        let batch: Int
        let record: Int

        static func < (one: Self, other: Self) -> Bool {
            (one.key, one.batch, one.record) < (other.key, other.batch, other.record)
        }
    }

    private let db: Database
    private let statements: SQLiteRowStatements
    private let batches: [[JournalRecord]]
    private var messages: [Place] = []
    private var outcomes: [Place] = []
    /// Outcomes as most are: half of their columns are always the same.
    private var accepted: [Place] = []

    /// - Parameters:
    ///   - statements: of this database.
    ///   - number: makes keys of the same moment unique.
    static func add(
        _ batches: [[JournalRecord]], to db: Database, by statements: SQLiteRowStatements, number: inout Int64
    ) throws {
        var inserts = SQLiteInserts(db: db, statements: statements, batches: batches)
        try inserts.sort(&number)
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

    private mutating func sort(_ number: inout Int64) throws {
        for batch in batches.indices {
            let records = batches[batch]
            for index in records.indices {
                number = (number + 1) & 0xFFFF
                switch records[index] {
                case .message(let message):
                    messages.append(Place(key: JournalSchema.key(message.id), batch: batch, record: index))
                case .outcome(let outcome):
                    let place = Place(key: JournalSchema.key(outcome.id), batch: batch, record: index)
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
                case .forgotten(let record):
                    try run(
                        db.cachedStatement(sql: Self.forgottenSQL),
                        [record.key, JournalSchema.key(record.id), record.segment])
                }
            }
        }
    }

    /// Adds what was sorted. Names and words of the configuration and of ours, and numbers, hold no NUL.
    private func finish() throws {
        try add(messages, statements.messages) { record, row throws(DatabaseError) in
            guard case .message(let record) = record else { return }
            try row.add(JournalSchema.key(record.id))
            try row.add(common: record.account)
            try row.add(record.recipient)
            try row.add(common: text(record.sender))
            try row.add(Int64(record.segments))
            try row.add(common: text(record.text))
            try row.add(Int64(bitPattern: record.fingerprint.high))
            try row.add(Int64(bitPattern: record.fingerprint.low))
        }
        try add(accepted, statements.accepted) { record, row throws(DatabaseError) in
            guard case .outcome(let record) = record else { return }
            try row.add(JournalSchema.key(record.id))
            try row.add(time(record.at))
            try row.add(common: record.carrier)
            try row.add(SegmentCoding.text(of: record.segments))
        }
        try add(outcomes, statements.outcomes) { record, row throws(DatabaseError) in
            guard case .outcome(let record) = record else { return }
            try row.add(JournalSchema.key(record.id))
            try row.add(time(record.at))
            try row.add(common: record.outcome)
            try row.add(Int64(record.httpStatus))
            try row.add(common: record.code)
            try row.add(common: record.carrier)
            try row.add(SegmentCoding.text(of: record.segments))
            try row.add(record.replayOf.map(JournalSchema.key))
        }
    }

    /// Adds rows of one table, as many to a statement as go.
    private func add(
        _ places: [Place], _ statements: SQLiteTableStatements,
        bind: (borrowing JournalRecord, SQLiteRowStatement) throws(DatabaseError) -> Void
    ) throws {
        // Rows that come in their tables' order go to the end of the last page, and fill it.
        var rest = places.sorted()[...]
        while let statement = try statements.statement(for: rest.count, on: db) {
            try statement.begin()
            for place in rest.prefix(statement.rows) { try bind(batches[place.batch][place.record], statement) }
            try statement.execute()
            rest = rest.dropFirst(statement.rows)
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
    private static let forgottenSQL = "INSERT INTO forgotten VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    private static let postedSQL = "DELETE FROM posting WHERE id = ?"
}

extension OutcomeRecord {
    /// Nothing is said of it but when, by whom and how its segments are called there.
    fileprivate var isPlainlyAccepted: Bool {
        httpStatus == 200 && code == nil && replayOf == nil && word == .accepted
    }
}
