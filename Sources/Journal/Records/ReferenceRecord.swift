package import Messaging

/// What the sender of a message calls it: the key by which its repeats are known, and which others know it by.
package struct ReferenceRecord: Hashable, Sendable {
    package var id: MessageID
    package var reference: String

    package init(id: MessageID, reference: String) {
        self.id = id
        self.reference = reference
    }
}

extension ReferenceRecord: RecordFields {
    static let fields: [JournalTable.Column] = [.init("id", .bigint), .init("reference", .text)]

    init<Reader: FieldReader>(from row: inout Reader) throws(Reader.Failure) {
        self.init(id: try row.id(), reference: try row.text())
    }

    func write<Writer: FieldWriter & ~Copyable & ~Escapable>(to row: inout Writer) throws(Writer.Failure) {
        try row.add(id.rawValue)
        try row.add(reference)
    }
}
