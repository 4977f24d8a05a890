import NIOCore
import SMPP
import Testing

@testable import SMPPWire

@Suite struct PDUMaskTests {
    private func masked(_ octets: [UInt8], showTexts: Bool = false) -> [UInt8] {
        var frame = buffer(octets)
        PDUMask.apply(to: &frame, showTexts: showTexts)
        return Array(frame.readableBytesView)
    }

    private func masked(_ pdu: PDU, showTexts: Bool = false) throws -> PDU {
        try decode(masked(try encode(pdu), showTexts: showTexts))
    }

    private func message(
        _ text: String, esmClass: UInt8 = 0, dataCoding: UInt8 = 0, isInbound: Bool = false
    ) throws -> String {
        let message = ShortMessage(
            source: SMPPAddress(ton: 5, npi: 0, "ACME"), destination: SMPPAddress(ton: 1, npi: 1, "79161234567"),
            esmClass: esmClass, dataCoding: dataCoding, shortMessage: text.latin1Octets)
        let pdu = try masked(PDU(sequence: 1, isInbound ? .deliver(message) : .submit(message)))
        switch pdu.body {
        case .submit(let message), .deliver(let message): return String(latin1: message.shortMessage)
        default: throw PDUEncodingError(field: "", reason: "another body")
        }
    }

    @Test func passwordsAreMaskedAlways() throws {
        for showTexts in [false, true] {
            let bind = try masked(
                PDU(sequence: 1, .bind(.transceiver, BindRequest(systemID: "acme", password: "secret08"))),
                showTexts: showTexts)
            #expect(bind.body == .bind(.transceiver, BindRequest(systemID: "acme", password: "********")))
            let outbind = try masked(
                PDU(sequence: 1, .outbind(Outbind(systemID: "SMSC", password: "hush"))), showTexts: showTexts)
            #expect(outbind.body == .outbind(Outbind(systemID: "SMSC", password: "****")))
        }
    }

    /// A password that breaks its field is a password still.
    @Test(arguments: [false, true])
    func brokenBindsTellNothing(showTexts: Bool) {
        let body = Array("acme\0".utf8) + Array("verylongsecretpassword\0".utf8) + [0, 0x34, 0, 0, 0]
        for length in 5...body.count {
            let octets = Array(frame(.bindTransceiver, Array(body[..<length])).readableBytesView)
            let hidden = masked(octets, showTexts: showTexts)
            #expect(hidden.count == octets.count)
            #expect(!String(latin1: hidden).contains("v"), "\(length) octets")
        }
    }

    @Test func textsAndNumbersAreMasked() throws {
        #expect(try message("Code 1234") == "*********")
        #expect(try message("\u{0}H\u{0}i", dataCoding: 8) == "\u{0}*\u{0}*")
        let pdu = try masked(PDU(sequence: 7, .submit(Samples.message)))
        guard case .submit(let message) = pdu.body else { return }
        #expect(message.destination.value == "7916*****67" && message.source.value == "ACME")
        // The header stays, and tells what part it is.
        #expect(message.shortMessage == [0x05, 0x00, 0x03, 0x2A, 0x02, 0x01, 0, 0x2A, 0, 0x2A])
        #expect(message.tlvs == Samples.message.tlvs)
    }

    @Test func aFalseHeaderHidesNoText() throws {
        // It claims to be longer than the message; its elements do not fit; one of them is unknown.
        #expect(try message("\u{9}abc", esmClass: 0x40) == "****")
        #expect(try message("\u{4}\u{70}\u{9}abcdef", esmClass: 0x40) == "*********")
        #expect(try message("\u{5}\u{70}\u{3}abcdef", esmClass: 0x40) == "\u{5}\u{70}\u{3}******")
        #expect(try message("\u{9}\u{5}\u{7}secretsx", esmClass: 0x40) == "\u{9}\u{5}\u{7}********")
    }

    @Test func receiptsKeepTheirFields() throws {
        let fields = "id:0a1b-2c sub:001 dlvrd:001 submit date:2611241200 done date:2611241201 stat:DELIVRD err:000 "
        #expect(try message(fields + "text:Code 1234", esmClass: 4, isInbound: true) == fields + "**************")
        #expect(try message(fields, esmClass: 4, isInbound: true) == fields)
        #expect(try message("id:1 Meet me", esmClass: 4, isInbound: true) == "id:1 *******")
        #expect(
            try message("stat:Привет".map { $0.isASCII ? String($0) : "\u{FF}" }.joined(), esmClass: 4, isInbound: true)
                == String(repeating: "*", count: 11))
        // Without the flag it is somebody's text.
        #expect(try message("id:1 sub:001", isInbound: true) == "************")
        #expect(try message("id:1 sub:001", esmClass: 4) == "************")
    }

    @Test func parametersAreMaskedByWhatTheyHold() throws {
        let tlvs = [
            TLV(.messagePayload, Array("secret text".utf8)), TLV(TLVTag(rawValue: 0x0381), Array("0117916".utf8)),
            TLV(TLVTag(rawValue: 0x1400), Array("vendor".utf8)), TLV(.receiptedMessageID, Array("id7\0".utf8)),
        ]
        let message = ShortMessage(tlvs: tlvs)
        guard case .submit(let hidden) = try masked(PDU(sequence: 1, .submit(message))).body else { return }
        #expect(hidden.tlvs.map { String(latin1: $0.value) } == ["***********", "*******", "******", "id7\0"])
        guard case .submit(let shown) = try masked(PDU(sequence: 1, .submit(message)), showTexts: true).body else {
            return
        }
        #expect(shown.tlvs == tlvs)
        // Whatever stands behind a broken one is hidden with it.
        var octets = try encode(PDU(sequence: 1, .submit(message)))
        octets += [0x04, 0x24, 0x00, 0x99] + Array("leak".utf8)
        octets[3] += 8
        #expect(masked(octets).suffix(8) == Array("********".utf8)[...])
    }

    @Test func unknownBodiesAreHidden() throws {
        let octets = Array(frame(.submitMulti, Array("79161234567 secret".utf8)).readableBytesView)
        #expect(String(latin1: masked(octets).dropFirst(16)) == String(repeating: "*", count: 18))
        #expect(masked(octets, showTexts: true) == octets)
    }

    /// Lengths stay, and with them everything that is not private.
    @Test func everySampleStaysReadable() throws {
        for pdu in Samples.all {
            let octets = try encode(pdu)
            for showTexts in [false, true] {
                let hidden = masked(octets, showTexts: showTexts)
                #expect(hidden.count == octets.count)
                #expect(try decode(hidden).commandID == pdu.commandID)
                #expect(masked(hidden, showTexts: showTexts) == hidden)
            }
        }
    }

    @Test(arguments: UInt64(0)..<300)
    func anyFrameKeepsItsLengthAndHeader(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let octets = Array(generator.submitFrame().readableBytesView)
            let hidden = masked(octets)
            #expect(hidden.count == octets.count && hidden.prefix(16) == octets.prefix(16))
        }
    }
}
