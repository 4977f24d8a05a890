import SMPP
import SMPPWire
import Testing

/// Octets written by hand from the tables of SMPP 3.4 §4.
@Suite struct GoldenTests {
    @Test(arguments: zip([UInt32(1), 2, 9], [BindKind.receiver, .transmitter, .transceiver]))
    func bind(_ id: UInt32, _ kind: BindKind) throws {
        // 16 + 10 + 9 + 8 + 3 + 1 octets
        let expected = octets(
            "0000002F 0000000\(id) 00000000 00000001 534D5050335445535400 736563726574303800 5355424D49543100 34 01 01 00"
        )
        let request = BindRequest(
            systemID: "SMPP3TEST", password: "secret08", systemType: "SUBMIT1", addrTON: 1, addrNPI: 1)
        let pdu = PDU(sequence: 1, .bind(kind, request))
        try expectBoth(pdu, expected)
    }

    @Test func bindResponse() throws {
        try expectBoth(
            PDU(
                sequence: 2,
                .bindResponse(.transceiver, BindResponse(systemID: "S", tlvs: [TLV(.interfaceVersion, [0x34])]))),
            octets("00000017 80000009 00000000 00000002 5300 0210 0001 34"))
    }

    @Test func submit() throws {
        let message = ShortMessage(
            serviceType: "CMT", source: SMPPAddress(ton: 5, npi: 0, "AB"),
            destination: SMPPAddress(ton: 1, npi: 1, "79"),
            esmClass: 0x43, protocolID: 0x11, priority: 3, scheduleDeliveryTime: "",
            validityPeriod: "000001000000000R", registeredDelivery: 1, replaceIfPresent: 0, dataCoding: 8,
            defaultMessageID: 4, shortMessage: [0x04, 0x10], tlvs: [TLV(.userMessageReference, 0xBEEF as UInt16)])
        try expectBoth(
            PDU(sequence: 0x2A, .submit(message)),
            octets(
                """
                00000040 00000004 00000000 0000002A
                434D5400 05 00 414200 01 01 373900 43 11 03 00
                3030303030313030303030303030305200 01 00 08 04 02 0410
                0204 0002 BEEF
                """))
    }

    @Test func deliver() throws {
        let message = ShortMessage(
            source: SMPPAddress(ton: 1, npi: 1, "79"), destination: SMPPAddress(ton: 3, npi: 0, "12"), esmClass: 4,
            shortMessage: [0x69, 0x64], tlvs: [TLV(.receiptedMessageID, cString: "a"), TLV(.messageState, [2])])
        try expectBoth(
            PDU(sequence: 3, .deliver(message)),
            octets(
                """
                00000032 00000005 00000000 00000003
                00 01 01 373900 03 00 313200 04 00 00 00 00 00 00 00 00 02 6964
                001E 0002 6100 0427 0001 02
                """))
    }

    @Test func data() throws {
        let message = DataMessage(
            source: SMPPAddress(ton: 1, npi: 1, "7"), destination: SMPPAddress(ton: 2, npi: 8, "8"), esmClass: 1,
            registeredDelivery: 2, dataCoding: 3, tlvs: [TLV(.messagePayload, [0x68, 0x69])])
        try expectBoth(
            PDU(sequence: 4, .data(message)),
            octets("00000022 00000103 00000000 00000004 00 01 01 3700 02 08 3800 01 02 03 0424 0002 6869"))
    }

    @Test func responsesWithAnID() throws {
        try expectBoth(
            PDU(sequence: 5, .submitResponse(MessageResponse(messageID: "ab"))),
            octets("00000013 80000004 00000000 00000005 616200"))
        try expectBoth(
            PDU(sequence: 5, .deliverResponse(MessageResponse())), octets("00000011 80000005 00000000 00000005 00"))
        try expectBoth(
            PDU(sequence: 5, .dataResponse(MessageResponse(messageID: "a", tlvs: [TLV(.deliveryFailureReason, [1])]))),
            octets("00000017 80000103 00000000 00000005 6100 0425 0001 01"))
    }

    @Test func queryAndCancel() throws {
        try expectBoth(
            PDU(sequence: 6, .query(QueryRequest(messageID: "9", source: SMPPAddress(ton: 5, npi: 0, "A")))),
            octets("00000016 00000003 00000000 00000006 3900 05 00 4100"))
        try expectBoth(
            PDU(
                sequence: 6, .queryResponse(QueryResponse(messageID: "9", finalDate: "", messageState: 2, errorCode: 7))
            ),
            octets("00000015 80000003 00000000 00000006 3900 00 02 07"))
        let cancel = CancelRequest(
            messageID: "9", source: SMPPAddress(ton: 5, npi: 0, "A"), destination: SMPPAddress(ton: 1, npi: 1, "7"))
        try expectBoth(
            PDU(sequence: 6, .cancel(cancel)),
            octets("0000001B 00000008 00000000 00000006 00 3900 05 00 4100 01 01 3700"))
        try expectBoth(PDU(sequence: 6, .cancelResponse), octets("00000010 80000008 00000000 00000006"))
    }

    @Test func outbindAndAlert() throws {
        try expectBoth(
            PDU(sequence: 7, .outbind(Outbind(systemID: "S", password: "P"))),
            octets("00000014 0000000B 00000000 00000007 5300 5000"))
        let alert = AlertNotification(
            source: SMPPAddress(ton: 1, npi: 1, "7"), esme: SMPPAddress(ton: 5, npi: 0, "E"),
            tlvs: [TLV(TLVTag(rawValue: 0x0422), [0])])
        try expectBoth(
            PDU(sequence: 7, .alertNotification(alert)),
            octets("0000001D 00000102 00000000 00000007 01 01 3700 05 00 4500 0422 0001 00"))
    }

    @Test func headersAlone() throws {
        let rows: [(PDU, String)] = [
            (PDU(sequence: 1, .unbind), "00000010 00000006 00000000 00000001"),
            (PDU(sequence: 1, .unbindResponse), "00000010 80000006 00000000 00000001"),
            (PDU(sequence: 1, .enquireLink), "00000010 00000015 00000000 00000001"),
            (PDU(sequence: 1, .enquireLinkResponse), "00000010 80000015 00000000 00000001"),
            (PDU(status: .invalidCommandID, sequence: 0, .genericNack), "00000010 80000000 00000003 00000000"),
            (
                PDU(
                    status: CommandStatus(rawValue: 0x400), sequence: 1,
                    .submitResponse(MessageResponse(isHeaderOnly: true))),
                "00000010 80000004 00000400 00000001"
            ),
        ]
        for (pdu, hex) in rows { try expectBoth(pdu, octets(hex)) }
    }

    private func expectBoth(
        _ pdu: PDU, _ expected: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try encode(pdu) == expected, sourceLocation: sourceLocation)
        #expect(try decode(expected) == pdu, sourceLocation: sourceLocation)
    }
}
