import Messaging

/// Writes records as octets, for the log in front of a database; `RecordDecoder` reads them.
///
/// A record is its kind (one octet) and its fields in the order of its declaration: integers in groups of seven bits, least
/// first; texts as UTF-8 after their length; what may be missing after an octet 0 or 1.
struct RecordEncoder {
    /// What a record is. The numbers stand in files: none is ever given to something else.
    enum Kind: UInt8 {
        case message = 1
        case outcome, delivered, late, receipt, inbound, inboundPart, posting, posted
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
        switch record {
        case .message(let message): add(message)
        case .outcome(let outcome): add(outcome)
        case .delivered(let ids): add(.delivered, ids)
        case .late(let late): add(late)
        case .receipt(let receipt): add(receipt)
        case .inbound(let inbound): add(inbound)
        case .inboundPart(let part): add(part)
        case .posting(let posting):
            octets.append(Kind.posting.rawValue)
            add(posting.id.rawValue)
            add(posting.at)
            add(posting.target)
            add(posting.form)
        case .posted(let ids): add(.posted, ids)
        }
    }

    private mutating func add(_ kind: Kind, _ ids: [MessageID]) {
        octets.append(kind.rawValue)
        add(ids.count)
        for id in ids { add(id.rawValue) }
    }

    private mutating func add(_ message: MessageRecord) {
        octets.append(Kind.message.rawValue)
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
        octets.append(Kind.outcome.rawValue)
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
                octets.append(SegmentKind.accepted.rawValue)
                add(id)
            case .refused(let status):
                octets.append(SegmentKind.refused.rawValue)
                add(UInt64(status))
            case .unknown(let reason):
                octets.append(SegmentKind.unknown.rawValue)
                add(reason)
            case .notSent: octets.append(SegmentKind.notSent.rawValue)
            }
        }
        add(outcome.replayOf?.rawValue)
    }

    private mutating func add(_ late: LateRecord) {
        octets.append(Kind.late.rawValue)
        add(late.id.rawValue)
        add(late.at)
        add(late.carrier)
        add(late.segment)
        add(UInt64(late.status))
        add(late.carrierID)
    }

    private mutating func add(_ receipt: ReceiptRecord) {
        octets.append(Kind.receipt.rawValue)
        add(receipt.message?.rawValue)
        add(receipt.segment.map { UInt64(clamping: $0) })
        add(receipt.at)
        add(receipt.carrier)
        add(receipt.carrierID)
        add(receipt.state)
        add(receipt.error)
        add(receipt.delay)
        octets.append(receipt.isDuplicate ? 1 : 0)
    }

    private mutating func add(_ inbound: InboundRecord) {
        octets.append(Kind.inbound.rawValue)
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
        octets.append(Kind.inboundPart.rawValue)
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
            octets.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        octets.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Counts and statuses: none is negative.
    private mutating func add(_ value: Int) { add(UInt64(clamping: value)) }

    private mutating func add(_ text: String) {
        let utf8 = text.utf8
        add(utf8.count)
        octets.append(contentsOf: utf8)
    }

    private mutating func add(_ value: UInt64?) {
        octets.append(value == nil ? 0 : 1)
        if let value { add(value) }
    }

    private mutating func add(_ text: String?) {
        octets.append(text == nil ? 0 : 1)
        if let text { add(text) }
    }
}
