import NIOCore
import SMPP
import SMPPWire
import Testing

@testable import Simulator

/// What an SMSC meets from peers with mistakes.
@Suite(.timeLimit(.minutes(1)))
struct BrokenPDUTests {
    private static func header(_ length: UInt32, _ command: UInt32, _ sequence: UInt32) -> [UInt8] {
        [length, command, 0, sequence].flatMap { word in (0..<4).map { UInt8(word >> (24 - 8 * $0) & 0xFF) } }
    }

    @Test(arguments: [0x999 as UInt32, 0x7, 0x21, 0x5, 0xB, 0x102])
    func unknownCommandsGetAGenericNackAndTheBindStays(command: UInt32) async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            try await esme.send(octets: Self.header(16, command, 77))
            let answer = try await esme.nextPDU()
            #expect(answer.body == .genericNack && answer.sequence == 77 && answer.status != .ok)
            #expect(try await esme.submit("79160000000").0 == .ok)
            #expect(await server.statistics().brokenPDUs == 1)
        }
    }

    @Test func unknownCommandsAreTold() async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            try await esme.send(octets: Self.header(20, 0x999, 5) + [1, 2, 3, 4])
            #expect(try await esme.nextPDU() == PDU(status: .invalidCommandID, sequence: 5, .genericNack))
        }
    }

    @Test func responsesToNothingAreNotAnswered() async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            let commands: [UInt32] = [0x8000_0000, 0x8000_0015, 0x8000_0004, 0x8000_0006, 0x8000_0999]
            for command in commands { try await esme.send(octets: Self.header(16, command, 9)) }
            #expect(try await esme.request(.enquireLink).commandID == .enquireLinkResponse)
        }
    }

    @Test(arguments: [0 as UInt32, 15, 65_537, 0xFFFF_FFFF, 0x4745_5420])
    func aStreamThatIsNotSMPPIsClosed(length: UInt32) async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            try await esme.send(octets: Self.header(length, 4, 1))
            #expect(try await esme.nextPDU() == PDU(status: .invalidCommandLength, sequence: 0, .genericNack))
            #expect(await esme.next() == .closed)
            let statistics = await server.statistics()
            #expect(statistics.brokenStreams == 1 && statistics.openBinds == 0)
        }
    }

    @Test func everyTruncationOfASubmitIsAnsweredAndTheBindStays() async throws {
        var message = ShortMessage.to("79160000000", text: "hello, this is a message")
        message.tlvs = [TLV(.userMessageReference, 7 as UInt16)]
        var encoded = ByteBuffer()
        try PDUEncoder.encode(PDU(sequence: 1, .submit(message)), into: &encoded)
        let whole = Array(encoded.readableBytesView)
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            for length in 16..<whole.count {
                try await esme.send(octets: Self.header(UInt32(length), 4, UInt32(length)) + whole[16..<length])
                let answer = try await esme.nextPDU()
                #expect(answer.sequence == UInt32(length))
                // A PDU that ends with the text is whole: only its optional parameter is missing.
                #expect((answer.status == .ok) == (length == whole.count - 6), "\(length)")
            }
            #expect(try await esme.submit("79160000000").0 == .ok)
            #expect(await server.statistics().accepted == 2)
        }
    }

    @Test func aPeerThatLeavesInsideAPDUDisturbsNobody() async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            try await esme.send(octets: Array(Self.header(100, 4, 1).prefix(10)))
            try await esme.close()
            let other = try await ESME.bound(address)
            #expect(try await other.submit("79160000000").0 == .ok)
            #expect(await server.statistics().brokenStreams == 0)
        }
    }

    @Test func onePDUMayComeOctetByOctet() async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            for octet in Self.header(16, 0x15, 0xFFFF_FFFF) { try await esme.send(octets: [octet]) }
            #expect(try await esme.nextPDU() == PDU(sequence: 0xFFFF_FFFF, .enquireLinkResponse))
        }
    }

    @Test func theOutlineAgreesWithTheDecoder() throws {
        var message = ShortMessage.to("79160000000", text: "text")
        message.serviceType = "VMA"
        message.validityPeriod = "000001000000000R"
        message.tlvs = [TLV(.messagePayload, []), TLV(.userMessageReference, 7 as UInt16)]
        var encoded = ByteBuffer()
        try PDUEncoder.encode(PDU(sequence: 1, .submit(message)), into: &encoded)
        let octets = Array(encoded.readableBytesView)
        let destination = SubmitOutline(octets.span)?.destination
        #expect(destination.map { String(latin1: octets[$0]) } == "79160000000")
        // Shorter by any number of octets it is no whole PDU, except where an optional parameter goes missing.
        let whole = (16..<octets.count).filter { length in
            let part = Array(octets[..<length])
            return SubmitOutline(part.span) != nil
        }
        #expect(whole == [octets.count - 10, octets.count - 6])
        let header = [UInt8](repeating: 0, count: 16)
        let outline = SubmitOutline(header.span)
        #expect(outline == nil)
    }
}
