import NIOCore
import SMPP

/// The bodies of `submit_sm` and `submit_sm_resp` (SMPP 3.4 §4.4), which every message costs, in Swift.
///
/// libsmpp34 formats a log line for each field, under one lock for the whole process. Nanoseconds of a whole PDU by the
/// library and by this in one run (release, one thread, medians of 5):
///
/// | what | library | here |
/// |---|---|---|
/// | encode `submit_sm`, 140 octets | 3,212 | 211 |
/// | decode `submit_sm_resp`, id of 10 octets | 743 | 104 |
/// | decode `submit_sm`, 140 octets | 3,070 | 497 |
/// | encode `submit_sm_resp`, id of 10 octets | 860 | 149 |
///
/// `SubmitDifferentialTests` and `SubmitFuzzer` hold these to the octets, values and refusals of the library's path.
enum SubmitCodec {
    /// Octets of the longest header and `submit_sm` body before `short_message`, `sm_length` included.
    private static let maximumHead = PDUHeader.length + 6 + 2 * (2 + 21) + 3 + 2 * 17 + 4 + 1
    static let maximumMessageID = 64
    /// An answer's id may be longer than the standard lets it be: it is still the only name of an accepted message.
    static let maximumReadMessageID = CarrierMessageID.longest

    /// Appends a `submit_sm` but for its optional parameters, which `command_length` leaves out too.
    static func write(
        _ message: ShortMessage, sequence: UInt32, into buffer: inout ByteBuffer
    ) throws(PDUEncodingError) {
        let room = maximumHead + FieldCoding.maximumMessage
        // Once for the whole PDU, so that a buffer that grows does so once.
        if !message.tlvs.isEmpty {
            buffer.reserveCapacity(minimumWritableBytes: room + TLVCoding.encodedLength(message.tlvs))
        }
        try buffer.writeWithOutputRawSpan(minimumWritableBytes: room) { octets throws(PDUEncodingError) in
            octets.append(0, as: UInt32.self)
            octets.append(CommandID.submitSM.rawValue.bigEndian, as: UInt32.self)
            octets.append(CommandStatus.ok.rawValue, as: UInt32.self)
            octets.append(sequence.bigEndian, as: UInt32.self)
            try octets.append(message.serviceType, "service_type", maximum: 5)
            octets.append(message.source.ton)
            octets.append(message.source.npi)
            try octets.append(message.source.value, "source_addr", maximum: 20)
            octets.append(message.destination.ton)
            octets.append(message.destination.npi)
            try octets.append(message.destination.value, "destination_addr", maximum: 20)
            octets.append(message.esmClass)
            octets.append(message.protocolID)
            octets.append(message.priority)
            try octets.append(time: message.scheduleDeliveryTime, "schedule_delivery_time")
            try octets.append(time: message.validityPeriod, "validity_period")
            octets.append(message.registeredDelivery)
            octets.append(message.replaceIfPresent)
            octets.append(message.dataCoding)
            octets.append(message.defaultMessageID)
            octets.append(try FieldCoding.messageLength(message))
            octets.append(contentsOf: message.shortMessage)
            octets.setLength()
        }
    }

    /// Appends a header, to be filled in by the caller, and the body of `submit_sm_resp`.
    static func write(_ response: MessageResponse, into buffer: inout ByteBuffer) throws(PDUEncodingError) {
        let room = PDUHeader.length + maximumMessageID + 1
        buffer.reserveCapacity(minimumWritableBytes: room + TLVCoding.encodedLength(response.tlvs))
        try buffer.writeWithOutputRawSpan(minimumWritableBytes: room) { octets throws(PDUEncodingError) in
            octets.append(repeating: 0, count: PDUHeader.length, as: UInt8.self)
            try octets.append(response.messageID, "message_id", maximum: maximumMessageID)
        }
    }

    /// Reads the body of a whole `submit_sm`.
    static func readMessage(_ pdu: ByteBuffer) throws(BodyFault) -> UnpackedBody {
        var body = BodyReader(pdu)
        var message = ShortMessage()
        message.serviceType = try body.text("service_type", maximum: 5)
        message.source.ton = try body.octet("source_addr_ton")
        message.source.npi = try body.octet("source_addr_npi")
        message.source.value = try body.text("source_addr", maximum: 20)
        message.destination.ton = try body.octet("dest_addr_ton")
        message.destination.npi = try body.octet("dest_addr_npi")
        message.destination.value = try body.text("destination_addr", maximum: 20)
        message.esmClass = try body.octet("esm_class")
        message.protocolID = try body.octet("protocol_id")
        message.priority = try body.octet("priority_flag")
        message.scheduleDeliveryTime = try body.text("schedule_delivery_time", maximum: 16)
        message.validityPeriod = try body.text("validity_period", maximum: 16)
        message.registeredDelivery = try body.octet("registered_delivery")
        message.replaceIfPresent = try body.octet("replace_if_present_flag")
        message.dataCoding = try body.octet("data_coding")
        message.defaultMessageID = try body.octet("sm_default_msg_id")
        message.shortMessage = try body.shortMessage(maximum: FieldCoding.maximumMessage)
        return UnpackedBody(.submit(message), end: body.offset)
    }

    /// Reads the body of a whole `submit_sm_resp`.
    static func readResponse(_ pdu: ByteBuffer) throws(BodyFault) -> UnpackedBody {
        var body = BodyReader(pdu)
        let start = body.offset
        let id = try body.text("message_id", maximum: maximumReadMessageID, isLast: true)
        let flaw =
            id.unicodeScalars.count > maximumMessageID ? PDUFlaw(overlong: "message_id", at: start) : nil
        return UnpackedBody(.submitResponse(MessageResponse(messageID: id)), end: body.offset, flaw: flaw)
    }
}

extension OutputRawSpan {
    /// Appends the Latin-1 octets of `text` and the closing NUL; ASCII is copied as it stands.
    fileprivate mutating func append(_ text: String, _ field: String, maximum: Int) throws(PDUEncodingError) {
        if text.isEmpty { return append(0) }
        let start = byteCount
        let octets = text.utf8.span
        if octets.count <= maximum {
            for offset in octets.indices {
                guard 1..<0x80 ~= octets[offset] else { break }
                append(octets[offset])
            }
        }
        if byteCount - start < octets.count {
            removeLast(byteCount - start)
            if let fault = FieldCoding.fault(of: text, maximum: maximum) {
                throw PDUEncodingError(field: field, reason: fault)
            }
            for scalar in text.unicodeScalars { append(UInt8(truncatingIfNeeded: scalar.value)) }
        }
        append(0)
    }

    /// Appends what `octets` holds in one copy.
    fileprivate mutating func append(contentsOf octets: [UInt8]) {
        octets.withUnsafeBytes { source in
            withUnsafeMutableBytes { target, count in
                target[count...].copyBytes(from: source)
                count += source.count
            }
        }
    }

    /// Makes all that was appended a PDU's length.
    fileprivate mutating func setLength() {
        withUnsafeMutableBytes { target, count in
            target.storeBytes(of: UInt32(truncatingIfNeeded: count).bigEndian, as: UInt32.self)
        }
    }

    /// Appends a time and its NUL.
    fileprivate mutating func append(time: String, _ field: String) throws(PDUEncodingError) {
        if time.isEmpty { return append(0) }
        try FieldCoding.checkTime(time, field)
        try append(time, field, maximum: 16)
    }
}
