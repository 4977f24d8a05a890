import Messaging

/// Writes records as octets, for the log in front of a database; `RecordDecoder` reads them.
///
/// A record is its kind (one octet) and its fields in the order of its declaration: integers in groups of seven bits, least
/// first; texts as UTF-8 after their length; what may be missing after an octet 0 or 1.
struct RecordEncoder {
    /// What a record is. The numbers stand in files: none is ever given to something else.
    enum Kind: UInt8 {
        case message = 1
        case outcome, delivered, late, receipt, inbound, inboundPart, posting, posted, forgotten
    }

    /// What a segment's outcome is; the same holds for these numbers.
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
        switch record {
        case .message(let message):
            room(numbers: 5, message.account, message.recipient, message.sender, message.text)
        case .outcome(let outcome):
            outcome.segments.reduce(room(numbers: 5, outcome.outcome, outcome.code, outcome.carrier)) {
                $0 + room(for: $1)
            }
        case .delivered(let ids), .posted(let ids): room(numbers: 1 + ids.count)
        case .late(let late): room(numbers: 4, late.carrier, late.carrierID)
        case .receipt(let receipt):
            room(numbers: 5, receipt.carrier, receipt.carrierID, receipt.state, receipt.error)
        case .inbound(let inbound): room(numbers: 4, inbound.carrier, inbound.from, inbound.to, inbound.text)
        case .inboundPart(let part): room(numbers: 5, part.carrier, part.from, part.to, part.content)
        case .posting(let posting): room(numbers: 2, posting.target, posting.form)
        case .forgotten: room(numbers: 3)
        }
    }

    private static func room(for segment: SegmentRecord) -> Int {
        switch segment {
        case .accepted(let text), .unknown(let text): room(numbers: 0, text)
        case .refused: room(numbers: 1)
        case .notSent: room(numbers: 0)
        }
    }

    /// Of a kind, so many numbers, and texts: each with an octet for whether it is there.
    private static func room(
        numbers: Int, _ first: String? = nil, _ second: String? = nil, _ third: String? = nil, _ fourth: String? = nil
    ) -> Int {
        func room(_ text: String?) -> Int { 11 + (text?.utf8.count ?? 0) }
        return 1 + numbers * 11 + room(first) + room(second) + room(third) + room(fourth)
    }
}

/// The fields of records. `RecordEncoder.room(for:)` knows how much each may take.
extension OutputSpan<UInt8> {
    fileprivate mutating func add(_ record: JournalRecord) {
        switch record {
        case .message(let message): add(message)
        case .outcome(let outcome): add(outcome)
        case .delivered(let ids): add(.delivered, ids)
        case .late(let late): add(late)
        case .receipt(let receipt): add(receipt)
        case .inbound(let inbound): add(inbound)
        case .inboundPart(let part): add(part)
        case .posting(let posting):
            append(RecordEncoder.Kind.posting.rawValue)
            add(posting.id.rawValue)
            add(posting.at)
            add(posting.target)
            add(posting.form)
        case .posted(let ids): add(.posted, ids)
        case .forgotten(let forgotten):
            append(RecordEncoder.Kind.forgotten.rawValue)
            add(forgotten.id.rawValue)
            add(forgotten.segment)
            add(UInt64(bitPattern: forgotten.key))
        }
    }

    private mutating func add(_ kind: RecordEncoder.Kind, _ ids: [MessageID]) {
        append(kind.rawValue)
        add(ids.count)
        for id in ids { add(id.rawValue) }
    }

    private mutating func add(_ message: MessageRecord) {
        append(RecordEncoder.Kind.message.rawValue)
        add(message.id.rawValue)
        add(message.account)
        add(message.recipient)
        add(message.sender)
        add(message.segments)
        add(message.text)
        add(message.fingerprint.high)
        add(message.fingerprint.low)
    }

    private mutating func add(_ outcome: OutcomeRecord) {
        append(RecordEncoder.Kind.outcome.rawValue)
        add(outcome.id.rawValue)
        add(outcome.at)
        add(outcome.outcome)
        add(outcome.httpStatus)
        add(outcome.code)
        add(outcome.carrier)
        add(outcome.segments.count)
        for segment in outcome.segments {
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
        add(outcome.replayOf?.rawValue)
    }

    private mutating func add(_ late: LateRecord) {
        append(RecordEncoder.Kind.late.rawValue)
        add(late.id.rawValue)
        add(late.at)
        add(late.carrier)
        add(late.segment)
        add(UInt64(late.status))
        add(late.carrierID)
    }

    private mutating func add(_ receipt: ReceiptRecord) {
        append(RecordEncoder.Kind.receipt.rawValue)
        add(receipt.message?.rawValue)
        add(receipt.segment.map { UInt64(clamping: $0) })
        add(receipt.at)
        add(receipt.carrier)
        add(receipt.carrierID)
        add(receipt.state)
        add(receipt.error)
        add(receipt.delay)
        append(receipt.isDuplicate ? 1 : 0)
    }

    private mutating func add(_ inbound: InboundRecord) {
        append(RecordEncoder.Kind.inbound.rawValue)
        add(inbound.id.rawValue)
        add(inbound.at)
        add(inbound.carrier)
        add(inbound.from)
        add(inbound.to)
        add(inbound.segments)
        add(inbound.received)
        add(inbound.text)
    }

    private mutating func add(_ part: InboundPartRecord) {
        append(RecordEncoder.Kind.inboundPart.rawValue)
        add(part.id.rawValue)
        add(part.at)
        add(part.carrier)
        add(part.from)
        add(part.to)
        add(UInt64(part.reference))
        add(part.part)
        add(part.parts)
        add(part.content)
    }

    // MARK: Fields

    private mutating func add(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Counts and statuses: none is negative.
    private mutating func add(_ value: Int) { add(UInt64(clamping: value)) }

    private mutating func add(_ text: String) {
        let utf8 = text.utf8.span
        add(utf8.count)
        for index in utf8.indices { append(utf8[index]) }
    }

    private mutating func add(_ value: UInt64?) {
        append(value == nil ? 0 : 1)
        if let value { add(value) }
    }

    private mutating func add(_ text: String?) {
        append(text == nil ? 0 : 1)
        if let text { add(text) }
    }
}
