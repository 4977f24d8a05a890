import NIOCore
import SMPP
import SMPPWire
import Testing

@Suite struct AnnotationTests {
    @Test func aSubmitIsExplained() throws {
        let text = PDUAnnotation.describe(buffer(try encode(PDU(sequence: 42, .submit(Samples.message)))))
        for expected in [
            "submit_sm, 71 octets\n",
            "0000  command_length           00 00 00 47               71\n",
            "0004  command_id               00 00 00 04               submit_sm\n",
            "0008  command_status           00 00 00 00               ESME_ROK\n",
            "000C  sequence_number          00 00 00 2A               42\n",
            "source_addr_ton          05                        alphanumeric\n",
            "\"ACME\"\n",
            "dest_addr_npi            01                        ISDN (E.163/E.164)\n",
            "(masked)                  \"7916*****67\"\n",
            "esm_class                40                        default mode, user data header\n",
            "data_coding              08                        UCS-2\n",
            "registered_delivery      01                        receipt\n",
            "4 octets of text\n",
            "part 1 of 2, reference 42 (8 bits)\n",
            "user_message_reference   02 04                     2 octets\n",
            "  value                  01 02                     258\n",
            "TLV 0x1400",
        ] {
            #expect(text.contains(expected), "\(expected) is missing in\n\(text)")
        }
    }

    @Test func secretsAreMaskedInWordsAndInOctets() throws {
        let bind = PDU(sequence: 1, .bind(.transceiver, BindRequest(systemID: "acme", password: "hunter2")))
        let message = ShortMessage(
            source: SMPPAddress(ton: 1, npi: 1, "79031112233"), destination: SMPPAddress(ton: 1, npi: 1, "79161234567"),
            shortMessage: Array("attack".utf8),
            tlvs: [
                TLV(.messagePayload, Array("at dawn".utf8)), TLV(TLVTag(rawValue: 0x0381), Array("0149161".utf8)),
                TLV(TLVTag(rawValue: 0x1500), Array("vendor".utf8)),
            ])
        let unknown = PDU(sequence: 1, .unknown(.submitMulti, Array("79161234567".utf8)))
        for pdu in [bind, PDU(sequence: 1, .submit(message)), PDU(sequence: 1, .deliver(message)), unknown] {
            let masked = PDUAnnotation.describe(buffer(try encode(pdu)))
            for secret in [
                "hunter2", "68 75 6E", "1234567", "31 31 31", "attack", "61 74 74", "dawn", "61 74 20", "0149161",
                "30 31 34", "vendor", "76 65 6E",
            ] {
                #expect(!masked.contains(secret), "\(secret) in\n\(masked)")
            }
        }
        let revealed = PDUAnnotation.describe(
            buffer(try encode(PDU(sequence: 1, .submit(message)))), revealSecrets: true)
        for secret in ["\"79161234567\"", "\"attack\"", "\"at dawn\"", "\"vendor\""] {
            #expect(revealed.contains(secret))
        }
        #expect(PDUAnnotation.describe(buffer(try encode(bind)), revealSecrets: true).contains("\"hunter2\""))
    }

    @Test func digitsAsASendersNameAreMasked() throws {
        let message = ShortMessage(source: SMPPAddress(ton: 5, npi: 0, "79161234567"))
        #expect(!PDUAnnotation.describe(buffer(try encode(PDU(sequence: 1, .submit(message))))).contains("1234567"))
    }

    @Test func textsAreDecodedByTheirCoding() throws {
        let rows: [(UInt8, [UInt8], String)] = [
            (8, octets("041F 0440 D83D DE00"), "\"Пр😀\""), (3, octets("E9 41"), "\"éA\""),
            (0, octets("41 1B 65"), "\"A€\""), (4, [1, 2, 3], "3 octets of data"),
            (8, octets("0041 04"), "\"A\u{FFFD}\""),
        ]
        for (coding, octets, expected) in rows {
            let pdu = PDU(sequence: 1, .submit(ShortMessage(dataCoding: coding, shortMessage: octets)))
            #expect(PDUAnnotation.describe(buffer(try encode(pdu)), revealSecrets: true).contains(expected))
        }
    }

    @Test func receiptsAreExplained() throws {
        let message = ShortMessage(
            esmClass: 4,
            tlvs: [
                TLV(.receiptedMessageID, cString: "0a1b"), TLV(.messageState, [2]), TLV(.networkErrorCode, [3, 1, 2]),
            ])
        let text = PDUAnnotation.describe(buffer(try encode(PDU(sequence: 1, .deliver(message)))))
        for expected in ["delivery receipt", "\"0a1b\"", "DELIVERED", "network 3, error 258"] {
            #expect(text.contains(expected))
        }
    }

    @Test func faultsAreNamedWhereTheyAre() {
        let long = PDUAnnotation.describe(frame(.deliverSM, octets("00 01 01") + [UInt8](repeating: 0x37, count: 70)))
        #expect(long.contains("0013  FAULT") && long.contains("source_addr: the text is longer"))
        let tlv = PDUAnnotation.describe(frame(.deliverSM, Bodies.deliver + octets("0427 FFFF 02")))
        #expect(tlv.contains("FAULT") && tlv.contains("message_state claims 65535 octets where 1 are left"))
        var wrong = frame(.enquireLink)
        wrong.setInteger(17 as UInt32, at: 0)
        #expect(PDUAnnotation.describe(wrong).contains("FAULT"))
    }

    @Test func controlCharactersDoNotReachTheTerminal() {
        let text = PDUAnnotation.describe(frame(.submitSMResponse, octets("1B 5B 32 4A 9B 0A 00")))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && !(0x7F...0x9F ~= $0.value)) })
        #expect(text.contains("\\u{1B}[2J\\u{9B}\\u{0A}"))
    }

    @Test func userDataHeaders() {
        let rows: [(String, String)] = [
            ("06 08 04 0102 03 02 41", "part 2 of 3, reference 258 (16 bits)"),
            ("06 05 04 0B84 23F0 41", "ports: to 2948, from 9200"),
            ("03 24 01 01 41", "national single shift table 1 (turkish)"),
            ("03 70 01 00 41", "element 0x70, 1 octets"),
            ("03 00 09 01 41", "do not add up to its length"),
        ]
        for (hex, expected) in rows {
            let body =
                octets("00 01 01 3100 01 01 3200 40 00 00 00 00 00 00 00 00") + [UInt8(octets(hex).count)] + octets(hex)
            #expect(PDUAnnotation.describe(frame(.submitSM, body)).contains(expected))
        }
    }
}
