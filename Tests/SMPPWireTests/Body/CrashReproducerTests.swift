import CSMPP34
import Foundation
import NIOCore
import SMPP
import Synchronization
import Testing

@testable import SMPPWire

/// Inputs that corrupt memory or crash in libsmpp34 when it sees them.
@Suite struct CrashReproducerTests {
    /// A: many optional parameters overflow the library's log buffer, on the way in.
    @Test(arguments: [28, 29, 36, 64, 1000, 16_000])
    func manyParametersAreRead(_ count: Int) throws {
        let tlvs = [TLV](repeating: TLV(TLVTag(rawValue: 0x1400), []), count: count)
        let tail = [[UInt8]](repeating: [0x14, 0, 0, 0], count: count).flatMap { $0 }
        let message = octets("00 01 01 3100 01 01 3200 00 00 00 00 00 01 00 00 00 00")
        for id in [CommandID.deliverSM, .submitSM] {
            #expect(try PDUDecoder.decode(frame(id, sequence: 7, message + tail)).body.tlvs == tlvs)
        }
        #expect(try PDUDecoder.decode(frame(.bindTransceiverResponse, [0] + tail)).body.tlvs == tlvs)
        #expect(try PDUDecoder.decode(frame(.alertNotification, [0, 0, 0, 0, 0, 0] + tail)).body.tlvs == tlvs)
    }

    /// A, on the way out.
    @Test func manyParametersAreWritten() throws {
        let address = SMPPAddress(ton: 1, npi: 1, String(repeating: "7", count: 20))
        for count in [27, 28, 29, 64, 1000] {
            let tlvs = [TLV](repeating: TLV(TLVTag(rawValue: 0x1400), []), count: count)
            let pdu = PDU(sequence: 1, .submit(ShortMessage(source: address, destination: address, tlvs: tlvs)))
            #expect(try decode(try encode(pdu)) == pdu)
        }
    }

    /// A, with content that the peer chooses: the library never sees submit_multi and its response.
    @Test func addressListsAreLeftAlone() throws {
        let address = octets("01 01") + [UInt8](repeating: 0x41, count: 20) + [0]
        let multi = octets("00 01 01 3100 11") + (0..<17).flatMap { _ in [1] + address }
        let response = octets("6100 11") + (0..<17).flatMap { _ in address + octets("0000000B") }
        #expect(try PDUDecoder.decode(frame(.submitMulti, multi)).body == .unknown(.submitMulti, multi))
        #expect(
            try PDUDecoder.decode(frame(.submitMultiResponse, response)).body
                == .unknown(.submitMultiResponse, response))
    }

    /// B: reads past inputs shorter than a header.
    @Test func inputsShorterThanAHeader() {
        for octets: [UInt8] in [[], [0], [0, 0, 0, 16], [UInt8](repeating: 0, count: 15)] {
            #expect(throws: PDUDecodingError.self) { try decode(octets) }
            #expect(PDUAnnotation.describe(buffer(octets)).hasPrefix("not a PDU"))
            octets.withUnsafeBufferPointer { octets in
                var body = csmpp34_short_message()
                let size = MemoryLayout.size(ofValue: body)
                let report = csmpp34_unpack(CommandID.deliverSM.rawValue, octets.baseAddress, octets.count, &body, size)
                #expect(report.outcome == .truncated)
            }
        }
    }

    /// C: printing a parameter of 482 octets and more overflows the library's stack.
    @Test(arguments: [481, 482, 490, 1024, 1025, 60_000])
    func longPayloadsAreExplained(_ count: Int) throws {
        let tlv = octets("0424") + [UInt8(count >> 8), UInt8(count & 0xFF)] + [UInt8](repeating: 0x70, count: count)
        let pdu = frame(.deliverSM, Bodies.deliver + tlv)
        #expect(try PDUDecoder.decode(pdu).body.tlvs[.messagePayload]?.value.count == count)
        #expect(PDUAnnotation.describe(pdu).contains("\(count) octets of text"))
        #expect(PDUAnnotation.describe(pdu, revealSecrets: true).contains("\"pppp"))
    }

    /// D: a struct that is too small for the command, and a text without its NUL.
    @Test func callersMistakes() {
        let octets = frame(.deliverSM, Bodies.deliver)
        octets.withUnsafeReadableBytes { octets in
            var small = csmpp34_outbind()
            let size = MemoryLayout.size(ofValue: small)
            let report = csmpp34_unpack(
                CommandID.deliverSM.rawValue, octets.baseAddress?.assumingMemoryBound(to: UInt8.self), octets.count,
                &small, size)
            #expect(report.outcome == .noSuchBody)
        }
        var response = csmpp34_message_resp()
        withUnsafeMutableBytes(of: &response) { octets in
            for place in octets.indices { octets[place] = 0x41 }
        }
        let report = withUnsafeBytes(of: response) { body in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 640) {
                csmpp34_pack(
                    CommandID.submitSMResponse.rawValue, body.baseAddress, body.count, $0.baseAddress, $0.count)
            }
        }
        #expect(report.outcome == .tooLong)
    }

    /// E: two calls at once share the library's log pointer. Four threads corrupted memory within milliseconds.
    @Test func fourThreadsAtOnce() throws {
        let deliver = frame(
            .deliverSM,
            octets("00 01 01 3739313631323334353637 00 01 01 3739 00 04 00 00 00 00 01 00 00 00 02 6964 0427 0001 02"))
        let submit = PDU(sequence: 1, .submit(Samples.message))
        let expected = (try PDUDecoder.decode(deliver), try encode(submit))
        let wrong = Atomic<Int>(0)
        let group = DispatchGroup()
        for _ in 0..<4 {
            group.enter()
            let thread = Thread {
                for _ in 0..<5_000 {
                    let read = try? PDUDecoder.decode(deliver)
                    let written = try? encode(submit)
                    if read != expected.0 || written != expected.1 { wrong.add(1, ordering: .relaxed) }
                }
                group.leave()
            }
            thread.start()
        }
        group.wait()
        #expect(wrong.load(ordering: .relaxed) == 0)
    }
}
