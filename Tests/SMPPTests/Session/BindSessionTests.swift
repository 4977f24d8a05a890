import Testing

@testable import SMPP

@Suite struct BindSessionTests {
    private let start = MonotonicTime(nanoseconds: 100_000_000_000)
    private let request = BindRequest(systemID: "acme", password: "secret")

    private func session(hosts: Int = 1, kind: BindKind = .transceiver) -> BindTwin {
        BindTwin(BindSetup(kind: kind, request: request, hosts: hosts))
    }

    private func bound(hosts: Int = 1, tlvs: [TLV] = []) -> BindTwin {
        var session = session(hosts: hosts)
        _ = session.start(now: start)
        _ = session.connected(now: start)
        let response = PDU(sequence: 1, .bindResponse(.transceiver, BindResponse(systemID: "SMSC", tlvs: tlvs)))
        #expect(session.received(response, now: start, jitter: 0) == [])
        #expect(session.state == .bound)
        return session
    }

    // MARK: Life

    @Test func bindsAtOnce() {
        var session = session()
        #expect(session.start(now: start) == [.connect(host: 0)])
        #expect(session.state == .connecting(deadline: start + .seconds(10)))
        #expect(session.connected(now: start) == [.send(PDU(sequence: 1, .bind(.transceiver, request)))])
        #expect(session.state == .binding(sequence: 1, deadline: start + .seconds(10)))
        #expect(session.isReady == false)
        let response = PDU(sequence: 1, .bindResponse(.transceiver, BindResponse(systemID: "SMSC")))
        #expect(session.received(response, now: start, jitter: 0) == [])
        #expect(session.isReady == true)
        #expect(session.session.peerSystemID == "SMSC")
        #expect(session.nextDeadline == start + .seconds(30))
    }

    @Test func startsLaterWhereItIsTold() {
        var session = session()
        #expect(session.start(after: .seconds(1), now: start) == [])
        #expect(session.timerFired(now: start, jitter: 0) == [])
        #expect(session.timerFired(now: start + .seconds(1), jitter: 0) == [.connect(host: 0)])
        #expect(session.start(now: start) == [])
    }

    @Test func everyDeadlineEndsItsState() {
        var session = session()
        _ = session.start(now: start)
        #expect(session.timerFired(now: start + .seconds(10), jitter: 1) == [.close])
        #expect(session.lastFailure?.code == .timeout)
        #expect(session.state == .waiting(until: start + .seconds(11)))
        #expect(session.timerFired(now: start + .seconds(11), jitter: 1) == [.connect(host: 0)])
        _ = session.connected(now: start + .seconds(11))
        #expect(session.timerFired(now: start + .seconds(21), jitter: 1) == [.close])
        #expect(session.state == .waiting(until: start + .seconds(23)))
    }

    @Test func hostsAreTriedInTurnBeforeAWait() {
        var session = session(hosts: 3)
        let failure = BindFailure(.refused(.bindFailed))
        #expect(session.start(now: start) == [.connect(host: 0)])
        #expect(session.connectFailed(failure, now: start, jitter: 1) == [.connect(host: 1)])
        #expect(session.connectFailed(failure, now: start, jitter: 1) == [.connect(host: 2)])
        #expect(session.connectFailed(failure, now: start, jitter: 1) == [])
        #expect(session.state == .waiting(until: start + .seconds(1)))
        #expect(session.timerFired(now: start + .seconds(1), jitter: 1) == [.connect(host: 0)])
    }

    @Test(arguments: [
        (UInt32(0x05), "already_bound", 10), (0x0E, "credentials", 300), (0x0F, "credentials", 300),
        (0x53, "credentials", 300), (0x0D, "refused", 1), (0x08, "refused", 1), (0x400, "refused", 1),
    ])
    func refusedBindsAreToldApart(status: UInt32, code: String, wait: Int) {
        var session = session()
        _ = session.start(now: start)
        _ = session.connected(now: start)
        let status = CommandStatus(rawValue: status)
        let response = PDU(status: status, sequence: 1, .bindResponse(.transceiver, BindResponse()))
        #expect(session.received(response, now: start, jitter: 1) == [.close])
        #expect(session.state == .waiting(until: start + .seconds(wait)))
        #expect(session.lastFailure?.code.rawValue == code)
        #expect(session.lastFailure?.status == status)
        #expect(session.lastFailure?.words.en.contains(status.hex) == true)
    }

