import Messaging

/// A row holds what no store of ours writes.
struct UnreadableRow: Error {}

/// A row of either database, read column after column. A damaged file may hold anything: what no store of ours wrote is an error,
/// not a crash.
protocol TableRow: FieldReader, SendableMetatype where Failure == UnreadableRow {
    /// The next one.
    var column: Int { get set }

    func isNull(_ index: Int) -> Bool
    func integer(_ index: Int) throws(UnreadableRow) -> Int64
    func text(_ index: Int) throws(UnreadableRow) -> String
    func flag(_ index: Int) throws(UnreadableRow) -> Bool
}

extension TableRow {
    static var malformed: UnreadableRow { UnreadableRow() }

    private mutating func next() -> Int {
        defer { column += 1 }
        return column
    }

    mutating func number() throws(UnreadableRow) -> UInt64 {
        guard let value = UInt64(exactly: try integer(next())) else { throw UnreadableRow() }
        return value
    }

    mutating func bits() throws(UnreadableRow) -> UInt64 { UInt64(bitPattern: try integer(next())) }
    mutating func count() throws(UnreadableRow) -> Int { Int(try integer(next())) }
    mutating func text() throws(UnreadableRow) -> String { try text(next()) }
    mutating func flag() throws(UnreadableRow) -> Bool { try flag(next()) }

    mutating func segments() throws(UnreadableRow) -> [SegmentRecord] {
        guard let segments = SegmentCoding.segments(in: try text()) else { throw UnreadableRow() }
        return segments
    }

    mutating func isThere() -> Bool {
        guard isNull(column) else { return true }
        column += 1
        return false
    }
}
