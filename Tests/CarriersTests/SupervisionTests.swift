import NIOCore
import SMPP
import SMPPWire
import Synchronization
import Testing

@testable import Carriers

/// How binds come up, are told apart when they do not, and come back.
@Suite(.timeLimit(.minutes(1))) struct SupervisionTests {
    @Test(arguments: [
        (UInt32(0x05), "already_bound", 9.0...10.0), (0x0E, "credentials", 290...300), (0x0F, "credentials", 290...300),
        (0x53, "credentials", 290...300), (0x0D, "refused", 0...0.1), (0x08, "refused", 0...0.1),
    ])
    func refusedBinds(status: UInt32, code: String, wait: ClosedRange<Double>) async throws {
        let status = CommandStatus(rawValue: status)
        let rig = try await Rig.start(Script(bind: { _ in .refuse(status) }), ready: false)
        let bind = try await rig.status { $0.binds[0].state == "waiting" && $0.binds[0].failure != nil }.binds[0]
        #expect(bind.failure?.code.rawValue == code)
        #expect(wait.contains(bind.nextAttemptIn ?? -1))
        #expect(bind.failure?.words.en.contains(status.hex) == true)
        try await rig.end()
    }

    @Test func closedBeforeTheBindResponse() async throws {
        let rig = try await Rig.start(Script(bind: { $0 == 0 ? .close : .accept() }))
        #expect(rig.smsc.state.binds.count == 2)
        try await rig.end()
        let refused = try await Rig.start(Script(bind: { _ in .close }), ready: false)
        try await refused.status { $0.binds[0].failure?.code.rawValue == "allow_list" }
        try await refused.end()
    }

    @Test func aSilentBindIsGivenUp() async throws {
        let rig = try await Rig.start(Script(bind: { $0 == 0 ? .silent : .accept() })) {
            $0.setup.timings.bind = .milliseconds(200)
        }
        #expect(rig.smsc.state.connections >= 2)
        #expect(await rig.submit("a").isAccepted)
        try await rig.end()
    }

    @Test func aRestartedCarrierIsUsedAgain() async throws {
        let rig = try await Rig.start { $0.setup.binds = [BindPlan(kind: .transceiver, count: 2)] }
        for _ in 0..<3 {
            #expect(await rig.submit("a").isAccepted)
            try await rig.smsc.stop()
            try await rig.status { !$0.ready }
            #expect(!rig.carrier.isReady)
            #expect(await rig.submit("b") == .notSent(.noBind))
            try await rig.smsc.start(port: rig.port)
            try await rig.bound()
        }
        #expect(await rig.submit("c").isAccepted)
        try await rig.end()
    }

    @Test func waitingMessagesMoveToTheOtherBind() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place < 2 ? .hold : .accept })) {
            $0.setup.lanes = 1
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 2)]
            $0.setup.limits.window = 1
            $0.setup.timings.reconnectFirst = .seconds(30)
            $0.setup.timings.reconnectMax = .seconds(30)
        }
        async let results = rig.submitMany(6)
        await rig.smsc.wait { $0.received.count == 2 }
        try await rig.status { $0.binds.map(\.window.waiting).reduce(0, +) == 4 }
        await rig.smsc.closeOne()
        await rig.smsc.wait { $0.open == 1 }
        await rig.smsc.answerHeld()
        let all = await results
        #expect(all.count(where: \.isAccepted) == 5)
        #expect(all.count { $0 == .sent([.unknown(.connectionLost)]) } == 1)
        try await rig.end()
    }

    @Test func oneHostOfTwoIsDead() async throws {
        let dead = FakeSMSC()
        let deadPort = try await dead.start()
        try await dead.stop()
        let rig = try await Rig.start {
            $0.setup.hosts.insert(HostPort(host: "127.0.0.1", port: deadPort), at: 0)
            $0.setup.timings.reconnectFirst = .seconds(30)
        }
        #expect(await rig.submit("a").isAccepted)
        #expect(try await rig.status().binds[0].host == "127.0.0.1:\(rig.port)")
        try await rig.end()
    }

    @Test func nobodyListens() async throws {
        let rig = try await Rig.start(ready: false) { $0.setup.hosts = [HostPort(host: "127.0.0.1", port: 1)] }
        try await rig.status {
            $0.binds[0].failure?.code.rawValue == "connect_refused" && $0.binds[0].state == "waiting"
        }
        try await rig.end()
    }

    /// `bind_from` is of another machine (RFC 5737).
    @Test func anAddressThatIsNotOursIsToldAsSuch() async throws {
        let rig = try await Rig.start(ready: false) { $0.setup.bindFrom = "192.0.2.77" }
        try await rig.status { $0.binds[0].failure?.code == .localAddress }
        let failure = try await rig.status().binds[0].failure
        #expect(failure?.cause == .noSuchAddress("192.0.2.77"))
        #expect(failure?.words.en.contains("bind_from") == true)
        try await rig.end()
    }

    @Test func anUnknownNameIsToldAsSuch() async throws {
        let rig = try await Rig.start(ready: false) { $0.setup.hosts = [HostPort(host: "smsc.invalid", port: 2775)] }
        try await rig.status { $0.binds[0].failure?.code.rawValue == "dns" }
        try await rig.end()
    }

    @Test func unansweredEnquireLinksEndTheConnection() async throws {
        let rig = try await Rig.start(Script(answersEnquireLink: false)) {
            $0.setup.timings.enquireLinkEvery = .milliseconds(50)
        }
        await rig.smsc.wait { $0.connections >= 2 }
        #expect(rig.smsc.state.enquireLinks >= 2)
        try await rig.end()
    }

    @Test func answeredEnquireLinksKeepItAndAreTimed() async throws {
        let rig = try await Rig.start {
            $0.setup.timings.enquireLinkEvery = .milliseconds(20)
            // A busy machine may be late; the link must not be given up for that.
            $0.setup.timings.enquireLinkUnanswered = 100
        }
        await rig.smsc.wait { $0.enquireLinks >= 5 }
        #expect(rig.smsc.state.connections == 1)
        try await rig.status { ($0.binds[0].link.enquireLinkRTT ?? -1) >= 0 }
        try await rig.end()
    }

    @Test func theCarriersRequestsAreAnswered() async throws {
        let rig = try await Rig.start()
        let number = CommandID(rawValue: 0x0000_0999)
        await rig.smsc.send(PDU(sequence: 0xFFFF_FFFF, .enquireLink))
        await rig.smsc.send(PDU(sequence: 7, .deliver(ShortMessage(shortMessage: [65]))))
        await rig.smsc.send(PDU(sequence: 8, .unknown(number, [1, 2, 3])))
        let responses = await rig.smsc.wait { $0.responses.count == 3 }.responses
        #expect(responses[0] == PDU(sequence: 0xFFFF_FFFF, .enquireLinkResponse))
        // What a delivery carried must be safe first: others need not wait for that.
        let delivered = try #require(responses.first { $0.sequence == 7 })
        #expect(delivered.commandID == .deliverSMResponse)
        #expect(delivered.status == .ok)
        #expect(responses.contains(PDU(status: .invalidCommandID, sequence: 8, .genericNack)))
        #expect(await rig.submit("a").isAccepted)
        try await rig.end()
    }

    @Test func theCarriersUnbindIsAnsweredAndTheBindComesBack() async throws {
        let rig = try await Rig.start()
        await rig.smsc.send(PDU(sequence: 3, .unbind))
        await rig.smsc.wait { $0.responses == [PDU(sequence: 3, .unbindResponse)] && $0.binds.count == 2 }
        try await rig.bound()
        #expect(await rig.submit("a").isAccepted)
        try await rig.end()
    }

    @Test func theCarriersUnbindWaitsForOpenAnswers() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .hold : .accept })) {
            $0.setup.timings.unbind = .seconds(20)
        }
        async let open = rig.submit("a")
        await rig.smsc.wait { $0.received.count == 1 }
        await rig.smsc.send(PDU(sequence: 3, .unbind))
        try await rig.status { $0.binds[0].state == "draining" }
        #expect(await rig.submit("b") == .notSent(.noBind))
        #expect(rig.smsc.state.responses == [])
        await rig.smsc.answerHeld()
        #expect(await open.isAccepted)
        await rig.smsc.wait { $0.responses == [PDU(sequence: 3, .unbindResponse)] }
        try await rig.bound()
        #expect(await rig.submit("c").isAccepted)
        try await rig.end()
    }

    /// An answer behind the carrier's `unbind`, in one read with it.
    @Test func whatComesInOneReadWithUnbindCounts() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .silent : .accept }))
        async let open = rig.submit("a")
        let sequence = await rig.smsc.wait { $0.received.count == 1 }.received[0].sequence
        var octets = ByteBuffer()
        try PDUEncoder.encode(PDU(sequence: 3, .unbind), into: &octets)
        try PDUEncoder.encode(
            PDU(sequence: sequence, .submitResponse(MessageResponse(messageID: "x"))), into: &octets)
        await rig.smsc.send(octets: Array(octets.readableBytesView))
        #expect(await open == .sent([.accepted(messageID: "x")]))
        try await rig.bound()
        #expect(await rig.submit("b").isAccepted)
        try await rig.end()
    }

    @Test func impossiblePDUsChangeNothing() async throws {
        let oddities: [PDU] = [
            PDU(sequence: 1, .bindResponse(.receiver, BindResponse())), PDU(sequence: 77, .unbindResponse),
            PDU(sequence: 78, .submitResponse(MessageResponse(messageID: "nobody's"))),
            PDU(sequence: 79, .enquireLinkResponse), PDU(sequence: 80, .cancelResponse),
            PDU(status: .systemError, sequence: 0, .genericNack),
        ]
        let rig = try await Rig.start(
            Script(submit: { $0.place == 0 ? .acceptAfter(oddities) : .acceptTwice }))
        #expect(await rig.submit("a").isAccepted)
        #expect(await rig.submit("b").isAccepted)
        #expect(await rig.submit("c").isAccepted)
        #expect(rig.smsc.state.connections == 1)
        try await rig.end()
    }

    @Test func garbageEndsTheConnectionAndTheMessageIsUnknown() async throws {
        let rig = try await Rig.start(
            Script(submit: { $0.place == 0 ? .garbage([0, 0, 0, 3, 1, 2, 3, 4]) : .accept }))
        #expect(await rig.submit("a") == .sent([.unknown(.connectionLost)]))
        try await rig.bound()
        #expect(await rig.submit("b").isAccepted)
        try await rig.end()
    }

    @Test func stopWaitsForWhatIsOpen() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .hold : .accept })) {
            $0.setup.limits.window = 1
        }
        async let results = rig.submitMany(3)
        await rig.smsc.wait { $0.received.count == 1 }
        try await rig.status { $0.binds[0].window.waiting == 2 }
        let stopped = rig.carrier.stop()
        try await rig.status { $0.binds[0].state == "draining" }
        #expect(!rig.carrier.isReady)
        #expect(await rig.submit("late") == .notSent(.draining))
        await rig.smsc.answerHeld()
        #expect(await results.areAccepted)
        try await stopped.get()
        #expect(rig.smsc.state.unbinds == 1)
        #expect(try await rig.status().binds[0].state == "stopped")
        await rig.smsc.wait { $0.open == 0 }
        try await rig.end()
    }

    @Test func stopEndsThoughTheCarrierIsSilent() async throws {
        let rig = try await Rig.start(Script(answersUnbind: false)) { $0.setup.timings.unbind = .milliseconds(50) }
        try await rig.end()
        #expect(rig.smsc.state.unbinds == 1)
    }

    @Test func stopBeforeStartAndTwice() async throws {
        let rig = try await Rig.start(Script(bind: { _ in .refuse(.invalidPassword) }), ready: false)
        try await rig.carrier.stop().get()
        try await rig.carrier.stop().get()
        try await rig.end()
    }
}
