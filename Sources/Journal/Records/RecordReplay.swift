import Messaging

/// All tables as one stream of records: pages of each table, put together in the order of message ids, a message before what became of it.
/// It holds a page of each table at most.
struct RecordReplay {
    /// Where a row stands in its table: what rows are ordered by; `at` and `n` only where they are part of that.
    struct Position {
        var key: Int64
        var at = Int64.min
        var n = Int64.min
    }

    /// A row that was read; without a record it is left out.
    typealias Row = (position: Position, record: JournalRecord?)

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

    /// Rows of a page.
    static let pageSize = 1_000

    private var streams: [Stream]

    /// Hands over everything from a moment on (milliseconds since 1970), in batches.
    ///
    /// - Parameter page: reads the next rows of a table behind this one, `pageSize` where there are so many.
    static func run(
        since moment: UInt64, page: (JournalTable, Position) throws(JournalProblem) -> [Row],
        _ take: ([JournalRecord]) -> Void
    ) throws(JournalProblem) {
        var replay = RecordReplay(from: JournalSchema.firstKey(at: moment))
        while true {
            for index in replay.streams.indices where replay.streams[index].isEmpty && !replay.streams[index].isAtEnd {
                let stream = replay.streams[index]
                replay.add(try page(stream.table, stream.last), to: index)
            }
            let records = replay.next()
            if !records.isEmpty { take(records) }
            if replay.streams.allSatisfy({ $0.isEmpty && $0.isAtEnd }) { return }
        }
    }

    private init(from key: Int64) {
        // Where the key is one column, the page begins behind the last one.
        streams = JournalTable.replayed.map { table in
            Stream(table: table, last: Position(key: table.hasLongKey ? key : key - 1))
        }
    }

    private mutating func add(_ rows: [Row], to index: Int) {
        streams[index].records = rows.compactMap { row in row.record.map { (row.position.key, $0) } }
        streams[index].next = 0
        if let last = rows.last { streams[index].last = last.position }
        streams[index].isAtEnd = rows.count < Self.pageSize
    }

    /// Records in order, until a page is used up or everything was handed over.
    private mutating func next() -> [JournalRecord] {
        var records: [JournalRecord] = []
        while let index = firstStream() {
            records.append(streams[index].records[streams[index].next].record)
            streams[index].next += 1
            if streams[index].isEmpty, !streams[index].isAtEnd { break }
        }
        return records
    }

    /// The stream with the smallest key; of equal ones the first.
    private func firstStream() -> Int? {
        var first: (index: Int, key: Int64)?
        for index in streams.indices where !streams[index].isEmpty {
            let key = streams[index].records[streams[index].next].key
            if let smallest = first?.key, smallest <= key { continue }
            first = (index, key)
        }
        return first?.index
    }
}

extension JournalTable {
    /// Whether rows of one message are told apart by `at` and `n`.
    var hasLongKey: Bool {
        switch self {
        case .late, .receipt, .inboundPart: true
        case .message, .outcome, .delivered, .inbound, .posting, .forgotten, .reference: false
        }
    }

    /// A page of the table in the order of its rows, by its columns and its key in one of the databases.
    ///
    /// - Parameter parameters: of the key, `at` and `n`.
    func page(_ selected: String, by key: String, _ parameters: [String]) -> String {
        let columns = hasLongKey ? [key, "at", "n"] : [key]
        let order = columns.joined(separator: ", ")
        let behind = parameters.prefix(columns.count).joined(separator: ", ")
        return """
            SELECT \(selected) FROM \(rawValue) WHERE (\(order)) > (\(behind)) ORDER BY \(order) LIMIT \(RecordReplay.pageSize)
            """
    }
}
