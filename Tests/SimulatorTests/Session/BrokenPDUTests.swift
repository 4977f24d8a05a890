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

    @Test(arguments: [0x999 as UInt32, 0x111, 0x5, 0xB, 0x102])
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
                #expect(answer.commandID == .submitSMResponse)
                // A PDU that ends with the text is whole: what follows costs only the optional parameter.
                #expect((answer.status == .ok) == (length >= whole.count - 6), "\(length)")
            }
            #expect(try await esme.submit("79160000000").0 == .ok)
            #expect(await server.statistics().accepted == 7)
        }
    }

    /// A fault of a field is told in the command's own response, with the field's status (SMPP 3.4 §4.3).
    @Test func faultsOfFieldsAreToldInTheCommandsOwnResponse() async throws {
        let long = [UInt8](repeating: 0x37, count: 25) + [0]
        let tail = [UInt8](repeating: 0, count: 12)
        let rows: [(CommandID, [UInt8], UInt32)] = [
            (.submitSM, [0, 1, 1] + long + [1, 1, 0x37, 0] + tail, 0x0A),
            (.submitSM, [0, 1, 1, 0, 1, 1] + long + tail, 0x0B),
            (.submitSM, [0, 1, 1, 0, 1, 1, 0] + tail, 0x0B),
            (
                .submitSM,
                [0, 1, 1, 0, 1, 1, 0x37, 0, 0, 0, 0, 0] + Array("a week from now!".utf8) + [0, 0, 0, 0, 0, 0], 0x62
            ),
            (
                .submitSM,
                [0, 1, 1, 0, 1, 1, 0x37, 0, 0, 0, 0] + Array("991399000000000+".utf8) + [0, 0, 0, 0, 0, 0, 0], 0x61
            ),
            (.dataSM, [0, 1, 1, 0, 1, 1, 0, 0, 0, 0], 0x0B),
            (.querySM, [UInt8](repeating: 0x31, count: 70) + [0, 0, 0, 0], 0x0C),
            (.submitMulti, [0, 1, 1, 0, 1, 1], 0x02),
            (.submitMulti, [0, 1, 1, 0, 0] + tail, 0x33),
            (.submitMulti, [0, 1, 1, 0, 1, 3] + tail, 0x40),
            (.submitMulti, [0, 1, 1, 0, 255] + (0..<255).flatMap { _ in [1, 1, 1, 0x37, 0] as [UInt8] } + tail, 0x33),
            // Nobody has such a message; and what is broken is answered as that (SMPP 3.4 §4.10).
            (.replaceSM, [0x78, 0, 1, 1, 0, 0, 0, 0, 0, 0], 0x0C),
            (.replaceSM, [0x39, 0, 1, 1, 0, 0, 0, 0, 0, 0], 0x0C),
            (.replaceSM, [0x78, 0, 1], 0x02),
        ]
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            for (command, body, status) in rows {
                try await esme.send(
                    octets: Self.header(UInt32(16 + body.count), command.rawValue, 7) + body)
                let answer = try await esme.nextPDU()
                #expect(answer.commandID == command.response, "\(command.name)")
                #expect(answer.status.rawValue == status, "\(command.name) \(answer.status.hex)")
            }
            #expect(try await esme.submit("79160000000").0 == .ok)
            let other = try await ESME(address)
            let bind = long.prefix(16) + [0, 0, 0, 0x34, 0, 0, 0]
            try await other.send(octets: Self.header(UInt32(16 + bind.count), 9, 1) + bind)
            let answer = try await other.nextPDU()
            #expect(answer.commandID == .bindTransceiverResponse && answer.status == .invalidSystemID)
        }
    }

    /// What the SMSC has taken is on its way: it is replaced no more.
    @Test func replaceFails() async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            let id = try await esme.submit("79160000000").1.messageID
            let body = Array(id.utf8) + [0, 1, 1, 0, 0, 0, 0, 0, 2, 0x68, 0x69]
            try await esme.send(octets: Self.header(UInt32(16 + body.count), 7, 9) + body)
            let answer = try await esme.nextPDU()
            #expect(answer.commandID == .replaceSMResponse && answer.status.rawValue == 0x13 && answer.sequence == 9)
        }
    }

    /// A `submit_multi` is as many messages as it has destinations, under one id (SMPP 3.4 §4.5).
    @Test func submitMultiIsAnsweredWithItsResponse() async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            var body: [UInt8] = [0, 5, 0] + Array("ACME".utf8) + [0, 3]
            for number in ["79160000001", "79160660011", "79160000002"] {
                body += [1, 1, 1] + Array(number.utf8) + [0]
            }
            body += [0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0x68, 0x69]
            try await esme.send(octets: Self.header(UInt32(16 + body.count), 0x21, 5) + body)
            let answer = try await esme.nextPDU()
            guard case .unknown(.submitMultiResponse, let octets) = answer.body else {
                Issue.record("\(answer)")
                return
            }
            #expect(answer.status == .ok && answer.sequence == 5)
            let failed = [1, 1, 1] + Array("79160660011".utf8) + [0, 0, 0, 0, 0x0B]
            #expect(Array(octets.suffix(failed.count)) == failed)
            #expect(octets.prefix { $0 != 0 }.count + 1 + failed.count == octets.count)
            let statistics = await server.statistics()
            #expect(statistics.accepted == 2 && statistics.refused == 1)
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
        // Cut inside the mandatory fields it is no whole PDU.
        let whole = (16..<octets.count).filter { length in
            let part = Array(octets[..<length])
            return SubmitOutline(part.span) != nil
        }
        #expect(whole == Array(octets.count - 10..<octets.count))
        let header = [UInt8](repeating: 0, count: 16)
        let outline = SubmitOutline(header.span)
        #expect(outline == nil)
    }
}
