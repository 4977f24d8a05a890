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

    /// Reads the mandatory body of a whole PDU.
    static func unpack(_ id: CommandID, from pdu: ByteBuffer) throws(BodyFault) -> UnpackedBody {
        switch id {
        case .submitSMResponse: return try SubmitCodec.readResponse(pdu)
        case .submitSM: return try SubmitCodec.readMessage(pdu)
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
    static func unpackByLibrary(_ id: CommandID, from pdu: ByteBuffer) throws(BodyFault) -> UnpackedBody {
        switch id {
        case .submitSMResponse:
            return try read(csmpp34_message_resp(), of: id, from: pdu) { .submitResponse(MessageResponse($0)) }
        case .submitSM:
            return try read(csmpp34_short_message(), of: id, from: pdu) { .submit(ShortMessage($0)) }
        case .deliverSM:
            return try read(csmpp34_short_message(), of: id, from: pdu) { .deliver(ShortMessage($0)) }
        case .deliverSMResponse:
            return try read(csmpp34_message_resp(), of: id, from: pdu) { .deliverResponse(MessageResponse($0)) }
        case .dataSM:
            return try read(csmpp34_data(), of: id, from: pdu) { .data(DataMessage($0)) }
        case .dataSMResponse:
            return try read(csmpp34_message_resp(), of: id, from: pdu) { .dataResponse(MessageResponse($0)) }
        case .outbind:
            return try read(csmpp34_outbind(), of: id, from: pdu) { .outbind(Outbind($0)) }
        case .querySM:
            return try read(csmpp34_query(), of: id, from: pdu) { .query(QueryRequest($0)) }
        case .querySMResponse:
            return try read(csmpp34_query_resp(), of: id, from: pdu) { .queryResponse(QueryResponse($0)) }
        case .cancelSM:
            return try read(csmpp34_cancel(), of: id, from: pdu) { .cancel(CancelRequest($0)) }
        case .alertNotification:
            return try read(csmpp34_alert(), of: id, from: pdu) { .alertNotification(AlertNotification($0)) }
        default:
            return try unpackBindOrHeader(id, from: pdu)
        }
    }

    private static func unpackBindOrHeader(_ id: CommandID, from pdu: ByteBuffer) throws(BodyFault) -> UnpackedBody {
        for kind in BindKind.allCases {
            if id == kind.commandID {
                return try read(csmpp34_bind(), of: id, from: pdu) { .bind(kind, BindRequest($0)) }
            }
            if id == kind.commandID.response {
                return try read(csmpp34_bind_resp(), of: id, from: pdu) { .bindResponse(kind, BindResponse($0)) }
            }
        }
        switch id {
        case .enquireLink: return UnpackedBody(.enquireLink)
        case .enquireLinkResponse: return UnpackedBody(.enquireLinkResponse)
        case .unbind: return UnpackedBody(.unbind)
        case .unbindResponse: return UnpackedBody(.unbindResponse)
        case .genericNack: return UnpackedBody(.genericNack)
        case .cancelSMResponse: return UnpackedBody(.cancelResponse)
        default: return UnpackedBody(.unknown(id, Array(pdu.readableBytesView.dropFirst(PDUHeader.length))))
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
        _ empty: Body, of id: CommandID, from pdu: ByteBuffer, _ body: (Body) -> PDUBody
    ) throws(BodyFault) -> UnpackedBody {
        var fields = empty
        let report = pdu.withUnsafeReadableBytes { octets in
            withUnsafeMutableBytes(of: &fields) { fields in
                csmpp34_unpack(
                    id.rawValue, octets.baseAddress?.assumingMemoryBound(to: UInt8.self), octets.count,
                    fields.baseAddress, fields.count)
            }
        }
        guard report.outcome == .ok else { throw BodyFault(report) }
        return UnpackedBody(body(fields), end: report.end, flaw: PDUFlaw(report))
    }
}

/// A mandatory body that was read.
struct UnpackedBody {
    /// Without optional parameters.
    var body: PDUBody
    /// Where those begin, from the PDU's start; nil for a command that has no body: what follows its header is not looked at.
    var end: Int?
    /// A text that is longer than the standard lets it be.
    var flaw: PDUFlaw?

    init(_ body: PDUBody, end: Int? = nil, flaw: PDUFlaw? = nil) {
        self.body = body
        self.end = end
        self.flaw = flaw
    }
}

extension PDUFlaw {
    fileprivate init?(_ report: csmpp34_report) {
        guard let field = report.overlong else { return nil }
        self.init(overlong: String(cString: field), at: report.overlong_offset)
    }

    /// A text that was taken though it is too long.
    init(overlong field: String, at offset: Int) {
        self.init(offset: offset, reason: "\(field): \(csmpp34_outcome.tooLong.reason)")
    }
}
