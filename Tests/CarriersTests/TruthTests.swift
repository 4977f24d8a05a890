import Messaging
import NIOCore
import SMPP
import SMPPWire
import TestPrograms
import Testing

@testable import Carriers

/// What odd carriers send never costs a message its truth.
@Suite(.timeLimit(.minutes(1))) struct TruthTests {
    private static func response(_ sequence: UInt32, status: UInt32 = 0, _ body: [UInt8]) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeMultipleIntegers(UInt32(16 + body.count), UInt32(0x8000_0004), status, sequence)
        buffer.writeBytes(body)
        return Array(buffer.readableBytesView)
    }

    @Test func aLateResponseIsToldOnceAndFreesNoSlot() async throws {
        let log = EventLog()
        let rig = try await Rig.start(Script(submit: { $0.place != 2 ? .hold : .silent }), events: log) {
            $0.setup.limits.window = 1
            $0.setup.timings.response = .milliseconds(300)
            // Silence is what is tested here, not the end of the link.
            $0.setup.timings.enquireLinkUnanswered = 100
        }
        #expect(await rig.submit("a") == .sent([.unknown(.carrierTimeout)]))
        async let second = rig.submit("b")
        await rig.smsc.wait { $0.received.count == 2 }
        let late = PDU(
            sequence: rig.smsc.state.received[0].sequence, .submitResponse(MessageResponse(messageID: "late")))
        await rig.smsc.send(late)
        await rig.smsc.send(late)
        let status = try await rig.status { $0.binds[0].totals.segments.late == 1 && $0.binds[0].totals.misplaced == 1 }
        #expect(status.binds[0].window.inUse == 1, "the slot is the second message's")
        await rig.smsc.answerHeld()
        #expect(await second.isAccepted)
        let told = log.state.late
        #expect(told.count == 1)
        #expect(told.first?.messageID == "late" && told.first?.status == .ok && told.first?.segment == 0)
        let id = MessageID(rawValue: told.first?.tag ?? 0)
        let lines = log.state.lines.filter { $0.contains("a late response") }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("notice ") == true)
        #expect(id.map { lines.first?.contains("id=\($0)") == true } == true)
        #expect(lines.first?.contains("7916") == false)
        try await rig.end()
    }

    @Test(arguments: [
        ("missing NUL", Array("abc".utf8)), ("no body", []), ("an empty id", [0]),
        ("a torn TLV", Array("abc".utf8) + [0, 0x04, 0x24, 0, 9]),
        ("a long id", Array(repeating: 0x41, count: 200) + [0]),
    ])
    func aResponseWithAWrongBodyCountsByItsHeader(what: String, body: [UInt8]) async throws {
        let rig = try await Rig.start(
            Script(submit: { submit in submit.place < 2 ? .octets { Self.response($0, body) } : .accept })
        ) { $0.setup.limits.window = 1 }
        #expect(await rig.submit("a", "b").isAccepted, "\(what)")
        #expect(await rig.submit("c").isAccepted)
        let bind = try await rig.status().binds[0]
        #expect(bind.window.inUse == 0 && bind.totals.segments.accepted == 3)
        #expect(rig.smsc.state.connections == 1)
        try await rig.end()
    }

    @Test func unknownSequenceNumbersAreNobodys() async throws {
        let numbers: [UInt32] = [0, 1, 99, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF]
        let strangers = numbers.map { PDU(sequence: $0, .submitResponse(MessageResponse(messageID: "x"))) }
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .acceptAfter(strangers) : .accept })) {
            $0.setup.limits.window = 1
        }
        #expect(await rig.submit("a") == .sent([.accepted(messageID: "m0-2")]))
        #expect(await rig.submit("b").isAccepted)
        #expect(try await rig.status().binds[0].totals.misplaced == numbers.count)
        try await rig.end()
    }

    @Test func enquireLinkIsAnsweredInEveryState() async throws {
        let script = Script(
            bind: { _ in .acceptAfter([PDU(sequence: 101, .enquireLink)]) }, submit: { _ in .hold },
            beforeUnbindResponse: [PDU(sequence: 104, .enquireLink)])
        let rig = try await Rig.start(script)
        await rig.smsc.send(PDU(sequence: 102, .enquireLink))
        async let result = rig.submit("a")
        await rig.smsc.wait { $0.received.count == 1 }
        let stopped = rig.carrier.stop()
        try await rig.status { $0.binds[0].state == "draining" }
        await rig.smsc.send(PDU(sequence: 103, .enquireLink))
        await rig.smsc.wait { $0.responses.contains { $0.sequence == 103 } }
        await rig.smsc.answerHeld()
        #expect(await result.isAccepted)
        try await stopped.get()
        let answers = await rig.smsc.wait { $0.responses.count == 4 }.responses
        #expect(answers == (101...104).map { PDU(sequence: $0, .enquireLinkResponse) })
        try await rig.end()
    }

    @Test func thePDUOfTheLargestSizeIsRead() async throws {
        let rig = try await Rig.start()
        let body = [UInt8](repeating: 7, count: 65_536 - 16)
        await rig.smsc.send(PDU(sequence: 5, .unknown(CommandID(rawValue: 0x0000_0999), body)))
        let answers = await rig.smsc.wait { !$0.responses.isEmpty }.responses
        #expect(answers == [PDU(status: .invalidCommandID, sequence: 5, .genericNack)])
        #expect(await rig.submit("a").isAccepted)
        #expect(rig.smsc.state.connections == 1)
        try await rig.end()
    }

    /// What one read leaves of a PDU waits for the next one.
    @Test func aPDUMayComeInPieces() async throws {
        let rig = try await Rig.start(Script(submit: { _ in .accept }))
        let asked: (UInt8) -> [UInt8] = { [0, 0, 0, 16, 0, 0, 0, 0x15, 0, 0, 0, 0, 0, 0, 0, $0] }
        await rig.smsc.send(octets: asked(7) + Array(asked(8).prefix(5)))
        #expect(await rig.smsc.wait { !$0.responses.isEmpty }.responses.map(\.sequence) == [7])
        await rig.smsc.send(octets: Array(asked(8).dropFirst(5)) + asked(9))
        #expect(await rig.smsc.wait { $0.responses.count > 2 }.responses.map(\.sequence) == [7, 8, 9])
        try await rig.end()
    }

    @Test(
        arguments: [
            ("65,537 octets", [0, 1, 0, 1, 0, 0, 0, 0x15, 0, 0, 0, 0, 0, 0, 0, 9]),
            ("zero length", [0, 0, 0, 0, 0, 0, 0, 0x15]), ("fifteen", [0, 0, 0, 15, 0, 0, 0, 0x15]),
            ("garbage", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)),
        ] as [(String, [UInt8])])
    func whatIsNoPDUEndsTheConnectionOnly(what: String, octets: [UInt8]) async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .hold : .accept }))
        async let open = rig.submit("a")
        await rig.smsc.wait { $0.received.count == 1 }
        await rig.smsc.send(octets: octets)
        #expect(await open == .sent([.unknown(.connectionLost)]), "\(what)")
        let nacked = await rig.smsc.wait { !$0.responses.isEmpty }.responses
        #expect(nacked.first?.body == .genericNack)
        try await rig.bound()
        #expect(await rig.submit("b").isAccepted)
        #expect(try await rig.status().binds[0].history.contains { $0.failure != nil })
        try await rig.end()
    }

    @Test func aResponseBeforeTheEndOfTheConnectionCounts() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .acceptAndHalfClose : .accept }))
        #expect(await rig.submit("a").isAccepted)
        try await rig.status { $0.binds[0].history.contains { $0.failure?.code.rawValue == "closed" } }
        try await rig.bound()
        #expect(await rig.submit("b").isAccepted)
        try await rig.end()
    }

    /// What was accepted is told when its answer is read, before a receipt that comes right behind it, where receipts are asked for.
    @Test func acceptedSegmentsAreToldInTheOrderOfTheWire() async throws {
        let log = EventLog()
        let rig = try await Rig.start(events: log)
        #expect(await rig.submit("unasked").isAccepted)
        #expect(await rig.submit("a", "b", registered: 1).isAccepted)
        await rig.smsc.send(PDU(sequence: 7, .deliver(ShortMessage(esmClass: 4, shortMessage: [65]))))
        try await eventually("delivered") { !log.state.deliveries.isEmpty }
        let (told, delivery) = (log.state.accepted, log.state.deliveries[0])
        #expect(told.map(\.carrierID) == ["m0-3", "m0-4"] && told.map(\.segment) == [0, 1])
        #expect(told.allSatisfy { $0.destination == "79161234567" && $0.at <= delivery.at && $0.tag == told[0].tag })
        #expect(log.state.acceptedBefore == [2])
        // Nothing is under way.
        #expect(delivery.answeredUpTo == delivery.at)
        try await rig.end()
    }

    @Test func deliveriesAreAnsweredAndTold() async throws {
        let log = EventLog()
        let rig = try await Rig.start(events: log)
        await rig.smsc.send(PDU(sequence: 7, .deliver(ShortMessage(esmClass: 4, shortMessage: [65]))))
        await rig.smsc.send(PDU(sequence: 8, .data(DataMessage(tlvs: [TLV(.messagePayload, [66])]))))
        let answers = await rig.smsc.wait { $0.responses.count == 2 }.responses
        #expect(answers.map(\.status) == [.ok, .ok])
        try await rig.status { $0.binds[0].totals.delivered == 2 }
        let told = log.state.deliveries
        #expect(told.map(\.isData) == [false, true])
        #expect(told.allSatisfy { $0.carrier == "fake" && $0.bind == "1" })
        #expect(told.first?.message.shortMessage == [65])
        #expect(told.last?.message.tlvs[.messagePayload]?.value == [66])
        try await rig.end()
    }

    /// What cannot be read, or answers nothing, is told once an hour, whatever a carrier sends.
    @Test func oddPDUsAreToldOnce() async throws {
        let log = EventLog()
        let rig = try await Rig.start(events: log)
        for sequence in 1...20 as ClosedRange<UInt32> {
            await rig.smsc.send(PDU(sequence: sequence, .unbindResponse))
        }
        try await rig.status { $0.binds[0].totals.misplaced == 20 }
        let told = log.state.lines.filter { $0.hasPrefix("warning") && $0.contains("make no sense") }
        #expect(told.count == 1, "\(log.state.lines)")
        #expect(told.first?.contains("misplaced") == true)
        try await rig.end()
    }

    /// Where reading stopped with the first byte that the socket did not take, both sides waited for ever.
    @Test func aCarrierThatWritesItsAnswersBeforeItReads() async throws {
        let smsc = try BlockingSMSC()
        let rig = try await Rig.start(ready: false) {
            $0.setup.hosts = [HostPort(host: "127.0.0.1", port: smsc.port)]
            $0.setup.limits.window = 3_000
            $0.setup.timings.response = .seconds(30)
        }
        try await rig.bound()
        let long = [String](repeating: String(repeating: "x", count: 254), count: 3_000)
        let result = await rig.submit(long, within: .seconds(50))
        #expect(result.isAccepted)
        try await rig.carrier.stop().get()
        try await rig.smsc.stop()
        smsc.stop()
    }

    @Test func aCarrierThatReadsNothingIsADeadLink() async throws {
        let rig = try await Rig.start(Script(bind: { $0 == 0 ? .acceptAndReadNoMore : .accept() })) {
            $0.setup.limits.window = 30_000
            $0.setup.timings.response = .seconds(1)
        }
        let long = [String](repeating: String(repeating: "x", count: 254), count: 30_000)
        let result = await rig.submit(long, within: .seconds(10))
        guard case .sent(let outcomes) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(outcomes.allSatisfy { $0 == .unknown(.carrierTimeout) || $0 == .unknown(.connectionLost) })
        try await rig.status { $0.binds[0].history.contains { $0.failure?.code.rawValue == "timeout" } }
        try await rig.bound()
        #expect(await rig.submit("a").isAccepted)
        try await rig.carrier.stop().get()
        try await rig.smsc.stop()
    }
}
