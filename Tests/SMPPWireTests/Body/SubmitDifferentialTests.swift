import NIOCore
import SMPP
import Testing

@testable import SMPPWire

/// The Swift bodies of submit_sm and submit_sm_resp against libsmpp34's: the same octets, values and refusals.
@Suite struct SubmitDifferentialTests {
    @Test(arguments: UInt64(1)...8)
    func whatIsWritten(_ seed: UInt64) {
        var chance = SplitMix64(seed: seed &* 104_729)
        for _ in 0..<1_000 { compareWriting(chance.submitPDU()) }
    }

    /// Whole PDUs, cut, grown, changed and with fields that are too long.
    @Test(arguments: UInt64(1)...8)
    func whatIsRead(_ seed: UInt64) {
        var chance = SplitMix64(seed: seed &* 15_485_863)
        for _ in 0..<2_000 { compareReading(chance.submitFrame()) }
    }

    @Test func everyLengthOfEveryText() {
        for octet: UInt8 in [0x41, 0xE9] {
            for count in 0...70 {
                let text = String(latin1: [UInt8](repeating: octet, count: count))
                for message in [
                    ShortMessage(serviceType: text), ShortMessage(source: SMPPAddress(ton: 255, npi: 255, text)),
                    ShortMessage(destination: SMPPAddress(ton: 7, npi: 2, text)),
                    ShortMessage(scheduleDeliveryTime: text), ShortMessage(validityPeriod: text),
                ] {
                    compareWriting(PDU(sequence: 1, .submit(message)))
                }
                compareWriting(PDU(sequence: 1, .submitResponse(MessageResponse(messageID: text))))
            }
        }
    }

    /// What is no Latin-1, or a NUL, at each place of a text, and before and behind the place where it is too long.
    @Test func everyFaultOfATextInItsOrder() {
        for scalar in ["\u{0}", "Ж", "😀", "e\u{301}", "\u{FF}\u{100}"] {
            for place in 0...66 {
                let text = String(repeating: "1", count: place) + scalar + "22"
                compareWriting(PDU(sequence: 1, .submitResponse(MessageResponse(messageID: text))))
                compareWriting(PDU(sequence: 1, .submit(ShortMessage(source: SMPPAddress(text)))))
                compareWriting(PDU(sequence: 1, .submit(ShortMessage(validityPeriod: text))))
                compareWriting(
                    PDU(sequence: 1, .submit(ShortMessage(serviceType: text, destination: SMPPAddress(text)))))
            }
        }
    }

    @Test func everyLengthOfAMessage() {
        for count in 0...260 {
            let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            compareWriting(PDU(sequence: 1, .submit(ShortMessage(shortMessage: octets))))
            let body = Bodies.deliver.dropLast() + [UInt8(truncatingIfNeeded: count)]
            for there in [0, 1, count - 1, count, count + 1, count + 4] where there >= 0 {
                compareReading(frame(.submitSM, body + [UInt8](repeating: 0, count: there)))
            }
        }
    }

    @Test func everyLengthOfAnID() {
        for status: UInt32 in [0, 0x400] {
            for octet: UInt8 in [0x41, 0xE9] {
                for count in 0...300 {
                    let id = [UInt8](repeating: octet, count: count)
                    for tail in ["", "00", "00 0428 0001 50", "00 0428 0009 50", "00 00", "00 04280000"] {
                        compareReading(frame(.submitSMResponse, status: status, id + octets(tail)))
                    }
                }
            }
        }
    }

    @Test func everyCutOfAMessage() throws {
        let pdu = try encode(PDU(sequence: 1, .submit(Samples.message)))
        for count in 0...pdu.count {
            compareReading(buffer(Array(pdu.prefix(count))))
            guard count >= 16 else { continue }
            compareReading(frame(.submitSM, Array(pdu[16..<count])))
        }
    }