    @Test func anOldSessionIsWaitedForPatiently() {
        var session = session(hosts: 2)
        var now = start
        var waits: [Duration] = []
        _ = session.start(now: now)
        for _ in 0..<6 {
            _ = session.connected(now: now)
            let refused = PDU(status: .alreadyBound, sequence: 1, .bindResponse(.transceiver, BindResponse()))
            #expect(session.received(refused, now: now, jitter: 0) == [.close])
            let until = session.nextDeadline!
            waits.append(until - now)
            now = until
            #expect(session.timerFired(now: now, jitter: 0) == [.connect(host: 0)])
        }
        #expect(waits == [10, 20, 40, 80, 120, 120].map { Duration.seconds($0) })
    }

    @Test func closedBeforeTheResponseIsProbablyAnAllowList() {
        var session = session()
        _ = session.start(now: start)
        _ = session.connected(from: "192.0.2.7", now: start)
        let failure = BindFailure(.closed)
        #expect(session.disconnected(failure, now: start, jitter: 1) == [])
        #expect(session.lastFailure == BindFailure(.closedBeforeBindResponse(from: "192.0.2.7")))
        #expect(session.lastFailure?.words.en.contains("our address 192.0.2.7 is not on") == true)
        #expect(session.lastFailure?.code == .allowList)
    }

    @Test func aLostBindComesBackSoonAndAtTheSameHost() {
        var session = bound(hosts: 2)
        let end = start + .seconds(60)
        #expect(session.disconnected(BindFailure(.reset), now: end, jitter: 0) == [])
        #expect(session.state == .waiting(until: end + .milliseconds(500)))
        #expect(session.timerFired(now: end + .milliseconds(500), jitter: 0) == [.connect(host: 0)])
    }

    @Test func aBindThatDropsAtOnceGoesToTheNextHost() {
        var session = bound(hosts: 2)
        let closed = BindFailure(.closed)
        #expect(session.disconnected(closed, now: start + .seconds(1), jitter: 0) == [.connect(host: 1)])
        #expect(session.state.name == "connecting")
    }

    /// Back-off starts anew only after the bind stayed up.
    @Test func aBindThatDropsAgainAndAgainIsTriedLessOften() {
        var session = bound()
        var now = start
        var waits: [Duration] = []
        for uptime in [1, 1, 1, 59, 1, 60, 1] {
            now = now + .seconds(uptime)
            _ = session.disconnected(BindFailure(.closed), now: now, jitter: 1)
            let due = session.nextDeadline!
            waits.append(due - now)
            now = due
            _ = session.timerFired(now: now, jitter: 1)
            _ = session.connected(now: now)
            _ = session.received(PDU(sequence: 1, .bindResponse(.transceiver, BindResponse())), now: now, jitter: 1)
            #expect(session.state == .bound)
        }
        #expect(waits == [1, 2, 4, 8, 16, 1, 2].map { Duration.seconds($0) })
    }

    // MARK: enquire_link and unbind

    @Test func asksAndGivesUpAfterTwoUnanswered() {
        var session = bound()
        #expect(session.timerFired(now: start + .seconds(30), jitter: 0) == [.send(PDU(sequence: 2, .enquireLink))])
        #expect(session.timerFired(now: start + .seconds(40), jitter: 0) == [.send(PDU(sequence: 3, .enquireLink))])
        #expect(session.timerFired(now: start + .seconds(50), jitter: 0) == [.close])
        #expect(session.lastFailure?.code == .enquire)
    }

    @Test func anAnswerWithTheWrongSequenceNumberOrANackIsAnAnswer() {
        for answer in [PDU(sequence: 99, .enquireLinkResponse), PDU(sequence: 2, .genericNack)] {
            var session = bound()
            _ = session.timerFired(now: start + .seconds(30), jitter: 0)
            #expect(session.received(answer, now: start + .seconds(31), jitter: 0) == [])
            #expect(session.nextDeadline == start + .seconds(60))
        }
    }

