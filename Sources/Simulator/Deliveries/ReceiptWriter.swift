import NIOCore
import SMPP

/// The message that a receipt is about: what of it stands in the receipt.
struct ReceiptSubject {
    /// Type of number, numbering plan, digits and NUL, as in a PDU.
    var source: [UInt8]
    var destination: [UInt8]
    /// The beginning of the text, where it is readable.
    var beginning: [UInt8]

    /// The longest beginning that appendix B allows.
    private static let maximumBeginning = 20
    /// The longest address of a `deliver_sm`, without its NUL (SMPP 3.4 §4.6.1).
    private static let maximumAddress = 20

    /// From a `submit_sm` that is not decoded.
    init(_ outline: SubmitOutline, _ pdu: Span<UInt8>) {
        source = Self.octets(pdu, outline.source.lowerBound - 2..<outline.source.upperBound + 1)
        destination = Self.octets(pdu, outline.destination.lowerBound - 2..<outline.destination.upperBound + 1)
        let text = outline.message
        let isReadable = pdu[outline.dataCoding] < 4 && pdu[outline.esmClass] & 0x40 == 0
        beginning = isReadable ? Self.octets(pdu, text.prefix(Self.maximumBeginning)) : []
    }

    /// From any message.
    init(_ content: MessageContent) {
        source = Self.octets(content.source)
        destination = Self.octets(content.destination)
        let isReadable = content.dataCoding < 4 && content.esmClass & 0x40 == 0
        beginning = isReadable ? Array(content.octets.prefix(Self.maximumBeginning)) : []
    }

    private static func octets(_ pdu: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        range.map { pdu[$0] }
    }

    private static func octets(_ address: SMPPAddress) -> [UInt8] {
        [address.ton, address.npi] + address.value.latin1Octets.prefix(maximumAddress) + [0]
    }
}

/// Writes the bodies of receipts (SMPP 3.4 §4.6.1, appendix B), octet by octet: one is due for nearly every message.
struct ReceiptWriter: Sendable {
    let options: ReceiptOptions
    private let totalWeight: Int

    init(_ options: ReceiptOptions) {
        self.options = options
        totalWeight = options.states.reduce(0) { $0 + max(0, $1.weight) }
    }

    /// The state that chance gives to a message.
    func state(using generator: inout SplitMix64) -> ReceiptState {
        guard options.states.count > 1, totalWeight > 0 else { return options.states.first?.state ?? .delivered }
        var ticket = Int.random(in: 0..<totalWeight, using: &generator)
        for share in options.states {
            ticket -= max(0, share.weight)
            if ticket < 0 { return share.state }
        }
        return .delivered
    }

    /// From the answer to the receipt.
    func delay(using generator: inout SplitMix64) -> TimeAmount {
        let delay = TimeAmount(options.delay).nanoseconds
        let jitter = TimeAmount(options.jitter).nanoseconds
        guard jitter > 0 else { return .nanoseconds(delay) }
        return .nanoseconds(delay + Int64.random(in: 0...jitter, using: &generator))
    }

    /// A `deliver_sm` without its header.
    ///
    /// - Parameters:
    ///   - id: as it stands in the receipt, at most 64 characters.
    ///   - submitted, done: nanoseconds since 1970.
    func body(
        _ subject: ReceiptSubject, id: String, state: ReceiptState, submitted: Int64, done: Int64
    ) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(256)
        octets.append(0)
        octets += subject.destination
        octets += subject.source
        // esm_class 0x04 (§5.2.12), then protocol_id, priority, two empty times, registered_delivery, replace, coding, id.
        octets += [0x04, 0, 0, 0, 0, 0, 0, 0, 0]
        let lengthPlace = octets.count
        octets.append(0)
        if options.form != .tlv {
            writeText(subject, id, state, submitted, done, into: &octets)
            octets[lengthPlace] = UInt8(min(254, octets.count - lengthPlace - 1))
        }
        if options.form != .text {
            Self.writeHeader(.receiptedMessageID, id.utf8.count + 1, into: &octets)
            octets += id.utf8
            octets.append(0)
            Self.writeHeader(.messageState, 1, into: &octets)
            octets.append(state.messageState)
            if state.errorCode != 0 {
                // 3 is a GSM network (§5.3.2.31).
                Self.writeHeader(.networkErrorCode, 3, into: &octets)
                octets += [3, 0, state.errorCode]
            }
        }
        return octets
    }

    private func writeText(
        _ subject: ReceiptSubject, _ id: String, _ state: ReceiptState, _ submitted: Int64, _ done: Int64,
        into octets: inout [UInt8]
    ) {
        octets += "id:".utf8
        octets += id.utf8
        octets += (state == .delivered ? " sub:001 dlvrd:001 submit date:" : " sub:001 dlvrd:000 submit date:").utf8
        Self.writeDate(submitted, into: &octets)
        octets += " done date:".utf8
        Self.writeDate(done, into: &octets)
        octets += " stat:".utf8
        octets += state.word.utf8
        octets += " err:".utf8
        let code = Int(state.errorCode)
        for digit in [code / 100, code / 10 % 10, code % 10] { octets.append(UInt8(0x30 + digit)) }
        octets += " text:".utf8
        octets += subject.beginning
    }

    private static func writeHeader(_ tag: TLVTag, _ length: Int, into octets: inout [UInt8]) {
        octets.append(UInt8(truncatingIfNeeded: tag.rawValue >> 8))
        octets.append(UInt8(truncatingIfNeeded: tag.rawValue))
        octets.append(UInt8(truncatingIfNeeded: length >> 8))
        octets.append(UInt8(truncatingIfNeeded: length))
    }

    /// `2611240532`: UTC.
    private static func writeDate(_ nanoseconds: Int64, into octets: inout [UInt8]) {
        let time = UTCTime(unixNanoseconds: nanoseconds)
        for field in [time.year % 100, time.month, time.day, time.hour, time.minute] {
            octets.append(UInt8(0x30 + field / 10))
            octets.append(UInt8(0x30 + field % 10))
        }
    }
}
