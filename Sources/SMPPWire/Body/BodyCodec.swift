import CSMPP34
import NIOCore
import SMPP

/// The one place that chooses who reads and writes mandatory bodies: `SubmitCodec` for those that every message costs,
/// the shim over libsmpp34 for all others.
///
/// Frames, headers and optional parameters do not pass through here.
enum BodyCodec {
    /// Appends a header, to be filled in by the caller, and the mandatory body.
    static func pack(_ body: PDUBody, into buffer: inout ByteBuffer) throws(PDUEncodingError) {
        switch body {
        case .submit(let message): try SubmitCodec.write(message, sequence: 0, into: &buffer)
        case .submitResponse(let response): try SubmitCodec.write(response, into: &buffer)
        case .bind, .bindResponse, .outbind, .unbind, .unbindResponse, .enquireLink, .enquireLinkResponse,
            .genericNack, .deliver, .deliverResponse, .data, .dataResponse, .query, .queryResponse, .cancel,
            .cancelResponse, .alertNotification, .unknown:
            try packByLibrary(body, into: &buffer)
        }
    }

    /// Reads the mandatory body of a whole PDU. `end` is where its optional parameters begin, from the PDU's start.
    ///
    /// Bodies come without those. What follows the header of a PDU that has no body is not looked at: `end` is nil.
    static func unpack(_ id: CommandID, from pdu: ByteBuffer) throws(BodyFault) -> (body: PDUBody, end: Int?) {
        switch id {
        case .submitSMResponse:
            let (response, end) = try SubmitCodec.readResponse(pdu)
            return (.submitResponse(response), end)
        case .submitSM:
            let (message, end) = try SubmitCodec.readMessage(pdu)
            return (.submit(message), end)
        default:
            return try unpackByLibrary(id, from: pdu)
        }
    }

    // MARK: libsmpp34, for every body: those of `SubmitCodec` are compared with it.

    /// `pack` by the library alone.
    static func packByLibrary(_ body: PDUBody, into buffer: inout ByteBuffer) throws(PDUEncodingError) {
        switch body {
        case .bind(_, let request): try append(csmpp34_bind(request), of: body, to: &buffer)
        case .bindResponse(_, let response): try append(csmpp34_bind_resp(response), of: body, to: &buffer)
        case .outbind(let outbind): try append(csmpp34_outbind(outbind), of: body, to: &buffer)
        case .submit(let message), .deliver(let message):
            try append(csmpp34_short_message(message), of: body, to: &buffer)
        case .submitResponse(let response), .deliverResponse(let response), .dataResponse(let response):
            try append(csmpp34_message_resp(response), of: body, to: &buffer)
        case .data(let message): try append(csmpp34_data(message), of: body, to: &buffer)
        case .query(let request): try append(csmpp34_query(request), of: body, to: &buffer)
        case .queryResponse(let response): try append(csmpp34_query_resp(response), of: body, to: &buffer)
        case .cancel(let request): try append(csmpp34_cancel(request), of: body, to: &buffer)
        case .alertNotification(let alert): try append(csmpp34_alert(alert), of: body, to: &buffer)
        case .unbind, .unbindResponse, .enquireLink, .enquireLinkResponse, .genericNack, .cancelResponse:
            buffer.writeRepeatingByte(0, count: PDUHeader.length)
        case .unknown(_, let octets):
            buffer.writeRepeatingByte(0, count: PDUHeader.length)
            buffer.writeBytes(octets)
        }
    }

