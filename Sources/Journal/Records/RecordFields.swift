import Messaging

/// A record whose fields stand in one order everywhere: in the tables of both databases (`JournalTable`), and in the log. A field is added in its
/// type and in the three members here; both databases' tables, and the migrations of those that are there, are made from `fields`.
protocol RecordFields {
    /// The columns, in the order in which fields are read and written.
    static var fields: [JournalTable.Column] { get }
    init<Reader: FieldReader>(from row: inout Reader) throws(Reader.Failure)
    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure)
}

/// Takes the fields of a record, one after the other.
protocol FieldWriter: ~Copyable, ~Escapable {
    associatedtype Failure: Error

    /// A time in milliseconds, or an id; where there is no room for it, the greatest there is.
    mutating func add(_ number: UInt64) throws(Failure)
    mutating func add(_ number: UInt64?) throws(Failure)
    /// 64 bits that are no number.
    mutating func add(bits: UInt64) throws(Failure)
    /// A count, an index or a status.
    mutating func add(_ count: Int) throws(Failure)
    mutating func add(_ count: Int?) throws(Failure)
    mutating func add(_ text: String) throws(Failure)
    mutating func add(_ text: String?) throws(Failure)
    /// A text that many records have in common.
    mutating func add(common text: String) throws(Failure)
    mutating func add(common text: String?) throws(Failure)
    mutating func add(_ flag: Bool) throws(Failure)
    mutating func add(_ segments: [SegmentRecord]) throws(Failure)
    /// A row for each.
    mutating func add(_ ids: [MessageID]) throws(Failure)
}

extension FieldWriter where Self: ~Copyable & ~Escapable {
    mutating func add(common text: String) throws(Failure) { try add(text) }
    mutating func add(common text: String?) throws(Failure) { try add(text) }
    mutating func add(_ ids: [MessageID]) throws(Failure) { for id in ids { try add(id.rawValue) } }
}

/// Gives the fields of a record, one after the other.
protocol FieldReader {
    associatedtype Failure: Error
    /// A field holds what nobody writes.
    static var malformed: Failure { get }

    mutating func number() throws(Failure) -> UInt64
    mutating func bits() throws(Failure) -> UInt64
    mutating func count() throws(Failure) -> Int
    mutating func text() throws(Failure) -> String
    mutating func flag() throws(Failure) -> Bool
    mutating func segments() throws(Failure) -> [SegmentRecord]
    /// Of a row of `delivered`.
    mutating func marks() throws(Failure) -> [MessageID]
    /// Whether the next field is there, which may be missing: then it is passed over.
    mutating func isThere() throws(Failure) -> Bool
}

extension FieldReader {
    mutating func id() throws(Failure) -> MessageID {
        guard let id = MessageID(rawValue: try number()) else { throw Self.malformed }
        return id
    }

    mutating func narrow<Value: FixedWidthInteger>() throws(Failure) -> Value {
        guard let value = Value(exactly: try number()) else { throw Self.malformed }
        return value
    }

    mutating func optionalID() throws(Failure) -> MessageID? { try isThere() ? try id() : nil }
    mutating func optionalNumber() throws(Failure) -> UInt64? { try isThere() ? try number() : nil }
    mutating func optionalCount() throws(Failure) -> Int? { try isThere() ? try count() : nil }
    mutating func optionalText() throws(Failure) -> String? { try isThere() ? try text() : nil }
}

extension MessageRecord: RecordFields {
    static let fields: [JournalTable.Column] = [
        .init("id", .bigint), .init("account", .text), .init("recipient", .text), .init("sender", .text),
        .init("segments", .integer), .init("text", .text, isOptional: true), .init("fingerprint_high", .bigint),
        .init("fingerprint_low", .bigint),
    ]

    init<Reader: FieldReader>(from row: inout Reader) throws(Reader.Failure) {
        let (id, account) = (try row.id(), try row.text())
        let (recipient, key) = Self.recipient(in: try row.text())
        self.init(
            id: id, account: account, recipient: recipient, recipientKey: key, sender: try row.text(),
            segments: try row.count(), text: try row.optionalText(),
            fingerprint: Fingerprint(high: try row.bits(), low: try row.bits()))
    }

    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure) {
        try row.add(id.rawValue)
        try row.add(common: account)
        try row.add(keptRecipient)
        try row.add(common: sender)
        try row.add(segments)
        try row.add(common: text)
        try row.add(bits: fingerprint.high)
        try row.add(bits: fingerprint.low)
    }
}

extension OutcomeRecord: RecordFields {
    static let fields: [JournalTable.Column] = [
        .init("id", .bigint), .init("at", .bigint), .init("outcome", .text), .init("http_status", .integer),
        .init("code", .text, isOptional: true), .init("carrier", .text, isOptional: true), .init("segments", .text),
        .init("replay_of", .bigint, isOptional: true),
    ]

