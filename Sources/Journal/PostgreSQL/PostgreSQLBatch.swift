import Messaging

/// Records sorted by their tables: one command for each table that gets some, and one transaction together.
enum PostgreSQLBatch {
    static func commands(_ records: [JournalRecord]) -> [PostgreSQLCommand] {
        var tables: [JournalTable: PostgreSQLColumns] = [:]
        var (whole, posted) = ([MessageID](), [MessageID]())
        for record in records {
            if case .inbound(let inbound) = record { whole.append(inbound.id) }
            if case .posted(let ids) = record { posted += ids }
            if let table = record.table { tables[table, default: PostgreSQLColumns(of: table)].add(record) }
        }
        var commands = JournalTable.allCases.compactMap { table in
            tables[table].map { PostgreSQLCommand(kind: .prepared(table.name), parameters: $0.parameters) }
        }
        // After what is added: parts may come with their message, and a posting with its end.
        for (table, ids) in [(JournalTable.inboundPart, whole), (.posting, posted)] where !ids.isEmpty {
            var parameters = PostgreSQLParameters()
            parameters.addIntegers(ids, JournalSchema.key)
            commands.append(.sql("DELETE FROM \(table.name) WHERE id = ANY($1::bigint[])", parameters))
        }
        return commands
    }
}

/// Rows as whole columns in PostgreSQL's binary form, each an array: so that a batch is one command.
struct PostgreSQLColumns: FieldWriter {
    typealias Failure = Never

    private struct Column {
        let type: JournalTable.ColumnType
        var elements = PostgreSQLBytes()
    }

    private var columns: [Column]
    private var rows = 0
    private var place = 0

    init(of table: JournalTable) {
        columns = table.columns.map { Column(type: $0.type) }
    }

    /// The columns, of which each has a value for each row.
    var parameters: PostgreSQLParameters {
        var parameters = PostgreSQLParameters()
        for column in columns { parameters.addArray(of: column.type, count: rows, column.elements) }
        return parameters
    }

    /// A record of the table, with what stands behind its fields.
    mutating func add(_ record: JournalRecord) {
        record.write(to: &self)
        switch record {
        case .late(let late): add(bits: UInt64(bitPattern: RecordDigest.of(late)))
        case .receipt(let receipt):
            add(bits: UInt64(bitPattern: RecordDigest.of(receipt)))
            add(bits: UInt64(bitPattern: JournalSchema.place(of: receipt)))
        case .message, .outcome, .delivered, .inbound, .inboundPart, .posting, .posted, .forgotten, .reference: break
        }
    }

    mutating func add(_ number: UInt64) { append(Int64(clamping: number)) }
    mutating func add(_ number: UInt64?) { append(number.map { Int64(clamping: $0) }) }
    mutating func add(bits: UInt64) { append(Int64(bitPattern: bits)) }
    mutating func add(_ count: Int) { append(Int64(count)) }
    mutating func add(_ count: Int?) { append(count.map { Int64($0) }) }
    mutating func add(_ text: String) { append(text) }
    mutating func add(_ text: String?) { append(text) }
    mutating func add(_ flag: Bool) { append(flag ? 1 : 0) }
    mutating func add(_ segments: [SegmentRecord]) { append(SegmentCoding.text(of: segments)) }

    /// A value that its column has no room for becomes the nearest.
    private mutating func append(_ value: Int64?) {
        switch (value, columns[place].type) {
        case (nil, _): columns[place].elements.append(Int32(-1))
        case (let value?, .boolean):
            columns[place].elements.append(Int32(1))
            columns[place].elements.append(UInt8(clamping: value))
        case (let value?, .integer):
            columns[place].elements.append(Int32(4))
            columns[place].elements.append(Int32(clamping: value))
        case (let value?, .bigint), (let value?, .text):
            columns[place].elements.append(Int32(8))
            columns[place].elements.append(value)
        }
        next()
    }

    private mutating func append(_ text: String?) {
        if let text { columns[place].elements.append(counted: text) } else { columns[place].elements.append(Int32(-1)) }
        next()
    }

    private mutating func next() {
        place += 1
        guard place == columns.count else { return }
        (place, rows) = (0, rows + 1)
    }
}
