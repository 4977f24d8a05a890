import Messaging

/// Writes records as octets, for the log in front of a database; `RecordDecoder` reads them.
///
/// A record is its kind (one octet: `JournalTable`, or `postedKind`) and its fields (`RecordFields`): integers in groups of seven bits, least first; texts as UTF-8
/// after their length; what may be missing after an octet 0 or 1. A schema language (SwiftProtobuf) was weighed: it would put a
/// generator, a library and a second set of types between these structs and the tables, which are the same fields once more.
struct RecordEncoder {
    /// What a segment's outcome is. The numbers stand in files: none is ever given to something else.
    enum SegmentKind: UInt8 {
        case accepted = 1
        case refused, unknown, notSent
    }

    private(set) var octets: [UInt8]

    /// - Parameters:
    ///   - octets: what stands before the records.
    ///   - spare: memory to be used again.
    init(after octets: [UInt8], in spare: consuming [UInt8] = []) {
        self.octets = spare
        self.octets.removeAll(keepingCapacity: true)
        self.octets += octets
    }

    /// Everything, for who wants to change it: no copy is left behind.
    consuming func finish() -> [UInt8] { octets }

    mutating func add(_ record: JournalRecord) {
        // An array looks at itself for each octet that is appended to it: 1,350 instructions a message.
        octets.append(addingCapacity: Self.room(for: record)) { $0.add(record) }
    }

    /// At least as many octets as the record takes.
    private static func room(for record: JournalRecord) -> Int {
        var room = RecordRoom()
        room.add(record)
        return room.octets
    }
}

extension FieldWriter where Self: ~Copyable & ~Escapable, Failure == Never {
    /// A record's kind and its fields.
    fileprivate mutating func add(_ record: JournalRecord) {
        add(UInt64(record.table?.rawValue ?? JournalRecord.postedKind))
        record.write(to: &self)
    }
}

extension JournalRecord {
    /// Stands before postings that are done, which have no table.
    static let postedKind: UInt8 = 9
}

/// How many octets fields take at most.
private struct RecordRoom: FieldWriter {
    typealias Failure = Never

    /// The most that 64 bits take, in groups of seven.
    private static let number = 10

    private(set) var octets = 0

    mutating func add(_ number: UInt64) { octets += Self.number }
    mutating func add(_ number: UInt64?) { octets += 1 + Self.number }
    mutating func add(bits: UInt64) { octets += Self.number }
    mutating func add(_ count: Int) { octets += Self.number }
    mutating func add(_ count: Int?) { octets += 1 + Self.number }
    mutating func add(_ text: String) { octets += Self.number + text.utf8.count }
    mutating func add(_ text: String?) { octets += 1 + Self.number + (text?.utf8.count ?? 0) }
    mutating func add(_ flag: Bool) { octets += 1 }
    mutating func add(_ ids: [MessageID]) { octets += Self.number * (1 + ids.count) }

    mutating func add(_ segments: [SegmentRecord]) {
        add(segments.count)
        for segment in segments {
            octets += 1
            switch segment {
            case .accepted(let text), .unknown(let text): add(text)
            case .refused: octets += Self.number
            case .notSent: break
            }
        }
    }
}

extension OutputSpan: FieldWriter where Element == UInt8 {
    mutating func add(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func add(_ value: UInt64?) {
        append(value == nil ? 0 : 1)
        if let value { add(value) }
    }

    mutating func add(bits: UInt64) { add(bits) }

    /// None is negative.
    mutating func add(_ value: Int) { add(UInt64(clamping: value)) }
    mutating func add(_ value: Int?) { add(value.map { UInt64(clamping: $0) }) }

    mutating func add(_ text: String) {
        let utf8 = text.utf8.span
        add(utf8.count)
        for index in utf8.indices { append(utf8[index]) }
    }

    mutating func add(_ text: String?) {
        append(text == nil ? 0 : 1)
        if let text { add(text) }
    }

    mutating func add(_ flag: Bool) { append(flag ? 1 : 0) }

    mutating func add(_ ids: [MessageID]) {
        add(ids.count)
        for id in ids { add(id.rawValue) }
    }

    mutating func add(_ segments: [SegmentRecord]) {
        add(segments.count)
        for segment in segments {
            switch segment {
            case .accepted(let id):
                append(RecordEncoder.SegmentKind.accepted.rawValue)
                add(id)
            case .refused(let status):
                append(RecordEncoder.SegmentKind.refused.rawValue)
                add(UInt64(status))
            case .unknown(let reason):
                append(RecordEncoder.SegmentKind.unknown.rawValue)
                add(reason)
            case .notSent: append(RecordEncoder.SegmentKind.notSent.rawValue)
            }
        }
    }
}
