import NIOCore
import SMPP
import SMPPWire
import Testing

@testable import Simulator

/// Each fault action over a real socket, by the endings that are always on.
@Suite(.timeLimit(.minutes(1)))
struct FaultTests {
    @Test(arguments: [
        ("79160660000", CommandStatus.ok), ("79160660011", .invalidDestinationAddress), ("79160660088", .throttled),
        ("79160661024", CommandStatus(rawValue: 0x400)), ("660001", .invalidMessageLength), ("66001", .ok),
        ("7916066001x", .ok),
    ])
    func statusEndings(destination: String, expected: CommandStatus) async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            let (status, response) = try await esme.submit(destination)
            #expect(status == expected)
            #expect(response.isHeaderOnly == (expected != .ok))
        }
    }

    @Test func aRefusalComesWithAnEmptyIDOrWithout() async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            let headerOnly = try await esme.submit("79160670004")
            #expect(headerOnly.0 == .invalidDestinationAddress && headerOnly.1.isHeaderOnly)
            let empty = try await esme.submit("79160670005")
            #expect(empty.0 == .invalidDestinationAddress && !empty.1.isHeaderOnly && empty.1.messageID.isEmpty)
            let statistics = await server.statistics()
            #expect(statistics.refused == 2 && statistics.statuses == [.invalidDestinationAddress: 2])
        }
    }

    @Test func silenceIsForTheOneMessageOnly() async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            try await esme.send(.submit(.to("79160670001")), .submit(.to("79160000000")))
            #expect(try await esme.nextPDU().sequence == 3)
            let statistics = await server.statistics()
            #expect(statistics.unanswered == 1 && statistics.accepted == 1)
        }
    }

    @Test func closeComesBehindTheAnswersBeforeIt() async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            try await esme.send(.submit(.to("79160000000")), .submit(.to("79160670002")), .submit(.to("79160000000")))
            #expect(try await esme.nextPDU().sequence == 2)
            #expect(await esme.next() == .closed)
            let statistics = await server.statistics()
            #expect(statistics.unanswered == 1 && statistics.accepted == 1 && statistics.openBinds == 0)
        }
    }

    @Test func resetIsSeenAsOne() async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            try await esme.send(.submit(.to("79160670003")))
            #expect(await esme.next() == .reset)
        }
    }

    @Test func genericNackCarriesTheSequence() async throws {
        try await withSimulator(SimulatorOptions(faults: [try FaultRule(parsing: "1=nack:8")])) { _, address in
            let esme = try await ESME.bound(address)
            let standard = try await esme.request(.submit(.to("79160670006")))
            #expect(standard == PDU(status: .invalidCommandID, sequence: 2, .genericNack))
            let own = try await esme.request(.submit(.to("79160000001")))
            #expect(own == PDU(status: .systemError, sequence: 3, .genericNack))
        }
    }

    @Test func aLateAnswerIsOvertaken() async throws {
        let rule = try FaultRule(parsing: "7=late:100ms")
        try await withSimulator(SimulatorOptions(faults: [rule], standardFaults: false)) { _, address in
            let esme = try await ESME.bound(address)
            let start = ContinuousClock.now
            try await esme.send(.submit(.to("79160670007")), .submit(.to("79160000000")))
            #expect(try await esme.nextPDU().sequence == 3)
            #expect(try await esme.nextPDU().sequence == 2)
            #expect(ContinuousClock.now - start >= .milliseconds(99))
        }
    }

    @Test func anAcceptedMessageMayHaveNoID() async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            let (status, response) = try await esme.submit("79160670008")
            #expect(status == .ok && response.messageID.isEmpty && !response.isHeaderOnly)
        }
    }

    @Test func anAnswerMayHaveOptionalParameters() async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            let (status, response) = try await esme.submit("79160670009")
            #expect(status == .ok && UInt64(response.messageID) != nil)
            #expect(response.tlvs.map(\.tag.rawValue) == [0x0428, 0x1400])
        }
    }

    @Test func onceIsByDestinationAndForAllBinds() async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            let other = try await ESME.bound(address)
            #expect(try await esme.submit("79160670010").0 == .throttled)
            #expect(try await other.submit("79160670010").0 == .ok)
            #expect(try await esme.submit("79160670010").0 == .ok)
            #expect(try await other.submit("79161670010").0 == .throttled)
        }
    }

    @Test func theSMSCUnbinds() async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            try await esme.send(.submit(.to("79160670011")))
            let answer = try await esme.nextPDU()
            #expect(answer.status == .ok && answer.commandID == .submitSMResponse)
            let unbind = try await esme.nextPDU()
            #expect(unbind.body == .unbind)
            #expect(await server.statistics().openBinds == 0)
            // It takes no message while it waits for the answer.
            #expect(try await esme.submit("79160000000").0 == .invalidBindStatus)
            var response = ByteBuffer()
            try PDUEncoder.encode(PDU(sequence: unbind.sequence, .unbindResponse), into: &response)
            try await esme.send(octets: Array(response.readableBytesView))
            #expect(await esme.next() == .closed)
        }
    }

    /// One message is open when the `unbind` comes, and the one that called for it: both answers follow.
    @Test(arguments: ["unbind-first:200ms", "unbind-first:0s"])
    func answersFollowTheUnbind(action: String) async throws {
        let options = SimulatorOptions(
            latency: .constant(.seconds(5)), faults: [try FaultRule(parsing: "7=\(action)")], standardFaults: false)
        try await withSimulator(options) { server, address in
            let esme = try await ESME.bound(address)
            let start = ContinuousClock.now
            let sequences = try await esme.send(.submit(.to("79160000000")), .submit(.to("79160000007")))
            let unbind = try await esme.nextPDU()
            #expect(unbind.body == .unbind)
            var answered: Set<UInt32> = []
            for _ in sequences {
                let answer = try await esme.nextPDU()
                #expect(answer.commandID == .submitSMResponse && answer.status == .ok)
                answered.insert(answer.sequence)
            }
            #expect(answered == Set(sequences))
            let waited = ContinuousClock.now - start
            #expect(waited < .seconds(4) && (waited >= .milliseconds(199) || action.hasSuffix(":0s")))
            #expect(try await esme.request(.enquireLink).commandID == .enquireLinkResponse)
            var response = ByteBuffer()
            try PDUEncoder.encode(PDU(sequence: unbind.sequence, .unbindResponse), into: &response)
            try await esme.send(octets: Array(response.readableBytesView))
            #expect(await esme.next() == .closed)
            #expect(await server.statistics().accepted == 2)
        }
    }

    @Test func whoeverAnswersTheUnbindTooSoonLosesTheAnswers() async throws {
        let options = SimulatorOptions(faults: [try FaultRule(parsing: "7=unbind-first:10s")], standardFaults: false)
        try await withSimulator(options) { _, address in
            let esme = try await ESME.bound(address)
            try await esme.send(.submit(.to("79160000007")))
            let unbind = try await esme.nextPDU()
            var response = ByteBuffer()
            try PDUEncoder.encode(PDU(sequence: unbind.sequence, .unbindResponse), into: &response)
            try await esme.send(octets: Array(response.readableBytesView))
            #expect(await esme.next() == .closed)
        }
    }

    /// All answers wait, the one to `enquire_link` and one that was due before its end as well.
    @Test func nothingIsAnsweredInAStall() async throws {
        var options = SimulatorOptions(latency: .constant(.milliseconds(50)), windowLimit: 2)
        options.stalls = [try FaultTime(parsing: "0s..600ms/60m")]
        try await withSimulator(options) { _, address in
            let start = ContinuousClock.now
            _ = try await ESME.bound(address)
            // The bind has waited; how soon it was asked for is the machine's.
            #expect(ContinuousClock.now - start >= .milliseconds(400))
        }
        options.stalls = [try FaultTime(parsing: "500ms..1500ms/60m")]
        try await withSimulator(options) { server, address in
            let start = ContinuousClock.now
            let esme = try await ESME.bound(address)
            try await Task.sleep(for: .milliseconds(700))
            try await esme.send(
                .submit(.to("79160000000")), .enquireLink, .submit(.to("79160000000")))
            try await Task.sleep(for: .milliseconds(200))
            // What waits for the end of the stall counts against the window.
            try await esme.send(.submit(.to("79160000000")))
            #expect(try await esme.nextPDU().commandID == .enquireLinkResponse)
            #expect(ContinuousClock.now - start >= .milliseconds(1300))
            var statuses: [CommandStatus] = []
            for _ in 0..<3 { statuses.append(try await esme.nextPDU().status) }
            #expect(statuses == [.ok, .ok, .messageQueueFull])
            #expect(await server.statistics().accepted == 2)
            #expect(try await esme.submit("79160000000").0 == .ok)
        }
    }

    @Test func garbageComes() async throws {
        try await withSimulator(SimulatorOptions(faults: [try FaultRule(parsing: "1=garbage")])) { _, address in
            let esme = try await ESME.bound(address)
            try await esme.send(.submit(.to("79160000001")))
            #expect(await esme.next() == .garbage)
        }
    }

    @Test func ownRulesStandBeforeStandardOnesAndStandardOnesCanGo() async throws {
        let rules = [try FaultRule(parsing: "670004=status:0x14"), try FaultRule(parsing: "04=status:0x58")]
        try await withSimulator(SimulatorOptions(faults: rules)) { _, address in
            let esme = try await ESME.bound(address)
            #expect(try await esme.submit("79160670004").0 == .messageQueueFull)
            #expect(try await esme.submit("79160000004").0 == .throttled)
        }
        try await withSimulator(SimulatorOptions(standardFaults: false)) { _, address in
            let esme = try await ESME.bound(address)
            for destination in ["79160670004", "79160660011", "79160670001"] {
                #expect(try await esme.submit(destination).0 == .ok)
            }
        }
    }
}
