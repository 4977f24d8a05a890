import Testing

@testable import SMPP

/// `deliver_sm` and `data_sm` are answered once what they carry is safe.
@Suite struct DeliveryTests {
    private let start = MonotonicTime(nanoseconds: 100_000_000_000)
    private let retry = CommandStatus(rawValue: 0x58)

    private func session(bound: Bool = true, places: Int = 10) -> BindTwin {
        var session = BindTwin(
            BindSetup(
                kind: .transceiver, request: BindRequest(systemID: "acme", password: "secret"),
                limits: BindLimits(deliveries: places, deliveryWithin: .seconds(3)), deliveryRetryStatus: retry))
        _ = session.start(now: start)
        _ = session.connected(now: start)
        guard bound else { return session }
        _ = session.received(PDU(sequence: 1, .bindResponse(.transceiver, BindResponse())), now: start, jitter: 0)
        return session
    }

    /// The key of a delivery that came in.
    private func taken(by actions: [BindAction]) -> DeliveryKey? {
        guard actions.count == 1, case .deliver(_, _, let key) = actions[0] else { return nil }
        return key
    }

    private func answer(_ sequence: UInt32, _ status: CommandStatus = .ok) -> BindAction {
        .send(PDU(status: status, sequence: sequence, .deliverResponse(MessageResponse())))
    }

    @Test func eachIsAnsweredOnceAndInAnyOrder() throws {
        var session = session()
        let data = DataMessage(
            source: SMPPAddress("79160000000"), esmClass: 4, tlvs: [TLV(.messagePayload, [65])])
        let first = try #require(
            taken(by: session.received(PDU(sequence: 4, .deliver(ShortMessage())), now: start, jitter: 0)))
        let actions = session.received(PDU(sequence: 5, .data(data)), now: start, jitter: 0)
        let second = try #require(taken(by: actions))
        let message = ShortMessage(source: data.source, esmClass: 4, tlvs: data.tlvs)
        #expect(actions == [.deliver(message, isData: true, second)])
        #expect(session.session.delivered == 2)
        #expect(
            session.answerDelivery(second, .ok, now: start)
                == [.send(PDU(sequence: 5, .dataResponse(MessageResponse())))])
        #expect(session.answerDelivery(second, .ok, now: start) == [])
        #expect(session.answerDelivery(first, .systemError, now: start) == [answer(4, .systemError)])
        #expect(session.answerDelivery(first, .ok, now: start) == [])
    }

    @Test func oneThatCannotBeKeptInTimeIsToBeRepeated() throws {
        var session = session()
        let key = try #require(
            taken(by: session.received(PDU(sequence: 4, .deliver(ShortMessage())), now: start, jitter: 0)))
        #expect(session.nextDeadline == start + .seconds(3))
        #expect(session.timerFired(now: start + .milliseconds(2999), jitter: 0) == [])
        #expect(session.timerFired(now: start + .seconds(3), jitter: 0) == [answer(4, retry)])
        #expect(session.answerDelivery(key, .ok, now: start + .seconds(3)) == [])
    }

    @Test func moreThanTheBoundAreToBeRepeated() throws {
        var session = session(places: 1)
        let first = try #require(
            taken(by: session.received(PDU(sequence: 4, .deliver(ShortMessage())), now: start, jitter: 0)))
        #expect(
            session.received(PDU(sequence: 5, .deliver(ShortMessage())), now: start, jitter: 0) == [answer(5, retry)])
        _ = session.answerDelivery(first, .ok, now: start)
        #expect(taken(by: session.received(PDU(sequence: 6, .deliver(ShortMessage())), now: start, jitter: 0)) != nil)
    }

    @Test func aKeyOfALostConnectionNamesNothing() throws {
        var session = session()
        let old = try #require(
            taken(by: session.received(PDU(sequence: 4, .deliver(ShortMessage())), now: start, jitter: 0)))
        _ = session.disconnected(BindFailure(.reset), now: start, jitter: 0)
        _ = session.timerFired(now: start + .seconds(60), jitter: 0)
        _ = session.connected(now: start + .seconds(60))
        _ = session.received(
            PDU(sequence: 1, .bindResponse(.transceiver, BindResponse())), now: start + .seconds(60), jitter: 0)
        #expect(session.state == .bound)
        let new = try #require(
            taken(
                by: session.received(PDU(sequence: 4, .deliver(ShortMessage())), now: start + .seconds(60), jitter: 0)))
        #expect(session.answerDelivery(old, .ok, now: start + .seconds(60)) == [])
        #expect(session.answerDelivery(new, .ok, now: start + .seconds(60)) == [answer(4)])
    }

    @Test func unbindWaitsForTheAnswer() throws {
        var session = session()
        let key = try #require(
            taken(by: session.received(PDU(sequence: 4, .deliver(ShortMessage())), now: start, jitter: 0)))
        #expect(session.stop(now: start) == [])
        #expect(
            session.answerDelivery(key, .ok, now: start) == [answer(4), .send(PDU(sequence: 2, .unbind))])
    }

    @Test func nothingIsTakenBeforeTheBind() {
        var session = session(bound: false)
        #expect(
            session.received(PDU(sequence: 4, .deliver(ShortMessage())), now: start, jitter: 0)
                == [answer(4, .invalidBindStatus)])
        #expect(session.misplaced == 1)
    }
}
