import Testing

@testable import SMPP

@Suite struct BindSupervisionTests {
    private let start = MonotonicTime(nanoseconds: 100_000_000_000)
    private let request = BindRequest(systemID: "acme", password: "secret")

    private func bound(hosts: Int = 1) -> BindTwin {
        var session = BindTwin(BindSetup(kind: .transceiver, request: request, hosts: hosts))
        _ = session.start(now: start)
        bind(&session, at: start)
        return session
    }

    private func bind(_ session: inout BindTwin, at now: MonotonicTime) {
        guard case .send(let pdu)? = session.connected(now: now).first else {
            Issue.record("no bind request")
            return
        }
        let response = PDU(sequence: pdu.sequence, .bindResponse(.transceiver, BindResponse()))
        #expect(session.received(response, now: now, jitter: 0) == [])
        #expect(session.state == .bound)
    }

    private func write(_ session: inout BindTwin, at now: MonotonicTime) -> CarrierWrite {
        _ = session.submit(deadline: now + .seconds(30), tag: 9, now: now)
        let write = session.nextWrite(now: now)!
        session.flush(now: now)
        return write
    }

    // MARK: Suspicion

    @Test func silenceAfterARequestIsSuspect() {
        var session = bound()
        _ = write(&session, at: start + .seconds(1))
        let actions = session.timerFired(now: start + .seconds(6), jitter: 0)
        #expect(actions.last == .send(PDU(sequence: 3, .enquireLink)))
        #expect(session.isSuspect == true && session.isReady == true)
        // The answer to enquire_link is waited for as long as any other.
        #expect(session.nextDeadline == start + .seconds(11))
        #expect(session.timerFired(now: start + .seconds(11), jitter: 0) == [.send(PDU(sequence: 4, .enquireLink))])
        #expect(session.timerFired(now: start + .seconds(16), jitter: 0) == [.close])
        #expect(session.lastFailure?.code == .enquire)
        #expect(session.isSuspect == false)
    }

    @Test func anythingThatComesEndsTheSuspicion() {
        for pdu in [PDU(sequence: 3, .enquireLinkResponse), PDU(sequence: 50, .enquireLink)] {
            var session = bound()
            _ = write(&session, at: start + .seconds(1))
            _ = session.timerFired(now: start + .seconds(6), jitter: 0)
            #expect(session.isSuspect == true)
            _ = session.received(pdu, now: start + .seconds(7), jitter: 0)
            #expect(session.isSuspect == false)
            #expect(session.timerFired(now: start + .seconds(11), jitter: 0) == [])
            #expect(session.session.lastReceivedAt == start + .seconds(7))
        }
    }

    @Test func aLostResponseAmongOthersIsNotSuspect() {
        var session = bound()
        _ = write(&session, at: start + .seconds(1))
        _ = session.received(PDU(sequence: 50, .enquireLink), now: start + .seconds(2), jitter: 0)
        let actions = session.timerFired(now: start + .seconds(6), jitter: 0)
        #expect(actions == [])
        #expect(session.steps().count == 1, "the message's outcome only")
        #expect(session.isSuspect == false)
    }

    @Test func aMissedEnquireLinkIsSuspect() {
        var session = bound()
        _ = session.timerFired(now: start + .seconds(30), jitter: 0)
        #expect(session.isSuspect == false)
        _ = session.timerFired(now: start + .seconds(40), jitter: 0)
        #expect(session.isSuspect == true)
    }

    @Test func aDarkHostIsLeftForAnotherAtOnce() {
        var session = bound(hosts: 2)
        _ = session.timerFired(now: start + .seconds(30), jitter: 0)
        _ = session.timerFired(now: start + .seconds(40), jitter: 0)
        #expect(session.timerFired(now: start + .seconds(50), jitter: 0) == [.close, .connect(host: 1)])
        #expect(session.history.last?.failure?.code == .enquire)
    }

    // MARK: Refused connections

