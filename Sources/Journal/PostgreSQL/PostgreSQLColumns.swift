/// Rows as whole columns in PostgreSQL's binary form, each an array: so that a batch is one command.
struct PostgreSQLColumns: FieldWriter {
    typealias Failure = Never

    private struct Column {
        let type: JournalTable.ColumnType
        var bytes = PostgreSQLBytes()
    }

    private var columns: [Column]
    private var place = 0

    init(of table: JournalTable, rows: Int) {
        columns = table.columns.map { Column(type: $0.type) }
        for index in columns.indices { columns[index].bytes.beginArray(of: columns[index].type, count: rows) }
    }

    /// The records of a table, each with what stands behind its fields.
    init<Record: RecordFields>(
        of table: JournalTable, _ records: [Record], _ rest: (Record, inout PostgreSQLColumns) -> Void = { _, _ in }
    ) {
        self.init(of: table, rows: records.count)
        for record in records {
            record.write(to: &self)
            rest(record, &self)
        }
    }

    /// The columns, of which each has a value for each row.
    var parameters: PostgreSQLParameters {
        var parameters = PostgreSQLParameters()
        for column in columns { parameters.add(octets: column.bytes.octets) }
        return parameters
    }

    mutating func add(_ number: UInt64) { append(Int64(clamping: number)) }
    mutating func add(_ number: UInt64?) { append(number.map { Int64(clamping: $0) }) }
    mutating func add(bits: UInt64) { append(Int64(bitPattern: bits)) }
    mutating func add(_ count: Int) { append(Int64(count)) }
    mutating func add(_ count: Int?) { append(count.map { Int64($0) }) }
    mutating func add(_ text: String) { append(text) }
    mutating func add(_ text: String?) { append(text) }
    mutating func add(_ segments: [SegmentRecord]) { append(SegmentCoding.text(of: segments)) }

    mutating func add(_ flag: Bool) {
        columns[place].bytes.append(Int32(1))
        columns[place].bytes.append(UInt8(flag ? 1 : 0))
        next()
    }

    /// A value that its column has no room for becomes the nearest.
    private mutating func append(_ value: Int64?) {
        switch (value, columns[place].type) {
        case (nil, _): columns[place].bytes.append(Int32(-1))
        case (let value?, .integer):
            columns[place].bytes.append(Int32(4))
            columns[place].bytes.append(Int32(clamping: value))
        case (let value?, .bigint), (let value?, .text), (let value?, .boolean):
            columns[place].bytes.append(Int32(8))
            columns[place].bytes.append(value)
        }
        next()
    }

    private mutating func append(_ text: String?) {
        if let text { columns[place].bytes.append(counted: text) } else { columns[place].bytes.append(Int32(-1)) }
        next()
    }

    private mutating func next() {
        place = place + 1 == columns.count ? 0 : place + 1
    }
}
