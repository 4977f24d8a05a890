import SMPP
import Testing

@testable import SMPPWire

/// What peers get wrong harmlessly.
@Suite struct LenientDecodingTests {
    @Test func errorResponsesInAnyForm() throws {
        let id = CommandID.submitSMResponse
        let rows: [([UInt8], MessageResponse)] = [
            ([], MessageResponse(isHeaderOnly: true)),
            ([0], MessageResponse()),
            (octets("313700"), MessageResponse(messageID: "17")),
            (octets("3137"), MessageResponse(messageID: "17")),
            (octets("00 0425 0001 02"), MessageResponse(tlvs: [TLV(.deliveryFailureReason, [2])])),
            (octets("00 0425 0009 02"), MessageResponse()),
            ([UInt8](repeating: 0x31, count: 300), MessageResponse()),
        ]
        for (body, expected) in rows {
            let pdu = try PDUDecoder.decode(frame(id, status: 0x400, sequence: 9, body))
            #expect(pdu.status == CommandStatus(rawValue: 0x400) && pdu.sequence == 9)
            #expect(pdu.body == .submitResponse(expected))
        }
    }

    @Test(arguments: [
        CommandID.submitSMResponse, .deliverSMResponse, .dataSMResponse, .bindReceiverResponse,
        .bindTransmitterResponse, .bindTransceiverResponse, .querySMResponse,
    ])
    func everyResponseMayEndAfterItsHeader(_ id: CommandID) throws {
        for status: UInt32 in [0, 0x0B, 0x4FF, .max] {
            let pdu = try PDUDecoder.decode(frame(id, status: status))
            #expect(pdu.commandID == id)
            #expect(pdu.status.rawValue == status)
        }
    }