    init<Reader: FieldReader>(from row: inout Reader) throws(Reader.Failure) {
        self.init(
            id: try row.id(), at: try row.number(), outcome: try row.text(), httpStatus: try row.count(),
            code: try row.optionalText(), carrier: try row.optionalText(), segments: try row.segments(),
            replayOf: try row.optionalID())
    }

    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure) {
        try row.add(id.rawValue)
        try row.add(at)
        try row.add(common: outcome)
        try row.add(httpStatus)
        try row.add(common: code)
        try row.add(common: carrier)
        try row.add(segments)
        try row.add(replayOf?.rawValue)
    }
}

extension LateRecord: RecordFields {
    static let fields: [JournalTable.Column] = [
        .init("id", .bigint), .init("at", .bigint), .init("carrier", .text), .init("segment", .integer),
        .init("status", .bigint), .init("carrier_id", .text),
    ]

    init<Reader: FieldReader>(from row: inout Reader) throws(Reader.Failure) {
        self.init(
            id: try row.id(), at: try row.number(), carrier: try row.text(), segment: try row.count(),
            status: try row.narrow(), carrierID: try row.text())
    }

    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure) {
        try row.add(id.rawValue)
        try row.add(at)
        try row.add(common: carrier)
        try row.add(segment)
        try row.add(UInt64(status))
        try row.add(carrierID)
    }
}

extension ReceiptRecord: RecordFields {
    static let fields: [JournalTable.Column] = [
        .init("message", .bigint, isOptional: true), .init("segment", .integer, isOptional: true), .init("at", .bigint),
        .init("carrier", .text), .init("carrier_id", .text), .init("state", .text),
        .init("error", .text, isOptional: true), .init("delay", .bigint, isOptional: true),
        .init("is_duplicate", .boolean),
    ]

    init<Reader: FieldReader>(from row: inout Reader) throws(Reader.Failure) {
        self.init(
            message: try row.optionalID(), segment: try row.optionalCount(), at: try row.number(),
            carrier: try row.text(), carrierID: try row.text(), state: try row.text(), error: try row.optionalText(),
            delay: try row.optionalNumber(), isDuplicate: try row.flag())
    }

    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure) {
        try row.add(message?.rawValue)
        try row.add(segment)
        try row.add(at)
        try row.add(common: carrier)
        try row.add(carrierID)
        try row.add(common: state)
        try row.add(common: error)
        try row.add(delay)
        try row.add(isDuplicate)
    }
}

extension InboundRecord: RecordFields {
    static let fields: [JournalTable.Column] = [
        .init("id", .bigint), .init("at", .bigint), .init("carrier", .text), .init("sender", .text),
        .init("recipient", .text), .init("segments", .integer), .init("received", .integer),
        .init("text", .text, isOptional: true),
    ]

    init<Reader: FieldReader>(from row: inout Reader) throws(Reader.Failure) {
        self.init(
            id: try row.id(), at: try row.number(), carrier: try row.text(), from: try row.text(), to: try row.text(),
            segments: try row.count(), received: try row.count(), text: try row.optionalText())
    }

    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure) {
        try row.add(id.rawValue)
        try row.add(at)
        try row.add(common: carrier)
        try row.add(from)
        try row.add(common: to)
        try row.add(segments)
        try row.add(received)
        try row.add(text)
    }
}

extension InboundPartRecord: RecordFields {
    static let fields: [JournalTable.Column] = [
        .init("id", .bigint), .init("at", .bigint), .init("carrier", .text), .init("sender", .text),
        .init("recipient", .text), .init("reference", .integer), .init("n", .bigint), .init("parts", .integer),
        .init("content", .text),
    ]

    init<Reader: FieldReader>(from row: inout Reader) throws(Reader.Failure) {
        self.init(
            id: try row.id(), at: try row.number(), carrier: try row.text(), from: try row.text(), to: try row.text(),
            reference: try row.narrow(), part: try row.count(), parts: try row.count(), content: try row.text())
    }

    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure) {
        try row.add(id.rawValue)
        try row.add(at)
        try row.add(common: carrier)
        try row.add(from)
        try row.add(common: to)
        try row.add(UInt64(reference))
        try row.add(part)
        try row.add(parts)
        try row.add(content)
    }
}

extension PostingRecord: RecordFields {
    static let fields: [JournalTable.Column] = [
        .init("id", .bigint), .init("at", .bigint), .init("target", .text), .init("form", .text),
    ]

    init<Reader: FieldReader>(from row: inout Reader) throws(Reader.Failure) {
        self.init(id: try row.id(), at: try row.number(), target: try row.text(), form: try row.text())
    }

    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure) {
        try row.add(id.rawValue)
        try row.add(at)
        try row.add(common: target)
        try row.add(form)
    }
}

extension ForgottenRecord: RecordFields {
    static let fields: [JournalTable.Column] = [
        .init("id", .bigint), .init("segment", .integer), .init("key", .bigint),
    ]

    init<Reader: FieldReader>(from row: inout Reader) throws(Reader.Failure) {
        self.init(id: try row.id(), segment: try row.count(), key: Int64(bitPattern: try row.bits()))
    }

    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure) {
        try row.add(id.rawValue)
        try row.add(segment)
        try row.add(bits: UInt64(bitPattern: key))
    }
}