    @Test func answersEnquireLinkInEveryConnectedState() {
        let enquire = PDU(sequence: 0xFFFF_FFFF, .enquireLink)
        let answer = BindAction.send(PDU(sequence: 0xFFFF_FFFF, .enquireLinkResponse))
        var session = session()
        #expect(session.received(enquire, now: start, jitter: 0) == [])
        _ = session.start(now: start)
        #expect(session.received(enquire, now: start, jitter: 0) == [])
        _ = session.connected(now: start)
        #expect(session.received(enquire, now: start, jitter: 0) == [answer])
        session = bound()
        #expect(session.received(enquire, now: start, jitter: 0) == [answer])
        #expect(session.submit(deadline: start + .seconds(12), now: start).key != nil)
        #expect(session.nextWrite(now: start) != nil)
        _ = session.stop(now: start)
        #expect(session.received(enquire, now: start, jitter: 0) == [answer])
        _ = session.timerFired(now: start + .seconds(5), jitter: 0)
        #expect(session.state.name == "unbinding")
        #expect(session.received(enquire, now: start, jitter: 0) == [answer])
        let broken = session.receivedBroken(
            .enquireLink, status: .ok, sequence: 7, problem: .invalidCommandLength, now: start, jitter: 0)
        #expect(broken == [.send(PDU(sequence: 7, .enquireLinkResponse))])
    }

