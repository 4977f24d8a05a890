package import NIOCore
package import SMPP

/// Reads PDUs (SMPP 3.4 §4).
///
/// Lenient where peers err harmlessly: a NUL that is missing at the end of the body, a body behind a command that has
/// none, optional parameters behind any body, a response without a body, an error response whose body makes no sense,
/// an id of up to 255 octets. Once the mandatory fields are whole, octets behind them or a broken optional parameter cost only
/// themselves and what follows; in `deliver_sm` and `data_sm` texts of up to 64 octets are taken. `PDU.flaw` names what was passed
/// over. Strict on everything else.
package enum PDUDecoder {
    /// Decodes one whole PDU, header included, as `PDUFrameDecoder` delivers it. A command that the bridge does not
    /// speak is `PDUBody.unknown`, not an error.
    package static func decode(_ frame: ByteBuffer) throws(PDUDecodingError) -> PDU {
        try decode(frame, by: BodyCodec.unpack)
    }

    /// Reads a `submit_sm_resp` as nearly all are: one whole PDU of ASCII without optional parameters. Nil for all others,
    /// which `decode` reads; both read the same.
    package static func submitResponse(
        _ frame: ByteBuffer
    ) -> (status: CommandStatus, sequence: UInt32, messageID: String)? {
        let octets = frame.readableBytesUInt8Span
        let end = octets.count - 1
        guard end >= PDUHeader.length, end - PDUHeader.length <= SubmitCodec.maximumMessageID, octets[end] == 0,
            octets.word(at: 0) == octets.count, octets.word(at: 4) == CommandID.submitSMResponse.rawValue
        else { return nil }
        let id = octets.extracting(PDUHeader.length..<end)
        for offset in id.indices where !(1..<0x80 ~= id[offset]) { return nil }
        let text = id.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        return (CommandStatus(rawValue: octets.word(at: 8)), octets.word(at: 12), text)
    }

    /// Reads a mandatory body, as `BodyCodec.unpack` does.
    typealias Unpack = (CommandID, ByteBuffer) throws(BodyFault) -> UnpackedBody

    /// `decode` with another reader of mandatory bodies.
    static func decode(_ frame: ByteBuffer, by unpack: Unpack) throws(PDUDecodingError) -> PDU {
        guard let header = PDUHeader(peeking: frame) else {
            throw PDUDecodingError(
                commandID: CommandID(rawValue: 0), status: .invalidCommandLength, sequence: 0, offset: 0,
                reason: "\(frame.readableBytes) octets are less than a header")
        }
        guard header.length == frame.readableBytes else {
            throw PDUDecodingError(
                header, .invalidCommandLength, at: 0,
                "command_length is \(header.length), but the PDU has \(frame.readableBytes) octets")
        }
        let isError = header.status != .ok && header.id.isResponse
        if frame.readableBytes == PDUHeader.length, let body = emptyBody(of: header.id, isHeaderOnly: true) {
            return PDU(status: header.status, sequence: header.sequence, body)
        }
        do {
            return try decodePDU(header, from: frame, by: unpack)
        } catch {
            // The status is what an error response tells; whatever stands behind it must not cost it.
            guard isError, let body = emptyBody(of: header.id, isHeaderOnly: false) else { throw error }
            return PDU(status: header.status, sequence: header.sequence, body)
        }
    }

    private static func decodePDU(
        _ header: PDUHeader, from frame: ByteBuffer, by unpack: Unpack
    ) throws(PDUDecodingError) -> PDU {
        let unpacked: UnpackedBody
        do {
            unpacked = try unpack(header.id, frame)
        } catch {
            throw PDUDecodingError(header, error.status, at: error.offset, "\(error.field): \(error.reason)")
        }
        var pdu = PDU(status: header.status, sequence: header.sequence, unpacked.body)
        pdu.flaw = unpacked.flaw
        guard let end = unpacked.end, end < frame.readableBytes else { return pdu }
        let (tlvs, flaw) = TLVCoding.read(frame, from: end)
        pdu.body.setTLVs(tlvs)
        pdu.flaw = pdu.flaw ?? flaw
        return pdu
    }

    /// A response that says nothing but its status; nil for commands that must have a body.
    private static func emptyBody(of id: CommandID, isHeaderOnly: Bool) -> PDUBody? {
        switch id {
        case .submitSMResponse: .submitResponse(MessageResponse(isHeaderOnly: isHeaderOnly))
        case .deliverSMResponse: .deliverResponse(MessageResponse(isHeaderOnly: isHeaderOnly))
        case .dataSMResponse: .dataResponse(MessageResponse(isHeaderOnly: isHeaderOnly))
        case .bindReceiverResponse: .bindResponse(.receiver, BindResponse())
        case .bindTransmitterResponse: .bindResponse(.transmitter, BindResponse())
        case .bindTransceiverResponse: .bindResponse(.transceiver, BindResponse())
        case .querySMResponse: .queryResponse(QueryResponse())
        default: nil
        }
    }
}

/// Why bytes are not a PDU, and how to answer. It holds no text, number or secret.
package struct PDUDecodingError: Error, Hashable, CustomStringConvertible {
    /// The header's `command_id`; 0 where there was no header.
    package var commandID: CommandID
    /// The `command_status` to answer with, in the command's response or a `generic_nack`.
    package var status: CommandStatus
    /// The header's `sequence_number`; 0 where there was no header.
    package var sequence: UInt32
    /// Where the fault is, in octets from the start of the PDU.
    package var offset: Int
    package var reason: String

    package init(commandID: CommandID, status: CommandStatus, sequence: UInt32, offset: Int, reason: String) {
        self.commandID = commandID
        self.status = status
        self.sequence = sequence
        self.offset = offset
        self.reason = reason
    }

    fileprivate init(_ header: PDUHeader, _ status: CommandStatus, at offset: Int, _ reason: String) {
        self.init(
            commandID: header.id, status: status, sequence: header.sequence, offset: offset, reason: reason)
    }

    package var description: String { "\(commandID.name) at octet \(offset): \(reason)" }
}

extension PDUBody {
    /// Sets the optional parameters of a body that may carry them; the others have no place for them.
    fileprivate mutating func setTLVs(_ tlvs: [TLV]) {
        switch self {
        case .submit(var message):
            message.tlvs = tlvs
            self = .submit(message)
        case .deliver(var message):
            message.tlvs = tlvs
            self = .deliver(message)
        case .data(var message):
            message.tlvs = tlvs
            self = .data(message)
        case .submitResponse(var response):
            response.tlvs = tlvs
            self = .submitResponse(response)
        case .deliverResponse(var response):
            response.tlvs = tlvs
            self = .deliverResponse(response)
        case .dataResponse(var response):
            response.tlvs = tlvs
            self = .dataResponse(response)
        case .bindResponse(let kind, var response):
            response.tlvs = tlvs
            self = .bindResponse(kind, response)
        case .alertNotification(var alert):
            alert.tlvs = tlvs
            self = .alertNotification(alert)
        case .bind, .outbind, .unbind, .unbindResponse, .enquireLink, .enquireLinkResponse, .genericNack, .query,
            .queryResponse, .cancel, .cancelResponse, .unknown:
            break
        }
    }
}

extension Span<UInt8> {
    /// The four octets from `offset` on.
    fileprivate func word(at offset: Int) -> UInt32 {
        UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16 | UInt32(self[offset + 2]) << 8
            | UInt32(self[offset + 3])
    }
}
