import Messaging

/// All tables as one stream of records: pages of each table, put together in the order of message ids, a message before
/// what became of it. It holds a page of each table at most.
struct PostgreSQLReplay {
    /// Rows of a page.
    static let pageSize = 1_000

    /// The key columns of a row; `at` and `n` only where the key has them.
    private struct Position {
        var key: Int64
        var at = Int64.min
        var n = Int64.min
    }

    /// One table's part.
    private struct Stream {
        var table: JournalTable
        /// Read and not handed over yet, oldest first, from `next` on.
        var records: [(key: Int64, record: JournalRecord)] = []
        var next = 0
        /// The last row that was read: the next page begins behind it.
        var last: Position
        var isAtEnd = false

        var isEmpty: Bool { next == records.count }
    }

    private var streams: [Stream]

    init(since moment: UInt64) {
        let first = JournalSchema.firstKey(at: moment)
        streams = JournalTable.replayed.map { Stream(table: $0, last: Position(key: first)) }
        // Keys of one column: the page begins behind the last key.
        for index in streams.indices where !Self.hasLongKey(streams[index].table) { streams[index].last.key -= 1 }
    }

    /// Everything was handed over.
    var isFinished: Bool { streams.allSatisfy { $0.isEmpty && $0.isAtEnd } }

    /// Tables whose next page is needed before `next` can go on.
    var wanted: [JournalTable] {
        streams.filter { $0.isEmpty && !$0.isAtEnd }.map(\.table)
    }

    /// Reads the next page of a table.
    func page(of table: JournalTable) -> PostgreSQLCommand {
        var parameters = PostgreSQLParameters()
        let last = streams.first { $0.table == table }?.last ?? Position(key: 0)
        parameters.add(last.key)
        let hasLongKey = Self.hasLongKey(table)
        if hasLongKey {
            parameters.add(last.at)
            parameters.add(last.n)
        }
        let key = hasLongKey ? "(t.\(table.key), t.at, t.n)" : "t.\(table.key)"
        let behind = hasLongKey ? "($1::bigint, $2::bigint, $3::bigint)" : "$1::bigint"
        let order = hasLongKey ? "t.\(table.key), t.at, t.n" : "t.\(table.key)"
        return .sql(
            """
            SELECT \(table.selected("t")) FROM \(table.rawValue) t WHERE \(key) > \(behind) ORDER BY \(order) \
            LIMIT \(Self.pageSize)
            """, parameters)
    }

    /// Takes a page that was read.
    mutating func add(_ rows: PostgreSQLRows, to table: JournalTable) {
        guard let index = streams.firstIndex(where: { $0.table == table }) else { return }
        streams[index].records.removeAll(keepingCapacity: true)
        streams[index].next = 0
        for row in 0..<rows.count {
            guard let record = rows.record(row, of: table) else { continue }
            streams[index].records.append((rows.integer(row, table.place(of: table.key)), record))
        }
        if rows.count > 0 {
            let last = rows.count - 1
            streams[index].last.key = rows.integer(last, table.place(of: table.key))
            if Self.hasLongKey(table) {
                streams[index].last.at = rows.integer(last, table.place(of: "at"))
                streams[index].last.n = rows.integer(last, table.place(of: "n"))
            }
        }
        streams[index].isAtEnd = rows.count < Self.pageSize
    }

    /// Records in order, until a page is used up or everything was handed over.
    mutating func next() -> [JournalRecord] {
        var records: [JournalRecord] = []
        while streams.allSatisfy({ !$0.isEmpty || $0.isAtEnd }), let index = firstStream() {
            records.append(streams[index].records[streams[index].next].record)
            streams[index].next += 1
        }
        return records
    }

    /// The stream with the smallest key; of equal ones the first.
    private func firstStream() -> Int? {
        var first: (index: Int, key: Int64)?
        for (index, stream) in streams.enumerated() where !stream.isEmpty {
            let key = stream.records[stream.next].key
            if let smallest = first?.key, smallest <= key { continue }
            first = (index, key)
        }
        return first?.index
    }

    private static func hasLongKey(_ table: JournalTable) -> Bool {
        switch table {
        case .late, .receipt, .inboundPart: true
        case .message, .outcome, .delivered, .inbound, .posting, .forgotten: false
        }
    }
}

extension JournalTable {
    fileprivate func place(of column: String) -> Int32 { Int32(index(of: column)) }
}