    /// A buffer that is no longer the only one, is too small, or has something before the PDU.
    @Test func whereverThePDUIsWritten() throws {
        let pdu = PDU(sequence: 3, .submit(Samples.message))
        let expected = try encode(pdu)
        for capacity in [0, 1, 64, 300, 2_000] {
            var target = ByteBufferAllocator().buffer(capacity: capacity)
            target.writeString("before")
            let copy = target
            try PDUEncoder.encode(pdu, into: &target)
            #expect(Array(target.readableBytesView) == Array("before".utf8) + expected)
            #expect(copy == ByteBuffer(string: "before"))
        }
    }

    private func compareWriting(_ pdu: PDU) {
        let library = written(pdu, by: BodyCodec.packByLibrary)
        if written(pdu, by: BodyCodec.pack) != library { Issue.record("\(pdu) is written otherwise than \(library)") }
        guard case .submit(let message) = pdu.body, pdu.status == .ok else { return }
        let direct = Result { () throws(PDUEncodingError) in
            var buffer = ByteBuffer(string: "before")
            defer { #expect(buffer.readString(length: 6) == "before") }
            try PDUEncoder.encode(submit: message, sequence: pdu.sequence, into: &buffer)
            return Array(buffer.readableBytesView.dropFirst(6))
        }
        if direct != library { Issue.record("\(pdu) is written otherwise than \(library) where no PDU is made") }
    }

    private func compareReading(_ frame: ByteBuffer) {
        let library = Reading(frame, by: BodyCodec.unpackByLibrary)
        // Somewhere inside a larger buffer nothing may be read that is not the PDU's.
        var outer = ByteBuffer(repeating: 0x41, count: 7)
        outer.writeImmutableBuffer(frame)
        outer.writeRepeatingByte(0, count: 300)
        outer.moveReaderIndex(forwardBy: 7)
        let inner = outer.readSlice(length: frame.readableBytes)
        for frame in [frame, inner ?? ByteBuffer()] {
            if Reading(frame, by: BodyCodec.unpack) != library {
                Issue.record("\(Array(frame.readableBytesView)) is read otherwise than \(library)")
            }
            guard let answer = PDUDecoder.submitResponse(frame) else { continue }
            let response = PDUBody.submitResponse(MessageResponse(messageID: answer.messageID))
            if library.pdu != PDU(status: answer.status, sequence: answer.sequence, response) {
                Issue.record("\(Array(frame.readableBytesView)) is read otherwise than \(library) as an answer")
            }
        }
    }

    /// The short way is the one that is taken.
    @Test func usualAnswersAreReadTheShortWay() {
        for id in ["", "1", "0123456789abcdef", String(repeating: "7", count: 64)] {
            let answer = PDUDecoder.submitResponse(frame(.submitSMResponse, Array(id.utf8) + [0]))
            #expect(answer?.messageID == id)
        }
        #expect(PDUDecoder.submitResponse(frame(.submitSMResponse, [UInt8](repeating: 0x37, count: 65) + [0])) == nil)
        #expect(PDUDecoder.submitResponse(frame(.submitSMResponse, [])) == nil)
        #expect(PDUDecoder.submitResponse(frame(.submitSM, [0x31, 0])) == nil)
    }

    private func written(
        _ pdu: PDU, by pack: (PDUBody, inout ByteBuffer) throws(PDUEncodingError) -> Void
    ) -> Result<[UInt8], PDUEncodingError> {
        Result { () throws(PDUEncodingError) in
            var buffer = ByteBuffer()
            try PDUEncoder.encode(pdu, into: &buffer, by: pack)
            return Array(buffer.readableBytesView)
        }
    }

    /// What became of a frame: a whole PDU or the refusal of it.
    private struct Reading: Equatable {
        var pdu: PDU?
        var refusal: PDUDecodingError?

        init(
            _ frame: ByteBuffer,
            by unpack: PDUDecoder.Unpack
        ) {
            do throws(PDUDecodingError) {
                pdu = try PDUDecoder.decode(frame, by: unpack)
            } catch {
                refusal = error
            }
        }
    }
}
