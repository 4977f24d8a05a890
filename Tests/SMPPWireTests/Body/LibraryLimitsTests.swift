import CSMPP34
import NIOCore
import SMPP
import Testing

@testable import SMPPWire

/// What libsmpp34 refuses, truncates or gets wrong works all the same: one test for each row of its known limits.
@Suite struct LibraryLimitsTests {
    @Test func errorResponsesWithAndWithoutABody() throws {
        for body in [[], [0], octets("313700")] {
            let pdu = try PDUDecoder.decode(frame(.submitSMResponse, status: 0x0B, body))
            #expect(pdu.status == .invalidDestinationAddress)
            #expect(try encode(pdu) == Array(frame(.submitSMResponse, status: 0x0B, body).readableBytesView))
        }
    }

    @Test func anIDOf64Octets() throws {
        let id = [UInt8](repeating: 0x61, count: 64)
        #expect(
            try PDUDecoder.decode(frame(.submitSMResponse, id + [0])).body
                == .submitResponse(MessageResponse(messageID: String(latin1: id))))
    }

    @Test(arguments: [UInt32(0x09), 0x100, 0x400, 0x4FF, 0x500, 0xFFFF_FFFF])
    func statusesThatItDoesNotList(_ status: UInt32) throws {
        let pdu = PDU(
            status: CommandStatus(rawValue: status), sequence: 1, .submitResponse(MessageResponse(messageID: "1")))
        #expect(try decode(try encode(pdu)) == pdu)
    }

    @Test func sequenceZero() throws {
        let nack = PDU(status: .invalidCommandLength, sequence: 0, .genericNack)
        #expect(try decode(try encode(nack)) == nack)
        let response = PDU(sequence: 0, .submitResponse(MessageResponse(messageID: "1")))
        #expect(try decode(try encode(response)) == response)
    }

    @Test func bindResponsesWithAndWithoutAVersion() throws {
        #expect(
            try PDUDecoder.decode(frame(.bindTransceiverResponse, octets("5300"))).body
                == .bindResponse(.transceiver, BindResponse(systemID: "S")))
        #expect(
            try PDUDecoder.decode(frame(.bindTransceiverResponse, octets("5300 0210 0001 34"))).body
                == .bindResponse(.transceiver, BindResponse(systemID: "S", tlvs: [TLV(.interfaceVersion, [0x34])])))
    }

    @Test func responsesWithParameters() throws {
        for id in [CommandID.submitSMResponse, .deliverSMResponse, .dataSMResponse] {
            let pdu = try PDUDecoder.decode(frame(id, octets("6100 0428 0001 50")))
            #expect(pdu.body.tlvs == [TLV(.congestionState, [80])])
            #expect(try encode(pdu) == Array(frame(id, octets("6100 0428 0001 50")).readableBytesView))
        }
    }

    @Test func unknownCommandsKeepTheirHeaderAndBody() throws {
        for id: UInt32 in [0x7, 0x21, 0x8000_0021, 0x0001_0200, 0x112, 0xFFFF_FFFF] {
            let pdu = try PDUDecoder.decode(frame(CommandID(rawValue: id), status: 5, sequence: 6, [1, 2]))
            #expect(pdu.body == .unknown(CommandID(rawValue: id), [1, 2]))
            #expect(pdu.sequence == 6)
        }
    }

    @Test func unknownParametersOfAnyLengthInTheirOrder() throws {
        let tlvs = [TLV(TLVTag(rawValue: 0x1400), [1]), TLV(TLVTag(rawValue: 0x1401), []), TLV(.messageState, [2])]
        let pdu = PDU(sequence: 1, .deliver(ShortMessage(tlvs: tlvs)))
        #expect(try decode(try encode(pdu)).body.tlvs == tlvs)
    }

    /// The library reads a fixed-size parameter by its tag and finds others inside its value.
    @Test func parametersAreNotSmuggledInsideAnother() throws {
        let pdu = try PDUDecoder.decode(frame(.deliverSM, Bodies.deliver + octets("0427 0005 02 1401 0000")))
        #expect(pdu.body.tlvs == [TLV(.messageState, octets("02 1401 0000"))])
        #expect(try PDUDecoder.decode(frame(.deliverSM, Bodies.deliver + octets("0427 FFFF 02"))).body.tlvs == [])
    }

    @Test func fourZeroOctetsAreAParameterAndWhatFollowsTheFrameIsAnError() throws {
        #expect(
            try PDUDecoder.decode(frame(.deliverSM, Bodies.deliver + [0, 0, 0, 0])).body.tlvs
                == [TLV(TLVTag(rawValue: 0), [])])
        var trailing = frame(.deliverSM, Bodies.deliver)
        trailing.writeInteger(0 as UInt8)
        #expect(throws: PDUDecodingError.self) { try PDUDecoder.decode(trailing) }
    }

    @Test func textsOf253And254OctetsWithNULs() throws {
        for count in [253, 254] {
            let pdu = PDU(sequence: 1, .deliver(ShortMessage(shortMessage: [UInt8](repeating: 0, count: count))))
            #expect(try decode(try encode(pdu)) == pdu)
        }
    }

    @Test func timesInDeliverSM() throws {
        let pdu = PDU(
            sequence: 1,
            .deliver(ShortMessage(scheduleDeliveryTime: "000001000000000R", validityPeriod: "261124053600000+")))
        #expect(try decode(try encode(pdu)) == pdu)
    }

    @Test func addressesOf20And21Octets() throws {
        let address = [UInt8](repeating: 0x37, count: 20)
        let tail = octets("00 01 01 3200 00 00 00 00 00 00 00 00 00 00").dropFirst()
        #expect(throws: Never.self) {
            try PDUDecoder.decode(frame(.submitSM, octets("00 01 01") + address + [0] + tail))
        }
        #expect(throws: PDUDecodingError.self) {
            try PDUDecoder.decode(frame(.submitSM, octets("00 01 01") + address + [0x37, 0] + tail))
        }
    }
}
