import NIOCore
import SMPP
import SMPPWire
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: Samples.all)
    func everyBodyComesBack(_ pdu: PDU) throws {
        #expect(try decode(try encode(pdu)) == pdu)
    }

    @Test func everyTextLengthComesBack() throws {
        for length in 0...254 {
            let message = ShortMessage(shortMessage: (0..<length).map { UInt8(truncatingIfNeeded: $0) })
            for body in [PDUBody.submit(message), .deliver(message)] {
                let pdu = PDU(sequence: 1, body)
                #expect(try decode(try encode(pdu)) == pdu, "\(length) octets")
            }
        }
    }

    @Test func everyTypeOfNumberAndNumberingPlanComesBack() throws {
        for value in UInt8.min...UInt8.max {
            let pdu = PDU(
                sequence: 1,
                .submit(
                    ShortMessage(
                        source: SMPPAddress(ton: value, npi: 1, "1"), destination: SMPPAddress(ton: 1, npi: value, "2"))
                ))
            #expect(try decode(try encode(pdu)) == pdu)
        }
    }

    @Test func everyInterfaceVersionComesBackOnEveryBind() throws {
        for kind in BindKind.allCases {
            for version in UInt8.min...UInt8.max {
                let pdu = PDU(
                    sequence: 1, .bind(kind, BindRequest(systemID: "a", password: "b", interfaceVersion: version)))
                #expect(try decode(try encode(pdu)) == pdu)
            }
        }
    }

    @Test func everyTextAtItsLimitComesBack() throws {
        let address = SMPPAddress(ton: 1, npi: 1, String(repeating: "é", count: 20))
        let bind = BindRequest(
            systemID: String(repeating: "s", count: 15), password: String(repeating: "p", count: 8),
            systemType: String(repeating: "t", count: 12), addressRange: String(repeating: "r", count: 40))
        let message = ShortMessage(
            serviceType: "12345", source: address, destination: address, scheduleDeliveryTime: "261124053600000+",
            validityPeriod: "000001000000000R", shortMessage: [UInt8](repeating: 0, count: 254))
        let id = String(repeating: "i", count: 64)
        for body: PDUBody in [
            .bind(.transceiver, bind), .submit(message), .deliver(message),
            .submitResponse(MessageResponse(messageID: id)),
            .deliverResponse(MessageResponse(messageID: id)), .dataResponse(MessageResponse(messageID: id)),
            .query(QueryRequest(messageID: id, source: address)), .queryResponse(QueryResponse(messageID: id)),
            .cancel(CancelRequest(messageID: id, source: address, destination: address)),
        ] {
            let pdu = PDU(sequence: 1, body)
            #expect(try decode(try encode(pdu)) == pdu)
        }
    }

    @Test func longPayloadsComeBack() throws {
        for length in [0, 1, 1024, 1025, 60_000] {
            let pdu = PDU(
                sequence: 1, .submit(ShortMessage(tlvs: [TLV(.messagePayload, [UInt8](repeating: 7, count: length))])))
            #expect(try decode(try encode(pdu)) == pdu)
        }
    }

    @Test func thePasswordIsWrittenAsItIs() throws {
        let pdu = PDU(sequence: 1, .bind(.transceiver, BindRequest(systemID: "acme", password: "a*c%s\u{FF}")))
        #expect(try decode(try encode(pdu)) == pdu)
    }

    @Test func headerOnlyWithStatusZeroGetsABody() throws {
        let pdu = PDU(sequence: 1, .submitResponse(MessageResponse(isHeaderOnly: true)))
        #expect(try encode(pdu).count == 17)
    }

    @Test func encodingAppends() throws {
        var buffer = ByteBuffer(bytes: [1, 2, 3])
        try PDUEncoder.encode(PDU(sequence: 1, .enquireLink), into: &buffer)
        let start = buffer.writerIndex
        try PDUEncoder.encode(PDU(sequence: 0x0102_0304, .submit(Samples.message)), into: &buffer)
        buffer.moveReaderIndex(to: start)
        #expect(try PDUDecoder.decode(buffer) == PDU(sequence: 0x0102_0304, .submit(Samples.message)))
    }

    @Test func frameNeedNotBeginAtTheBuffersStart() throws {
        var buffer = ByteBuffer(bytes: [9, 9, 9, 9, 9])
        let pdu = PDU(sequence: 5, .deliver(Samples.message))
        try PDUEncoder.encode(pdu, into: &buffer)
        buffer.moveReaderIndex(to: 5)
        #expect(try PDUDecoder.decode(buffer) == pdu)
    }
}
