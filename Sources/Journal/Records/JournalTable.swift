import Messaging

/// A table of records in either database. They are pruned in this order, messages first: what is left of one that is gone is then
/// never shown. Its number stands before such a record in the log: none is ever given to something else, and 9 is of postings
/// that are done.
enum JournalTable: UInt8, CaseIterable {
    case message = 1
    case outcome, delivered, late, receipt, inbound, inboundPart, posting
    case forgotten = 10
    case reference = 11

    var name: String { self == .inboundPart ? "inbound_part" : "\(self)" }

    /// As PostgreSQL calls it; SQLite's are INTEGER and TEXT.
    enum ColumnType: String, CaseIterable {
        case bigint, integer, boolean, text
    }

    struct Column {
        let name: String
        let type: ColumnType
        let isOptional: Bool
        /// The step of the schema (`JournalTable.steps`) that brings it to a table that is there already.
        let step: Int

        init(_ name: String, _ type: ColumnType, isOptional: Bool = false, step: Int = 1) {
            (self.name, self.type, self.isOptional, self.step) = (name, type, isOptional, step)
        }
    }

    /// In the order of `RecordFields`; of `delivered` as PostgreSQL has it.
    var fields: [Column] {
        switch self {
        case .message: MessageRecord.fields
        case .outcome: OutcomeRecord.fields
        case .delivered: [Column("id", .bigint)]
        case .late: LateRecord.fields
        case .receipt: ReceiptRecord.fields
        case .inbound: InboundRecord.fields
        case .inboundPart: InboundPartRecord.fields
        case .posting: PostingRecord.fields
        case .forgotten: ForgottenRecord.fields
        case .reference: ReferenceRecord.fields
        }
    }

    /// What stands behind the fields: what rows are ordered by where that is no field, and what only makes a row's key unique.
    private var rest: [Column] {
        switch self {
        case .late: [Column("n", .bigint)]
        case .receipt: [Column("n", .bigint), Column("place", .bigint)]
        case .message, .outcome, .delivered, .inbound, .inboundPart, .posting, .forgotten, .reference: []
        }
    }

    var columns: [Column] { fields + rest }

    /// The column that rows are ordered and pruned by: a message id.
    var key: String { self == .receipt ? "place" : "id" }

    /// Where a column stands in `columns`.
    func index(of column: String) -> Int { columns.firstIndex { $0.name == column } ?? 0 }

    /// The same where a commit's marks are one row.
    func key(in dialect: SQLDialect) -> String { isPacked(in: dialect) ? "last" : key }

    func isPacked(in dialect: SQLDialect) -> Bool { self == .delivered && dialect == .sqlite }

    /// All columns, as `JournalRecord.init(of:from:)` reads them.
    func selected(in dialect: SQLDialect) -> String { isPacked(in: dialect) ? "last, ids" : selected() }

    /// All columns, of a table by another name where one is given.
    func selected(_ alias: String? = nil) -> String {
        columns.map { column in alias.map { "\($0).\(column.name)" } ?? column.name }.joined(separator: ", ")
    }

    /// Whether rows of one message are told apart by `at` and `n`.
    var hasLongKey: Bool {
        switch self {
        case .late, .receipt, .inboundPart: true
        case .message, .outcome, .delivered, .inbound, .posting, .forgotten, .reference: false
        }
    }
}

extension JournalRecord {
    /// Where it is a row; nil = postings that are done, which take rows away.
    var table: JournalTable? {
        switch self {
        case .message: .message
        case .outcome: .outcome
        case .delivered: .delivered
        case .late: .late
        case .receipt: .receipt
        case .inbound: .inbound
        case .inboundPart: .inboundPart
        case .posting: .posting
        case .posted: nil
        case .forgotten: .forgotten
        case .reference: .reference
        }
    }

    /// Its fields; of marks and of postings that are done the ids.
    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure) {
        switch self {
        case .message(let record): try record.write(to: &row)
        case .outcome(let record): try record.write(to: &row)
        case .delivered(let ids): try row.add(ids)
        case .late(let record): try record.write(to: &row)
        case .receipt(let record): try record.write(to: &row)
        case .inbound(let record): try record.write(to: &row)
        case .inboundPart(let record): try record.write(to: &row)
        case .posting(let record): try record.write(to: &row)
        case .posted(let ids): try row.add(ids)
        case .forgotten(let record): try record.write(to: &row)
        case .reference(let record): try record.write(to: &row)
        }
    }

    /// Of a row; of `delivered` as PostgreSQL has it.
    init<Reader: FieldReader>(of table: JournalTable, from row: inout Reader) throws(Reader.Failure) {
        switch table {
        case .message: self = .message(try MessageRecord(from: &row))
        case .outcome: self = .outcome(try OutcomeRecord(from: &row))
        case .delivered: self = .delivered(try row.marks())
        case .late: self = .late(try LateRecord(from: &row))
        case .receipt: self = .receipt(try ReceiptRecord(from: &row))
        case .inbound: self = .inbound(try InboundRecord(from: &row))
        case .inboundPart: self = .inboundPart(try InboundPartRecord(from: &row))
        case .posting: self = .posting(try PostingRecord(from: &row))
        case .forgotten: self = .forgotten(try ForgottenRecord(from: &row))
        case .reference: self = .reference(try ReferenceRecord(from: &row))
        }
    }
}
