import SMPP
import SMPPWire
import Testing

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
            #expect(pdu == PDU(status: CommandStatus(rawValue: 0x400), sequence: 9, .submitResponse(expected)))
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
