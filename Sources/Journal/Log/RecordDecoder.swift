import Messaging

/// Reads what `RecordEncoder` wrote. It takes nothing for granted: octets that are something else are an error.
struct RecordDecoder {
    /// Why octets cannot be read.
    enum Failure: Error {
        /// They are no records of ours.
        case malformed
        /// A record of a kind that this version does not know.
        case unknownKind
    }

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
        case .message: return .message(try message())
        case .outcome: return .outcome(try outcome())
        case .delivered: return .delivered(try ids())
        case .late:
            return .late(
                LateRecord(
                    id: try id(), at: try integer(), carrier: try text(), segment: try count(),
                    status: try narrow(), carrierID: try text()))
        case .receipt: return .receipt(try receipt())
        case .inbound:
            return .inbound(
                InboundRecord(
                    id: try id(), at: try integer(), carrier: try text(), from: try text(), to: try text(),
                    segments: try count(), received: try count(), text: try optionalText()))
        case .inboundPart:
            return .inboundPart(
                InboundPartRecord(
                    id: try id(), at: try integer(), carrier: try text(), from: try text(), to: try text(),
                    reference: try narrow(), part: try count(), parts: try count(), content: try text()))
        case .posting:
            return .posting(
                PostingRecord(id: try id(), at: try integer(), target: try text(), form: try text()))
        case .posted: return .posted(try ids())
        case .forgotten:
            return .forgotten(
                ForgottenRecord(id: try id(), segment: try count(), key: Int64(bitPattern: try integer())))
        }
    }

    private mutating func message() throws(Failure) -> MessageRecord {
        MessageRecord(
            id: try id(), account: try text(), recipient: try text(), sender: try text(), segments: try count(),
            text: try optionalText(), fingerprint: Fingerprint(high: try integer(), low: try integer()))
    }

    private mutating func outcome() throws(Failure) -> OutcomeRecord {
        var outcome = OutcomeRecord(
            id: try id(), at: try integer(), outcome: try text(), httpStatus: try count(), code: try optionalText(),
            carrier: try optionalText(), segments: [])
        for _ in 0..<(try length()) {
            guard let kind = RecordEncoder.SegmentKind(rawValue: try octet()) else { throw .malformed }
            switch kind {
            case .accepted: outcome.segments.append(.accepted(id: try text()))
            case .refused: outcome.segments.append(.refused(status: try narrow()))
            case .unknown: outcome.segments.append(.unknown(reason: try text()))
            case .notSent: outcome.segments.append(.notSent)
            }
        }
        outcome.replayOf = try optionalID()
        return outcome
    }

    private mutating func receipt() throws(Failure) -> ReceiptRecord {
        let message = try optionalID()
        let segment: Int? = try flag() ? try count() : nil
        let at = try integer()
        let (carrier, carrierID, state) = (try text(), try text(), try text())
        let error = try optionalText()
        let delay: UInt64? = try flag() ? try integer() : nil
        return ReceiptRecord(
            message: message, segment: segment, at: at, carrier: carrier, carrierID: carrierID, state: state,
            error: error, delay: delay, isDuplicate: try flag())
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

    private mutating func flag() throws(Failure) -> Bool {
        switch try octet() {
        case 0: false
        case 1: true
        default: throw .malformed
        }
    }

    private mutating func integer() throws(Failure) -> UInt64 {
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

    private mutating func narrow<Value: FixedWidthInteger>() throws(Failure) -> Value {
        guard let value = Value(exactly: try integer()) else { throw .malformed }
        return value
    }

    private mutating func count() throws(Failure) -> Int { try narrow() }

    /// Of what follows: each of it has an octet at least.
    private mutating func length() throws(Failure) -> Int {
        let count: Int = try narrow()
        guard count <= rest.count else { throw .malformed }
        return count
    }

    private mutating func id() throws(Failure) -> MessageID {
        guard let id = MessageID(rawValue: try integer()) else { throw .malformed }
        return id
    }

    private mutating func optionalID() throws(Failure) -> MessageID? {
        try flag() ? try id() : nil
    }

    private mutating func text() throws(Failure) -> String {
        let length = try length()
        let octets = rest.prefix(length)
        rest = rest.dropFirst(length)
        guard let text = String(validating: octets, as: UTF8.self) else { throw .malformed }
        return text
    }

    private mutating func optionalText() throws(Failure) -> String? {
        try flag() ? try text() : nil
    }
}