    @Test func aKilledCarrierIsFoundAgainSoon() {
        var session = bound()
        var now = start
        _ = session.disconnected(BindFailure(.closed), now: now, jitter: 1)
        for _ in 0..<200 {
            let due = session.nextDeadline!
            #expect(due - now <= .seconds(1))
            now = due
            #expect(session.timerFired(now: now, jitter: 1) == [.connect(host: 0)])
            #expect(
                session.connectFailed(BindFailure(.connectRefused), now: now, jitter: 1) == [])
        }
        #expect(session.changeCounts[BindChangeKey(to: "waiting", reason: .connectRefused)] == 200)
    }

    @Test func otherFailuresStillMakeTheWaitGrow() {
        var session = BindTwin(BindSetup(kind: .transceiver, request: request))
        var now = start
        var waits: [Duration] = []
        _ = session.start(now: now)
        for _ in 0..<8 {
            _ = session.connectFailed(BindFailure(.connectTimeout(.seconds(10))), now: now, jitter: 1)
            waits.append(session.nextDeadline! - now)
            now = session.nextDeadline!
            _ = session.timerFired(now: now, jitter: 1)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60].map { Duration.seconds($0) })
    }

    // MARK: History

    @Test func changesAreKeptWithTheirReasons() {
        var session = bound()
        _ = session.disconnected(BindFailure(.reset), now: start + .seconds(1), jitter: 1)
        #expect(
            session.history == [
                BindChange(state: "connecting", at: start), BindChange(state: "binding", at: start),
                BindChange(state: "bound", at: start),
                BindChange(state: "waiting", failure: BindFailure(.reset), at: start + .seconds(1)),
            ])
        for step in 0..<50 {
            let now = start + .seconds(100 + step * 100)
            _ = session.timerFired(now: now, jitter: 1)
            bind(&session, at: now)
            _ = session.disconnected(BindFailure(.reset), now: now, jitter: 1)
        }
        #expect(session.history.count == 20)
        #expect(session.history.last?.at == start + .seconds(5000))
        #expect(session.changeCounts[BindChangeKey(to: "bound")] == 51)
        #expect(session.changeCounts[BindChangeKey(to: "waiting", reason: .reset)] == 51)
    }

    @Test func aStoppedBindMayBeStartedAnew() {
        var session = bound()
        guard case .send(let unbind)? = session.stop(now: start).first else {
            Issue.record("no unbind")
            return
        }
        #expect(
            session.received(PDU(sequence: unbind.sequence, .unbindResponse), now: start, jitter: 0) == [
                .close, .stopped,
            ])
        #expect(session.start(now: start + .seconds(1)) == [.connect(host: 0)])
        bind(&session, at: start + .seconds(1))
        #expect(session.isReady == true)
        #expect(
            session.history.map(\.state).suffix(6) == [
                "draining", "unbinding", "stopped", "connecting", "binding", "bound",
            ])
    }

    // MARK: Late responses

    @Test func aNackMayComeLateToo() {
        var session = bound()
        let write = write(&session, at: start)
        _ = session.timerFired(now: start + .seconds(5), jitter: 0)
        let nack = PDU(status: .invalidCommandID, sequence: write.sequence, .genericNack)
        let late = LateResponse(
            tag: 9, segment: 0, status: .invalidCommandID, messageID: "", overdueBy: .seconds(1))
        _ = session.steps()
        #expect(session.received(nack, now: start + .seconds(6), jitter: 0) == [])
        #expect(session.steps() == [.late(late, bind: 0)])
        #expect(session.received(nack, now: start + .seconds(6), jitter: 0) == [])
        #expect(session.steps() == [])
        #expect(session.misplaced == 1)
    }

    @Test func whileUnbindingLateResponsesAreTold() {
        var session = bound()
        let write = write(&session, at: start)
        _ = session.stop(now: start)
        _ = session.timerFired(now: start + .seconds(5), jitter: 0)
        #expect(session.state.name == "unbinding")
        _ = session.steps()
        #expect(session.answered(write.sequence, id: "x", now: start + .seconds(6)) == [])
        let late = LateResponse(tag: 9, segment: 0, status: .ok, messageID: "x", overdueBy: .seconds(1))
        #expect(session.steps() == [.late(late, bind: 0)])
    }
}
