import Messaging

/// Writes records as octets, for the log in front of a database; `RecordDecoder` reads them.
///
/// A record is the number of its kind (`JournalRecord.kind`) and its fields (`RecordFields`): integers in groups of seven bits, least first;
/// texts as UTF-8 after their length; what may be missing after an octet 0 or 1. A schema language (SwiftProtobuf) was weighed: it would put
/// a generator, a library and a second set of types between these structs and the tables, which are the same fields once more.
struct RecordEncoder {
    /// What a segment's outcome is. The numbers stand in files: none is ever given to something else.
    enum SegmentKind: UInt8 {
        case accepted = 1
        case refused, unknown, notSent
    }

    /// Room for octets, of which `count` are written.
    var memory = [UInt8](repeating: 0, count: 1 << 10)
    private(set) var count = 0

    /// Begins anew, in the same memory.
    ///
    /// - Parameter header: how many octets stand before the records; they are the caller's.
    mutating func begin(after header: Int) {
        count = header
    }

    mutating func add(_ record: JournalRecord) {
        while true {
            let start = count
            let end = memory.withUnsafeMutableBufferPointer { memory in
                var writer = OctetWriter(memory: memory, count: start)
                record.encode(to: &writer)
                return writer.count
            }
            guard end > memory.count else {
                count = end
                return
            }
            // Now it is known how much room it takes.
            memory += [UInt8](repeating: 0, count: end)
        }
    }
}

extension JournalRecord {
    /// What stands before its fields in the log. The numbers stand in files: none is ever given to something else.
    fileprivate var kind: UInt8 { table?.rawValue ?? Self.postedKind }

    /// Of postings that are done, which have no table.
    static let postedKind: UInt8 = 9

    fileprivate func encode(to writer: inout OctetWriter) {
        writer.append(kind)
        write(to: &writer)
    }
}

/// Writes fields as far as there is room, and counts how much they take.
private struct OctetWriter: FieldWriter {
    typealias Failure = Never

    let memory: UnsafeMutableBufferPointer<UInt8>
    var count: Int

    mutating func append(_ octet: UInt8) {
        if count < memory.count { memory[count] = octet }
        count += 1
    }

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
        var text = text
        text.withUTF8 { octets in
            add(octets.count)
            let end = count + octets.count
            if end <= memory.count { _ = memory[count..<end].update(fromContentsOf: octets) }
            count = end
        }
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