    @Test func thePeersUnbindIsAnsweredAtOnceWhereNothingIsOpen() {
        var session = bound()
        #expect(
            session.received(PDU(sequence: 5, .unbind), now: start, jitter: 1) == [
                .send(PDU(sequence: 5, .unbindResponse)), .close,
            ])
        #expect(session.state == .waiting(until: start + .seconds(1)))
        #expect(session.lastFailure?.code == .unbind)
    }

    @Test func thePeersUnbindWaitsForOpenAnswers() {
        var session = bound()
        let key = session.submit(segments: 2, deadline: start + .seconds(12), now: start).key!
        let first = session.nextWrite(now: start)!
        #expect(session.received(PDU(sequence: 5, .unbind), now: start, jitter: 1) == [])
        #expect(session.state.name == "draining")
        #expect(session.isReady == false)
        #expect(session.nextWrite(now: start) == nil, "nothing is asked any more")
        #expect(
            session.answered(first.sequence, now: start + .seconds(1)) == [
                .send(PDU(sequence: 5, .unbindResponse)), .close,
            ])
        #expect(session.steps().contains(.complete(key, [.accepted(messageID: "a"), .notSent])))
        #expect(session.state.name == "waiting")
        #expect(session.lastFailure?.code == .unbind)
    }

    @Test func thePeersUnbindIsNotPutOffForEver() {
        var session = bound()
        let key = session.submit(deadline: start + .seconds(12), now: start).key!
        _ = session.nextWrite(now: start)
        session.flush(now: start)
        _ = session.received(PDU(sequence: 5, .unbind), now: start, jitter: 1)
        #expect(
            session.timerFired(now: start + .milliseconds(4999), jitter: 1) == [], "timeouts.unbind is not over")
        #expect(
            session.timerFired(now: start + .seconds(5), jitter: 1) == [
                .send(PDU(sequence: 5, .unbindResponse)), .close,
            ])
        guard case .complete(key, let outcomes)? = session.steps().first, case .unknown = outcomes[0] else {
            Issue.record("not told as unknown")
            return
        }
    }

    @Test func thePeersUnbindEndsAStop() {
        var session = bound()
        _ = session.submit(deadline: start + .seconds(12), now: start).key!
        let write = session.nextWrite(now: start)!
        #expect(session.stop(now: start) == [])
        #expect(session.received(PDU(sequence: 5, .unbind), now: start, jitter: 1) == [])
        #expect(
            session.answered(write.sequence, now: start) == [
                .send(PDU(sequence: 5, .unbindResponse)), .close, .stopped,
            ])
        #expect(session.state == .stopped)
    }

    @Test func whatNeverLeftIsNotSent() {
        var session = bound()
        let left = session.submit(deadline: start + .seconds(12), now: start).key!
        _ = session.nextWrite(now: start)
        session.flush(now: start)
        let kept = session.submit(deadline: start + .seconds(12), now: start).key!
        _ = session.nextWrite(now: start)
        _ = session.disconnected(BindFailure(.reset), now: start, jitter: 1)
        let steps = session.steps()
        #expect(steps.contains(.complete(left, [.unknown(.connectionLost)])))
        #expect(steps.contains(.notSent(kept, CarrierRefusal(.noBind))))
    }

    @Test func stopDrainsUnbindsAndCloses() {
        var session = bound()
        let key = session.submit(deadline: start + .seconds(12), now: start).key!
        let write = session.nextWrite(now: start)!
        #expect(session.stop(now: start) == [])
        #expect(session.isReady == false)
        #expect(session.submit(deadline: start + .seconds(12), now: start).key == nil)
        let answer = PDU(sequence: write.sequence, .submitResponse(MessageResponse(messageID: "x")))
        #expect(session.received(answer, now: start, jitter: 0) == [.send(PDU(sequence: 3, .unbind))])
        #expect(session.steps().contains(.complete(key, [.accepted(messageID: "x")])))
        #expect(session.received(PDU(sequence: 3, .unbindResponse), now: start, jitter: 0) == [.close, .stopped])
        #expect(session.state == .stopped)
        #expect(session.stop(now: start) == [])
    }

    @Test func nothingIsAskedAfterUnbind() {
        var session = bound()
        #expect(session.stop(now: start + .seconds(29)) == [.send(PDU(sequence: 2, .unbind))])
        #expect(session.timerFired(now: start + .seconds(31), jitter: 0) == [])
        #expect(session.nextDeadline == start + .seconds(34))
    }

    @Test func stopDoesNotWaitForEver() {
        var session = bound()
        let key = session.submit(deadline: start + .seconds(60), now: start).key!
        _ = session.nextWrite(now: start)
        session.flush(now: start)
        _ = session.stop(now: start)
        let actions = session.timerFired(now: start + .seconds(5), jitter: 0)
        guard actions.count == 1, case .send(let pdu) = actions[0], pdu.body == .unbind else {
            Issue.record("no unbind but \(actions)")
            return
        }
        #expect(session.steps().contains(.complete(key, [.unknown(.carrierTimeout)])))
        #expect(session.timerFired(now: start + .seconds(10), jitter: 0) == [.close, .stopped])
    }

    @Test func stopEndsEveryOtherStateAtOnce() {
        var idle = session()
        #expect(idle.stop(now: start) == [.stopped])
        var connecting = session()
        _ = connecting.start(now: start)
        #expect(connecting.stop(now: start) == [.close, .stopped])
        #expect(connecting.connected(now: start) == [])
        var waiting = bound()
        _ = waiting.disconnected(BindFailure(.reset), now: start, jitter: 0)
        #expect(waiting.stop(now: start) == [.stopped])
        #expect(waiting.nextDeadline == nil)
        #expect(waiting.timerFired(now: start + .seconds(99), jitter: 0) == [])
    }

    // MARK: Peers' mistakes

    @Test func aNackForASubmitIsItsRefusal() {
        var session = bound()
        let key = session.submit(deadline: start + .seconds(12), now: start).key!
        let write = session.nextWrite(now: start)!
        let nack = PDU(status: .invalidCommandID, sequence: write.sequence, .genericNack)
        #expect(session.received(nack, now: start, jitter: 0) == [])
        #expect(session.steps() == [.complete(key, [.refused(.invalidCommandID)])])
        #expect(session.state == .bound)
    }

    @Test func aNackForTheBindIsItsRefusal() {
        var session = session()
        _ = session.start(now: start)
        _ = session.connected(now: start)
        let nack = PDU(status: .invalidCommandID, sequence: 1, .genericNack)
        #expect(session.received(nack, now: start, jitter: 1) == [.close])
        #expect(session.lastFailure?.code == .refused)
    }

    @Test func unreadableAnswersStillAnswer() {
        var session = bound()
        let key = session.submit(deadline: start + .seconds(12), now: start).key!
        let write = session.nextWrite(now: start)!
        let actions = session.receivedBroken(
            .submitSMResponse, status: .ok, sequence: write.sequence, problem: .invalidCommandLength, now: start,
            jitter: 0)
        #expect(actions == [])
        #expect(session.steps() == [.complete(key, [.accepted(messageID: "")])])
    }

    @Test func unknownAndUnreadableRequestsAreRefused() {
        var session = bound()
        let unknown = PDU(sequence: 8, .unknown(CommandID(rawValue: 0x999), [1, 2]))
        let nack = BindAction.send(PDU(status: .invalidCommandID, sequence: 8, .genericNack))
        #expect(session.received(unknown, now: start, jitter: 0) == [nack])
        let answer = PDU(sequence: 8, .unknown(CommandID(rawValue: 0x8000_0999), []))
        #expect(session.received(answer, now: start, jitter: 0) == [])
        let problem = CommandStatus(rawValue: 0xC0)
        let broken = session.receivedBroken(
            .deliverSM, status: .ok, sequence: 9, problem: problem, now: start, jitter: 0)
        let empty = MessageResponse()
        #expect(broken == [.send(PDU(status: problem, sequence: 9, .deliverResponse(empty)))])
        let data = session.receivedBroken(.dataSM, status: .ok, sequence: 9, problem: problem, now: start, jitter: 0)
        #expect(data == [.send(PDU(status: problem, sequence: 9, .dataResponse(empty)))])
        let alert = session.receivedBroken(
            .alertNotification, status: .ok, sequence: 9, problem: problem, now: start, jitter: 0)
        #expect(alert == [])
        let outbind = PDU(sequence: 1, .outbind(Outbind(systemID: "SMSC", password: "x")))
        #expect(
            session.received(outbind, now: start, jitter: 0)
                == [.send(PDU(status: .invalidBindStatus, sequence: 1, .genericNack))])
        #expect(session.state == .bound)
        #expect(session.misplaced == 6)
    }

    @Test func aBrokenStreamIsLeft() {
        var session = bound()
        let nack = PDU(status: .invalidCommandLength, sequence: 0, .genericNack)
        #expect(session.streamBroken(commandLength: 3, now: start, jitter: 1) == [.send(nack), .close])
        #expect(session.lastFailure?.code == .protocolError)
    }

    @Test func anOlderPeerGetsNoTLVs() {
        #expect(bound().session.allowsTLVs == true)
        #expect(bound(tlvs: [TLV(.interfaceVersion, UInt8(0x34))]).session.allowsTLVs == true)
        #expect(bound(tlvs: [TLV(.interfaceVersion, UInt8(0x50))]).session.allowsTLVs == true)
        #expect(bound(tlvs: [TLV(.interfaceVersion, UInt8(0x33))]).session.allowsTLVs == false)
    }

    @Test func congestionIsReadFromResponses() {
        var session = bound()
        _ = session.submit(deadline: start + .seconds(12), now: start).key!
        let write = session.nextWrite(now: start)!
        let response = MessageResponse(messageID: "x", tlvs: [TLV(.congestionState, UInt8(95))])
        _ = session.received(PDU(sequence: write.sequence, .submitResponse(response)), now: start, jitter: 0)
        let telling = session.scheduler.telling(now: start)
        #expect(telling.congestion == 95)
    }

    @Test func aReceiverTakesNoMessages() {
        var session = session(kind: .receiver)
        _ = session.start(now: start)
        _ = session.connected(now: start)
        _ = session.received(PDU(sequence: 1, .bindResponse(.receiver, BindResponse())), now: start, jitter: 0)
        #expect(session.state == .bound)
        #expect(session.isReady == false)
    }

    @Test func descriptionsHoldNoSecret() {
        #expect(!"\(session().session.setup.request)".contains("secret"))
    }
}