    @Test func anEmptyIDIsAnID() throws {
        #expect(
            try PDUDecoder.decode(frame(.submitSMResponse)).body
                == .submitResponse(MessageResponse(isHeaderOnly: true)))
        #expect(try PDUDecoder.decode(frame(.submitSMResponse, [0])).body == .submitResponse(MessageResponse()))
    }

    @Test func theLastNULMayBeMissing() throws {
        let rows: [(CommandID, String, PDUBody)] = [
            (.submitSMResponse, "6162", .submitResponse(MessageResponse(messageID: "ab"))),
            (.outbind, "5300 50", .outbind(Outbind(systemID: "S", password: "P"))),
            (.querySM, "3900 05 00 41", .query(QueryRequest(messageID: "9", source: SMPPAddress(ton: 5, npi: 0, "A")))),
            (
                .bindTransceiver, "6100 6200 00 34 00 00",
                .bind(.transceiver, BindRequest(systemID: "a", password: "b"))
            ),
            (.bindTransceiverResponse, "53", .bindResponse(.transceiver, BindResponse(systemID: "S"))),
        ]
        for (id, body, expected) in rows {
            #expect(try PDUDecoder.decode(frame(id, octets(body))).body == expected)
        }
    }

    @Test func overlongIDsInResponsesAreKept() throws {
        let id = String(repeating: "f", count: 255)
        let body = Array(id.utf8)
        #expect(
            try PDUDecoder.decode(frame(.submitSMResponse, body + [0])).body
                == .submitResponse(MessageResponse(messageID: id)))
        #expect(throws: PDUDecodingError.self) {
            try PDUDecoder.decode(frame(.submitSMResponse, body + [0x66, 0]))
        }
    }

    @Test(arguments: [
        CommandID.enquireLink, .enquireLinkResponse, .unbind, .unbindResponse, .genericNack, .cancelSMResponse,
    ])
    func bodiesOfCommandsWithoutABodyAreIgnored(_ id: CommandID) throws {
        for body in [[], [0], octets("0427 FFFF 02"), [UInt8](repeating: 0xFF, count: 100)] {
            let pdu = try PDUDecoder.decode(frame(id, sequence: 0x1625_D269, body))
            #expect(pdu.commandID == id)
            #expect(pdu.sequence == 0x1625_D269)
        }
    }

    @Test func parametersBehindBodiesThatHaveNoPlaceForThemAreReadOver() throws {
        let body = octets("3900 05 00 4100 1400 0002 0102")
        #expect(
            try PDUDecoder.decode(frame(.querySM, body)).body
                == .query(QueryRequest(messageID: "9", source: SMPPAddress(ton: 5, npi: 0, "A"))))
    }

    /// What is broken behind the mandatory fields costs itself and what follows it, never the PDU.
    @Test(arguments: [CommandID.deliverSM, .submitSM, .dataSM, .submitSMResponse, .bindTransceiverResponse])
    func octetsBehindABodyAreDropped(_ id: CommandID) throws {
        let body =
            switch id {
            case .dataSM: octets("00 01 01 3100 01 01 3200 04 00 00")
            case .submitSMResponse, .bindTransceiverResponse: octets("313700")
            default: Bodies.deliver
            }
        let plain = try PDUDecoder.decode(frame(id, body))
        #expect(plain.flaw == nil)
        for (tail, tlvs, at) in [
            ("00", [], 0), ("FF", [], 0), ("00 00", [], 0), ("FF FF", [], 0), ("00 00 00", [], 0), ("0427 00", [], 0),
            ("0427 0002 01", [], 0), ("0427 FFFF 02", [], 0),
            ("1400 0000 0427", [TLV(TLVTag(rawValue: 0x1400), [])], 4),
            ("001E 0003 313700 00", [TLV(.receiptedMessageID, octets("313700"))], 7),
            ("001E 0003 313700 FF FF FF", [TLV(.receiptedMessageID, octets("313700"))], 7),
        ] as [(String, [TLV], Int)] {
            var pdu = try PDUDecoder.decode(frame(id, body + octets(tail)))
            #expect(pdu.flaw?.offset == 16 + body.count + at, "\(id.name) \(tail)")
            #expect(pdu.body.tlvs == tlvs)
            pdu.flaw = nil
            if tlvs.isEmpty { #expect(pdu == plain) }
        }
    }

    /// Texts that are longer than the standard's cost no receipt.
    @Test func overlongTextsOfWhatAnSMSCBringsAreTaken() throws {
        func text(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x31, count: count) + [0] }
        for count in [7, 8, 64] {
            for id in [CommandID.deliverSM, .dataSM] {
                let rest = id == .dataSM ? octets("01 01 3100 01 01 3200 04 00 00") : Array(Bodies.deliver.dropFirst())
                let pdu = try PDUDecoder.decode(frame(id, text(count) + rest))
                #expect(pdu.flaw?.description == "octet 16: service_type: the text is longer than the field may be")
            }
        }
        for count in [21, 30, 64] {
            let head = octets("00 01 01") + text(count) + octets("01 01") + text(count) + octets("04 00 00")
            let tail = text(17) + text(17) + octets("00 00 00 00 02 6869")
            let pdu = try PDUDecoder.decode(frame(.deliverSM, head + tail))
            guard case .deliver(let message) = pdu.body else { throw Failure.otherBody }
            #expect(message.source.value == String(repeating: "1", count: count))
            #expect(message.destination.value.count == count && message.validityPeriod.count == 17)
            #expect(message.shortMessage == [0x68, 0x69])
            #expect(pdu.flaw?.offset == 19)
            #expect(throws: PDUEncodingError.self) { try encode(pdu) }
        }
        let id = String(repeating: "f", count: 65)
        #expect(try PDUDecoder.decode(frame(.submitSMResponse, Array(id.utf8) + [0])).flaw?.offset == 16)
    }

    private enum Failure: Error { case otherBody }

    /// Some carriers give out passwords of more than the standard's 8 octets.
    @Test func longPasswordsAreReadAndWritten() throws {
        let request = BindRequest(systemID: "a", password: String(repeating: "p", count: 64))
        let pdu = try decode(try encode(PDU(sequence: 1, .bind(.transceiver, request))))
        #expect(pdu.body == .bind(.transceiver, request))
        #expect(pdu.flaw != nil)
    }

    @Test func anySequenceNumberIsTaken() throws {
        for sequence: UInt32 in [0, 1, 0x7FFF_FFFF, 0x8000_0000, .max] {
            #expect(try PDUDecoder.decode(frame(.enquireLink, sequence: sequence)).sequence == sequence)
            #expect(try PDUDecoder.decode(frame(.deliverSM, sequence: sequence, Bodies.deliver)).sequence == sequence)
        }
    }

    @Test func aRequestsStatusIsKeptAndNotMinded() throws {
        #expect(try PDUDecoder.decode(frame(.deliverSM, status: 7, Bodies.deliver)).status.rawValue == 7)
    }
}

enum Bodies {
    /// The mandatory body of a small deliver_sm or submit_sm: from 1 to 2, no text.
    static let deliver = octets("00 01 01 3100 01 01 3200 00 00 00 00 00 00 00 00 00 00")
}
