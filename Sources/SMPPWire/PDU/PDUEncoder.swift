package import NIOCore
package import SMPP

/// Writes PDUs (SMPP 3.4 §4). Strict: what the standard forbids is an error and never truncated.
package enum PDUEncoder {
    /// Appends `pdu`; on an error `buffer` is as it was.
    ///
    /// The sequence number is written as it is: who numbers requests keeps to 1…0x7FFFFFFF, and an answer repeats
    /// whatever the peer sent. A header-only response is written where `MessageResponse.isHeaderOnly` asks for it and
    /// the status is an error, and for an error answer to a bind or a query that has nothing in its body (§4.1.2).
    package static func encode(_ pdu: PDU, into buffer: inout ByteBuffer) throws(PDUEncodingError) {
        try encode(pdu, into: &buffer, by: BodyCodec.pack)
    }

    /// Appends a `submit_sm`, as `encode` would, without making a `PDU` of it first: 1,400 instructions less a message.
    package static func encode(
        submit message: ShortMessage, sequence: UInt32, into buffer: inout ByteBuffer
    ) throws(PDUEncodingError) {
        guard message.tlvs.isEmpty else {
            return try encode(PDU(sequence: sequence, .submit(message)), into: &buffer)
        }
        try SubmitCodec.write(message, sequence: sequence, into: &buffer)
    }

    /// `pack` appends a header, to be filled in, and the mandatory body.
    static func encode(
        _ pdu: PDU, into buffer: inout ByteBuffer,
        by pack: (PDUBody, inout ByteBuffer) throws(PDUEncodingError) -> Void
    ) throws(PDUEncodingError) {
        let start = buffer.writerIndex
        do throws(PDUEncodingError) {
            guard pdu.status == .ok || pdu.commandID.isResponse else {
                throw PDUEncodingError(field: "command_status", reason: "a request has status 0")
            }
            if try isHeaderOnly(pdu) {
                buffer.writeRepeatingByte(0, count: PDUHeader.length)
            } else {
                try pack(pdu.body, &buffer)
                try TLVCoding.write(pdu.body.tlvs, into: &buffer)
            }
            let length = buffer.writerIndex - start
            guard length <= PDUFrame.maximumLength else {
                throw PDUEncodingError(
                    field: "command_length",
                    reason: "the PDU has \(length) octets, more than \(PDUFrame.maximumLength)")
            }
            buffer.setMultipleIntegers(
                UInt32(length), pdu.commandID.rawValue, pdu.status.rawValue, pdu.sequence, at: start)
        } catch {
            buffer.moveWriterIndex(to: start)
            throw error
        }
    }

    private static func isHeaderOnly(_ pdu: PDU) throws(PDUEncodingError) -> Bool {
        guard pdu.status != .ok else { return false }
        switch pdu.body {
        case .submitResponse(let response), .deliverResponse(let response), .dataResponse(let response):
            guard response.isHeaderOnly else { return false }
            guard response.messageID.isEmpty, response.tlvs.isEmpty else {
                throw PDUEncodingError(field: "message_id", reason: "a header-only response has no body")
            }
            return true
        case .bindResponse(_, let response):
            return response == BindResponse()
        case .queryResponse(let response):
            return response == QueryResponse()
        case .bind, .outbind, .unbind, .unbindResponse, .enquireLink, .enquireLinkResponse, .genericNack, .submit,
            .deliver, .data, .query, .cancel, .cancelResponse, .alertNotification, .unknown:
            return false
        }
    }
}

/// Why a PDU cannot be written. It holds no text, number or secret.
package struct PDUEncodingError: Error, Hashable, CustomStringConvertible {
    /// The standard's name of the field at fault.
    package var field: String
    /// What is wrong with it.
    package var reason: String

    package init(field: String, reason: String) {
        self.field = field
        self.reason = reason
    }

    package var description: String { "\(field): \(reason)" }
}

extension PDUBody {
    /// The optional parameters of a body that may carry them; none for the others.
    var tlvs: [TLV] {
        switch self {
        case .submit(let message), .deliver(let message): message.tlvs
        case .submitResponse(let response), .deliverResponse(let response), .dataResponse(let response): response.tlvs
        case .data(let message): message.tlvs
        case .bindResponse(_, let response): response.tlvs
        case .alertNotification(let alert): alert.tlvs
        case .bind, .outbind, .unbind, .unbindResponse, .enquireLink, .enquireLinkResponse, .genericNack, .query,
            .queryResponse, .cancel, .cancelResponse, .unknown:
            []
        }
    }
}
