import NIOCore
import SMPP
import SMPPWire

/// Octets from hexadecimal text; everything that is not a digit is passed over.
func octets(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    precondition(digits.count % 2 == 0, "half an octet")
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func buffer(_ octets: [UInt8]) -> ByteBuffer { ByteBuffer(bytes: octets) }

/// A whole PDU: the header with the right length, and the rest.
func frame(
    _ id: CommandID, status: UInt32 = 0, sequence: UInt32 = 1, _ body: [UInt8] = []
) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeMultipleIntegers(UInt32(16 + body.count), id.rawValue, status, sequence)
    buffer.writeBytes(body)
    return buffer
}

func encode(_ pdu: PDU) throws(PDUEncodingError) -> [UInt8] {
    var buffer = ByteBuffer()
    try PDUEncoder.encode(pdu, into: &buffer)
    return Array(buffer.readableBytesView)
}

func decode(_ octets: [UInt8]) throws(PDUDecodingError) -> PDU {
    try PDUDecoder.decode(buffer(octets))
}

enum Samples {
    static let message = ShortMessage(
        serviceType: "CMT", source: SMPPAddress(ton: 5, npi: 0, "ACME"),
        destination: SMPPAddress(ton: 1, npi: 1, "79161234567"), esmClass: 0x40, protocolID: 1, priority: 2,
        registeredDelivery: 1, replaceIfPresent: 1, dataCoding: 8, defaultMessageID: 9,
        shortMessage: [0x05, 0x00, 0x03, 0x2A, 0x02, 0x01, 0x04, 0x1F, 0x00, 0x00],
        tlvs: [TLV(.userMessageReference, 0x0102 as UInt16), TLV(TLVTag(rawValue: 0x1400), [])])

    /// Every body that there is, at least once.
    static let all: [PDU] =
        BindKind.allCases.flatMap { kind in
            [
                PDU(
                    sequence: 1,
                    .bind(
                        kind,
                        BindRequest(
                            systemID: "acme", password: "secret08", systemType: "VMA", addrTON: 1, addrNPI: 1,
                            addressRange: "^7916"))),
                PDU(
                    sequence: 2,
                    .bindResponse(kind, BindResponse(systemID: "SMSC", tlvs: [TLV(.interfaceVersion, [0x34])]))),
                PDU(status: .bindFailed, sequence: 3, .bindResponse(kind, BindResponse())),
                PDU(status: .invalidPassword, sequence: 3, .bindResponse(kind, BindResponse(systemID: "SMSC"))),
            ]
        } + [
            PDU(sequence: 4, .outbind(Outbind(systemID: "SMSC", password: "hush"))),
            PDU(sequence: 5, .unbind), PDU(status: .systemError, sequence: 5, .unbindResponse),
            PDU(sequence: 0x7FFF_FFFF, .enquireLink), PDU(sequence: 0xFFFF_FFFF, .enquireLinkResponse),
            PDU(status: .invalidCommandID, sequence: 0, .genericNack),
            PDU(sequence: 6, .submit(message)), PDU(sequence: 7, .deliver(message)),
            PDU(sequence: 8, .submitResponse(MessageResponse(messageID: "0a1b2c3d"))),
            PDU(sequence: 8, .submitResponse(MessageResponse(tlvs: [TLV(.congestionState, [80])]))),
            PDU(status: .throttled, sequence: 8, .submitResponse(MessageResponse(isHeaderOnly: true))),
            PDU(status: .throttled, sequence: 8, .submitResponse(MessageResponse())),
            PDU(status: .throttled, sequence: 8, .submitResponse(MessageResponse(messageID: "17"))),
            PDU(sequence: 9, .deliverResponse(MessageResponse())),
            PDU(sequence: 9, .deliverResponse(MessageResponse(messageID: "with an id"))),
            PDU(status: .systemError, sequence: 9, .deliverResponse(MessageResponse(isHeaderOnly: true))),
            PDU(
                sequence: 10,
                .data(
                    DataMessage(
                        serviceType: "WAP", source: SMPPAddress(ton: 1, npi: 1, String(repeating: "1", count: 64)),
                        destination: SMPPAddress(ton: 1, npi: 1, String(repeating: "2", count: 64)), esmClass: 4,
                        registeredDelivery: 1, dataCoding: 3, tlvs: [TLV(.messagePayload, Array("hello".utf8))]))),
            PDU(sequence: 10, .dataResponse(MessageResponse(messageID: "x", tlvs: [TLV(.deliveryFailureReason, [0])]))),
            PDU(status: .submitFailed, sequence: 10, .dataResponse(MessageResponse(isHeaderOnly: true))),
            PDU(sequence: 11, .query(QueryRequest(messageID: "17", source: SMPPAddress(ton: 5, npi: 0, "ACME")))),
            PDU(
                sequence: 11,
                .queryResponse(
                    QueryResponse(messageID: "17", finalDate: "261124053600000+", messageState: 2, errorCode: 3))),
            PDU(status: CommandStatus(rawValue: 0x67), sequence: 11, .queryResponse(QueryResponse())),
            PDU(
                sequence: 12,
                .cancel(
                    CancelRequest(
                        serviceType: "CMT", messageID: "17", source: SMPPAddress(ton: 5, npi: 0, "ACME"),
                        destination: SMPPAddress(ton: 1, npi: 1, "79161234567")))),
            PDU(status: CommandStatus(rawValue: 0x11), sequence: 12, .cancelResponse),
            PDU(
                sequence: 13,
                .alertNotification(
                    AlertNotification(
                        source: SMPPAddress(ton: 1, npi: 1, "79161234567"), esme: SMPPAddress(ton: 3, npi: 0, "1234"),
                        tlvs: [TLV(TLVTag(rawValue: 0x0422), [1])]))),
            PDU(sequence: 14, .unknown(.replaceSM, [1, 2, 3])), PDU(sequence: 14, .unknown(.submitMulti, [])),
            PDU(status: .systemError, sequence: 14, .unknown(CommandID(rawValue: 0x8001_0200), [0])),
        ]
}
