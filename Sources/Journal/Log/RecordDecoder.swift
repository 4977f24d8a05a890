import Messaging

/// Reads what `RecordEncoder` wrote. It takes nothing for granted: octets that are something else are an error.
struct RecordDecoder: FieldReader {
    /// Why octets cannot be read.
    enum Failure: Error {
        /// They are no records of ours.
        case malformed
        /// A record of a kind that this version does not know.
        case unknownKind
    }

    static var malformed: Failure { .malformed }

    private var rest: ArraySlice<UInt8>

    init(_ octets: ArraySlice<UInt8>) {
        rest = octets
    }

    /// All records.
    static func records(in octets: ArraySlice<UInt8>) throws(Failure) -> [JournalRecord] {
        var decoder = RecordDecoder(octets)
        var records: [JournalRecord] = []
        while !decoder.rest.isEmpty { records.append(try decoder.record()) }
        return records
    }

    private mutating func record() throws(Failure) -> JournalRecord {
        guard let kind = RecordEncoder.Kind(rawValue: try octet()) else { throw .unknownKind }
        switch kind {
        case .message: return .message(try MessageRecord(from: &self))
        case .outcome: return .outcome(try OutcomeRecord(from: &self))
        case .delivered: return .delivered(try ids())
        case .late: return .late(try LateRecord(from: &self))
        case .receipt: return .receipt(try ReceiptRecord(from: &self))
        case .inbound: return .inbound(try InboundRecord(from: &self))
        case .inboundPart: return .inboundPart(try InboundPartRecord(from: &self))
        case .posting: return .posting(try PostingRecord(from: &self))
        case .posted: return .posted(try ids())
        case .forgotten: return .forgotten(try ForgottenRecord(from: &self))
        case .reference: return .reference(try ReferenceRecord(from: &self))
        }
    }

    private mutating func ids() throws(Failure) -> [MessageID] {
        var ids: [MessageID] = []
        for _ in 0..<(try length()) { ids.append(try id()) }
        return ids
    }

    // MARK: Fields

    private mutating func octet() throws(Failure) -> UInt8 {
        guard let octet = rest.popFirst() else { throw .malformed }
        return octet
    }

    mutating func flag() throws(Failure) -> Bool {
        switch try octet() {
        case 0: false
        case 1: true
        default: throw .malformed
        }
    }

    mutating func isThere() throws(Failure) -> Bool { try flag() }

    mutating func number() throws(Failure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let octet = try octet()
            let bits = UInt64(octet & 0x7F)
            // Of the tenth octet only one bit has room.
            guard shift < 63 || bits <= 1 else { throw .malformed }
            value |= bits << shift
            if octet & 0x80 == 0 { return value }
        }
        throw .malformed
    }

    mutating func bits() throws(Failure) -> UInt64 { try number() }

    mutating func count() throws(Failure) -> Int { try narrow() }

    /// Of what follows: each of it has an octet at least.
    private mutating func length() throws(Failure) -> Int {
        let count: Int = try narrow()
        guard count <= rest.count else { throw .malformed }
        return count
    }

    mutating func text() throws(Failure) -> String {
        let length = try length()
        let octets = rest.prefix(length)
        rest = rest.dropFirst(length)
        guard let text = String(validating: octets, as: UTF8.self) else { throw .malformed }
        return text
    }

    mutating func segments() throws(Failure) -> [SegmentRecord] {
        var segments: [SegmentRecord] = []
        for _ in 0..<(try length()) {
            guard let kind = RecordEncoder.SegmentKind(rawValue: try octet()) else { throw .malformed }
            switch kind {
            case .accepted: segments.append(.accepted(id: try text()))
            case .refused: segments.append(.refused(status: try narrow()))
            case .unknown: segments.append(.unknown(reason: try text()))
            case .notSent: segments.append(.notSent)
            }
        }
        return segments
    }
}
