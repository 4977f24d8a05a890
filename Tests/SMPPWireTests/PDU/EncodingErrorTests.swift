import NIOCore
import SMPP
import SMPPWire
import Testing

@Suite struct EncodingErrorTests {
    @Test func everyLimitNamesItsField() {
        let rows: [(String, PDUBody)] = [
            ("system_id", .bind(.receiver, BindRequest(systemID: "", password: ""))),
            ("system_id", .bind(.receiver, BindRequest(systemID: long(16), password: ""))),
            ("password", .bind(.receiver, BindRequest(systemID: "a", password: long(65)))),
            ("system_type", .bind(.receiver, BindRequest(systemID: "a", password: "", systemType: long(13)))),
            ("address_range", .bind(.receiver, BindRequest(systemID: "a", password: "", addressRange: long(41)))),
            ("system_id", .bindResponse(.receiver, BindResponse(systemID: long(16)))),
            ("system_id", .outbind(Outbind(systemID: long(16), password: ""))),
            ("password", .outbind(Outbind(systemID: "", password: long(65)))),
            ("service_type", .submit(ShortMessage(serviceType: long(6)))),
            ("source_addr", .submit(ShortMessage(source: SMPPAddress(long(21))))),
            ("destination_addr", .deliver(ShortMessage(destination: SMPPAddress(long(21))))),
            ("schedule_delivery_time", .submit(ShortMessage(scheduleDeliveryTime: long(15)))),
            ("validity_period", .submit(ShortMessage(validityPeriod: long(17)))),
            ("sm_length", .submit(ShortMessage(shortMessage: [UInt8](repeating: 0, count: 255)))),
            ("message_id", .submitResponse(MessageResponse(messageID: long(65)))),
            ("source_addr", .data(DataMessage(source: SMPPAddress(long(65))))),
            ("destination_addr", .data(DataMessage(destination: SMPPAddress(long(65))))),
            ("message_id", .query(QueryRequest(messageID: ""))),
            ("message_id", .query(QueryRequest(messageID: long(65)))),
            ("source_addr", .query(QueryRequest(messageID: "1", source: SMPPAddress(long(21))))),
            ("message_id", .queryResponse(QueryResponse(messageID: long(65)))),
            ("final_date", .queryResponse(QueryResponse(finalDate: "yesterday"))),
            ("message_id", .cancel(CancelRequest(messageID: long(65)))),
            ("esme_addr", .alertNotification(AlertNotification(source: SMPPAddress(), esme: SMPPAddress(long(65))))),
            ("destination_addr", .submit(ShortMessage(destination: SMPPAddress("79\u{0}16")))),
            ("source_addr", .submit(ShortMessage(source: SMPPAddress("Ж")))),
            (
                "message_payload",
                .submit(ShortMessage(tlvs: [TLV(.messagePayload, [UInt8](repeating: 0, count: 65_536))]))
            ),
            (
                "command_length",
                .submit(ShortMessage(tlvs: [TLV(.messagePayload, [UInt8](repeating: 0, count: 65_535))]))
            ),
        ]
        for (field, body) in rows {
            var buffer = ByteBuffer(string: "before")
            let error = #expect(throws: PDUEncodingError.self) {
                try PDUEncoder.encode(PDU(sequence: 1, body), into: &buffer)
            }
            #expect(error?.field == field)
            #expect(buffer == ByteBuffer(string: "before"), "\(field): nothing may be left behind")
        }
    }

    @Test func aRequestHasNoStatus() {
        let error = #expect(throws: PDUEncodingError.self) {
            try encode(PDU(status: .throttled, sequence: 1, .submit(ShortMessage())))
        }
        #expect(error?.field == "command_status")
    }

    @Test func aHeaderOnlyResponseHasNoBody() {
        for response in [
            MessageResponse(messageID: "1", isHeaderOnly: true),
            MessageResponse(tlvs: [TLV(.congestionState, [1])], isHeaderOnly: true),
        ] {
            #expect(throws: PDUEncodingError.self) {
                try encode(PDU(status: .throttled, sequence: 1, .submitResponse(response)))
            }
        }
    }

    @Test func errorsHoldNoValues() {
        let error = #expect(throws: PDUEncodingError.self) {
            let request = BindRequest(systemID: "a", password: String(repeating: "hunter2", count: 10))
            return try encode(PDU(sequence: 1, .bind(.receiver, request)))
        }
        #expect(error?.description == "password: more than 64 octets")
    }

    private func long(_ count: Int) -> String { String(repeating: "1", count: count) }
}