    /// `unpack` by the library alone.
    static func unpackByLibrary(
        _ id: CommandID, from pdu: ByteBuffer
    ) throws(BodyFault) -> (body: PDUBody, end: Int?) {
        switch id {
        case .submitSMResponse:
            let (body, end) = try read(csmpp34_message_resp(), of: id, from: pdu)
            return (.submitResponse(MessageResponse(body)), end)
        case .submitSM:
            let (body, end) = try read(csmpp34_short_message(), of: id, from: pdu)
            return (.submit(ShortMessage(body)), end)
        case .deliverSM:
            let (body, end) = try read(csmpp34_short_message(), of: id, from: pdu)
            return (.deliver(ShortMessage(body)), end)
        case .deliverSMResponse:
            let (body, end) = try read(csmpp34_message_resp(), of: id, from: pdu)
            return (.deliverResponse(MessageResponse(body)), end)
        case .dataSM:
            let (body, end) = try read(csmpp34_data(), of: id, from: pdu)
            return (.data(DataMessage(body)), end)
        case .dataSMResponse:
            let (body, end) = try read(csmpp34_message_resp(), of: id, from: pdu)
            return (.dataResponse(MessageResponse(body)), end)
        case .outbind:
            let (body, end) = try read(csmpp34_outbind(), of: id, from: pdu)
            return (.outbind(Outbind(body)), end)
        case .querySM:
            let (body, end) = try read(csmpp34_query(), of: id, from: pdu)
            return (.query(QueryRequest(body)), end)
        case .querySMResponse:
            let (body, end) = try read(csmpp34_query_resp(), of: id, from: pdu)
            return (.queryResponse(QueryResponse(body)), end)
        case .cancelSM:
            let (body, end) = try read(csmpp34_cancel(), of: id, from: pdu)
            return (.cancel(CancelRequest(body)), end)
        case .alertNotification:
            let (body, end) = try read(csmpp34_alert(), of: id, from: pdu)
            return (.alertNotification(AlertNotification(body)), end)
        default:
            return try unpackBindOrHeader(id, from: pdu)
        }
    }

    private static func unpackBindOrHeader(
        _ id: CommandID, from pdu: ByteBuffer
    ) throws(BodyFault) -> (body: PDUBody, end: Int?) {
        for kind in BindKind.allCases {
            if id == kind.commandID {
                let (body, end) = try read(csmpp34_bind(), of: id, from: pdu)
                return (.bind(kind, BindRequest(body)), end)
            }
            if id == kind.commandID.response {
                let (body, end) = try read(csmpp34_bind_resp(), of: id, from: pdu)
                return (.bindResponse(kind, BindResponse(body)), end)
            }
        }
        switch id {
        case .enquireLink: return (.enquireLink, nil)
        case .enquireLinkResponse: return (.enquireLinkResponse, nil)
        case .unbind: return (.unbind, nil)
        case .unbindResponse: return (.unbindResponse, nil)
        case .genericNack: return (.genericNack, nil)
        case .cancelSMResponse: return (.cancelResponse, nil)
        default: return (.unknown(id, Array(pdu.readableBytesView.dropFirst(PDUHeader.length))), nil)
        }
    }

    // MARK: The shim's calls

    private static func append<Body>(
        _ fields: Body, of body: PDUBody, to buffer: inout ByteBuffer
    ) throws(PDUEncodingError) {
        let id = body.commandID.rawValue
        let room = Int(CSMPP34_MAXIMUM_PACKED)
        buffer.reserveCapacity(minimumWritableBytes: room + TLVCoding.encodedLength(body.tlvs))
        var report = csmpp34_report()
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
            report = withUnsafeBytes(of: fields) { fields in
                csmpp34_pack(
                    id, fields.baseAddress, fields.count, target.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    target.count)
            }
            return report.outcome == .ok ? report.end : 0
        }
        if report.outcome != .ok {
            throw PDUEncodingError(field: report.fieldName, reason: report.outcome.reason)
        }
    }

    private static func read<Body: BitwiseCopyable>(
        _ empty: Body, of id: CommandID, from pdu: ByteBuffer
    ) throws(BodyFault) -> (Body, Int) {
        var fields = empty
        let report = pdu.withUnsafeReadableBytes { octets in
            withUnsafeMutableBytes(of: &fields) { fields in
                csmpp34_unpack(
                    id.rawValue, octets.baseAddress?.assumingMemoryBound(to: UInt8.self), octets.count,
                    fields.baseAddress, fields.count)
            }
        }
        guard report.outcome == .ok else { throw BodyFault(report) }
        return (fields, report.end)
    }
}
