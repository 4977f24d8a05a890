import Messaging
import SMPP
import Testing

@testable import SMPPWire

/// Texts in every `data_coding` of SMPP 3.4 §5.2.19, as the bridge, `simulate` and `decode` read them.
@Suite struct ReceivedTextTests {
    private func text(_ coding: UInt8, _ octets: [UInt8]) -> String? {
        let message = ShortMessage(dataCoding: coding, shortMessage: octets)
        let content = ReceivedUserData(message, policy: TextPolicy()).content
        return InboundContent.text([content], CharsetDecoder.read)
    }

    @Test func everyAlphabet() throws {
        let rows: [(UInt8, String, String)] = [
            (0, "1B65 00", "€@"), (1, "4142", "AB"), (3, "E9", "é"), (8, "041F 0440", "Пр"),
            (6, "BF E0 D8 D2 D5 E2", "Привет"), (7, "F9 EC E5 ED", "שלום"),
            // 日本語 by ISO-2022-JP, EUC-JP and Shift JIS; こんにちは by Shift JIS; a half-width katakana; ASCII.
            (10, "1B2442 467C 4B5C 386C 1B2842", "日本語"), (5, "1B2442 467C 4B5C 386C 1B2842", "日本語"),
            (5, "C6FC CBDC B8EC", "日本語"), (5, "93FA 967B 8CEA", "日本語"), (5, "82B1 82F1 82C9 82BF 82CD", "こんにちは"),
            (5, "B1", "ｱ"), (5, "8250 8251", "１２"), (5, "4142", "AB"), (13, "8FB0A1", "丂"),
            (13, "1B242844 3021 1B2842", "丂"),
            (14, "C7D1 B1B9 BEEE", "한국어"), (14, "4142", "AB"),
        ]
        for (coding, hex, expected) in rows {
            #expect(text(coding, octets(hex)) == expected, "\(coding): \(hex)")
            let pdu = PDU(sequence: 1, .deliver(ShortMessage(dataCoding: coding, shortMessage: octets(hex))))
            let told = PDUAnnotation.describe(buffer(try encode(pdu)), revealSecrets: true)
            #expect(told.contains("\"\(expected)\""), "\(told)")
        }
    }

    @Test func brokenOctetsAreTold() {
        #expect(text(14, octets("C7D1 FF 41")) == "한\u{FFFD}A")
        #expect(text(5, octets("93FA 96")) == "日\u{FFFD}")
        #expect(text(7, octets("BF 41")) == "\u{FFFD}A")
    }

    @Test func dataAndTheUnknown() throws {
        for (coding, words) in [
            (2 as UInt8, "2 octets of data"), (4, "2 octets of data"), (0xF5, "2 octets of data"),
            (9, "2 octets that nobody can read"), (0x30, "2 octets that nobody can read"),
        ] {
            #expect(text(coding, [1, 2]) == nil)
            let pdu = PDU(sequence: 1, .deliver(ShortMessage(dataCoding: coding, shortMessage: [1, 2])))
            #expect(PDUAnnotation.describe(buffer(try encode(pdu)), revealSecrets: true).contains(words))
        }
    }

    /// Any octets in any coding, many threads at once: the descriptors are shared.
    @Test func anyOctetsFromManyThreads() async {
        await withTaskGroup { group in
            for seed in UInt64(1)...8 {
                group.addTask {
                    var chance = SplitMix64(seed: seed)
                    for _ in 0..<2_000 {
                        let octets = (0..<Int.random(in: 0...60, using: &chance)).map { _ in
                            UInt8.random(in: 0...255, using: &chance)
                        }
                        for charset in Charset.allCases { #expect(CharsetDecoder.read(charset, octets) != nil) }
                    }
                }
            }
        }
    }
}

/// PDUs that libsmpp34 may not see, explained.
@Suite struct ListedFieldsTests {
    @Test func everyCommandHasAName() {
        for id: UInt32 in [
            1, 2, 3, 4, 5, 6, 7, 8, 9, 0xB, 0x15, 0x21, 0x102, 0x103, 0x111, 0x112, 0x113,
        ] {
            #expect(!CommandID(rawValue: id).name.hasPrefix("command "), "\(id)")
            if id != 0xB, id != 0x102 { #expect(CommandID(rawValue: id).hasResponse) }
        }
    }

    /// SMPP 5.0 §4.6: by name, and whatever stands in them as octets.
    @Test func broadcastPDUsAreNamed() {
        let names: [UInt32: String] = [
            0x111: "broadcast_sm", 0x112: "query_broadcast_sm", 0x113: "cancel_broadcast_sm",
        ]
        for (id, name) in names {
            for (id, name) in [(id, name), (id | 0x8000_0000, name + "_resp")] {
                let told = PDUAnnotation.describe(frame(CommandID(rawValue: id), [0x37, 0]), revealSecrets: true)
                #expect(told.contains("\(name)") && (name.hasSuffix("_resp") || !told.contains("_resp")), "\(told)")
                #expect(!told.contains("command 0x"), "\(told)")
            }
        }
    }

    @Test func submitMulti() {
        let body =
            octets("00 05 00") + Array("ACME".utf8) + octets("00 02 01 01 01") + Array("79161234567".utf8)
            + octets("00 02") + Array("friends".utf8)
            + octets("00 00 00 00 00 00 01 00 08 00 04 041F 0440 0424 0002 4142")
        let told = PDUAnnotation.describe(frame(.submitMulti, body), revealSecrets: true)
        for words in ["number_of_dests", "\"79161234567\"", "dl_name", "\"friends\"", "\"Пр\"", "message_payload"] {
            #expect(told.contains(words), "\(words)")
        }
        #expect(!told.contains("FAULT"))
        #expect(!PDUAnnotation.describe(frame(.submitMulti, body)).contains("1234567"))
        let broken = PDUAnnotation.describe(frame(.submitMulti, octets("00 00 00 00 01 07")))
        #expect(broken.contains("FAULT") && broken.contains("dest_flag: neither 1"))
    }

    @Test func submitMultiResponse() {
        let body = octets("6100 01 01 01") + Array("79161234567".utf8) + octets("00 0000000B")
        let told = PDUAnnotation.describe(frame(.submitMultiResponse, body), revealSecrets: true)
        #expect(told.contains("no_unsuccess") && told.contains("error_status_code") && told.contains("ESME_RINVDSTADR"))
    }

    @Test func replaceSM() {
        let body = octets("313700 05 00") + Array("ACME".utf8) + octets("00 00 00 01 00 02 4869")
        let told = PDUAnnotation.describe(frame(.replaceSM, body), revealSecrets: true)
        #expect(told.contains("\"17\"") && told.contains("\"Hi\"") && !told.contains("FAULT"))
    }
}
