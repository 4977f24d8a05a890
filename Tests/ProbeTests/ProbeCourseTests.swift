import SMPP
import TLS
import Testing

@testable import Probe

/// What is done, in which order, and what ends it: without a socket.
@Suite struct ProbeCourseTests {
    /// Plays a course against an SMSC that answers binds and messages by these rules; time passes by pauses and waits only.
    struct Player {
        var options = ProbeOptions(
            address: HostPort(host: "smsc.example.net", port: 2775), systemID: "acme", password: "secret")
        /// The answer to a bind, by its kind, how it is made, and how many are up.
        var bind: (BindKind, ProbeSecurity, Int) -> BindFailure? = { _, security, _ in
            security == .plain ? nil : BindFailure(.tls(.plainPort))
        }
        var submit: (ShortMessage) -> ProbeAnswer = { _ in .answered(.ok, id: "1", after: .milliseconds(20)) }
        var receipts: [DeliveryReceipt] = []
        private(set) var actions: [ProbeAction] = []
        private(set) var connectedAt: [Duration] = []
        private(set) var submittedAt: [Duration] = []
        private var now = Duration.zero
        private var up = 0

        mutating func play() -> ProbeFindings {
            var course = ProbeCourse(options)
            while let action = course.next(at: now), actions.count < 500 {
                actions.append(action)
                course.took(event(of: action), at: now)
            }
            return course.findings
        }

        private mutating func event(of action: ProbeAction) -> ProbeEvent {
            switch action {
            case .pause(let time):
                now += time
                return .done
            case .bind(let kind, let security):
                connectedAt.append(now)
                let result = ProbeBindResult(failure: bind(kind, security, up))
                if result.failure == nil { up += 1 }
                return .bind(result)
            case .look:
                connectedAt.append(now)
                return .looked(nil)
            case .enquire: return .answers([.answered(.ok, id: "", after: .milliseconds(5))])
            case .unbind:
                up -= 1
                return .done
            case .listen(let time):
                now += time
                return .heard(enquires: 1, receipts: [], others: 0, lost: nil)
            case .submit(let messages):
                submittedAt.append(now)
                return .answers(messages.map(submit))
            case .receipts: return .heard(enquires: 1, receipts: receipts, others: 0, lost: nil)
            case .leave:
                up = 0
                return .done
            }
        }

        var binds: [BindKind] {
            actions.compactMap { action -> BindKind? in
                if case .bind(let kind, _) = action { kind } else { nil }
            }
        }

        var submitted: [ShortMessage] {
            actions.flatMap { action -> [ShortMessage] in
                if case .submit(let messages) = action { messages } else { [] }
            }
        }
    }

    private static func refused(_ status: CommandStatus) -> BindFailure { BindFailure(.refused(status)) }

    @Test func triesAllKindsThenHoldsSome() {
        var player = Player()
        let found = player.play()
        #expect(
            player.binds == [
                .transceiver, .transceiver, .transmitter, .receiver, .transceiver, .transceiver, .transceiver,
            ])
        #expect(found.stop == nil && found.best == .transceiver && found.held == 3 && found.holdFailure == nil)
        #expect(found.security == .plain && found.tlsFailure?.cause == .tls(.plainPort))
        #expect(found.enquireTimes.count == 6 && found.listened == .seconds(35) && player.submitted.isEmpty)
        #expect(player.actions.last == .leave)
        let gaps = zip(player.connectedAt, player.connectedAt.dropFirst()).map { $1 - $0 }
        #expect(gaps.allSatisfy { $0 >= .seconds(1) })
        #expect(player.connectedAt.count <= ProbePlan(player.options).connections)
    }

    @Test func oneThrottledBindEndsIt() {
        var player = Player()
        player.options.tls = .no
        player.bind = { _, _, _ in Self.refused(.throttled) }
        #expect(player.play().stop == .throttled(to: "a bind"))
        #expect(player.binds == [.transceiver])
    }

    @Test(arguments: [CommandStatus.invalidPassword, .invalidSystemID, .invalidSystemType])
    func aRefusedLoginIsNotTriedAgain(status: CommandStatus) {
        var player = Player()
        player.options.tls = .no
        player.bind = { _, _, _ in Self.refused(status) }
        #expect(player.play().stop == .login(Self.refused(status)))
        #expect(player.binds == [.transceiver])
    }

    @Test func aBindLimitIsFound() {
        var player = Player()
        player.options.tls = .no
        player.bind = { _, _, up in up >= 2 ? Self.refused(.alreadyBound) : nil }
        let found = player.play()
        #expect(found.held == 2 && found.holdFailure?.status == .alreadyBound && found.stop == nil)
    }

    /// An earlier session may not be forgotten yet: once more, five seconds later.
    @Test func alreadyBoundIsWaitedOutOnce() {
        var player = Player()
        player.options.tls = .no
        player.bind = { _, _, _ in Self.refused(.alreadyBound) }
        let found = player.play()
        #expect(player.binds == [.transceiver, .transceiver, .transmitter, .transmitter, .receiver, .receiver])
        #expect(player.connectedAt[1] - player.connectedAt[0] == .seconds(5))
        #expect(found.best == nil && found.stop == .noBind(Self.refused(.alreadyBound)))
    }

    @Test func withoutTransceiverATransmitterSendsAndAReceiverHears() {
        var player = Player()
        player.options.tls = .no
        player.options.binds = 1
        player.bind = { kind, _, _ in kind == .transceiver ? Self.refused(.bindFailed) : nil }
        let found = player.play()
        #expect(player.binds == [.transceiver, .transmitter, .receiver, .transmitter, .receiver])
        #expect(found.best == .transmitter && found.held == 1)
    }

    /// The password goes to nobody whose certificate does not verify, and to no plain port where there is TLS.
    @Test func aCertificateThatDoesNotVerifyEndsIt() {
        var player = Player()
        player.bind = { _, security, _ in security == .unverifiedTLS ? nil : BindFailure(.tls(.selfSigned)) }
        #expect(player.play().stop == .unverified(BindFailure(.tls(.selfSigned))))
        #expect(player.actions == [.bind(.transceiver, .tls), .pause(.seconds(1)), .look, .leave])
        var again = Player()
        again.options.takesAnyCertificate = true
        again.bind = player.bind
        let found = again.play()
        #expect(found.security == .unverifiedTLS && found.held == 3)
        #expect(again.connectedAt.count <= ProbePlan(again.options).connections)
    }

    @Test func noConnectionEndsIt() {
        var player = Player()
        player.bind = { _, _, _ in BindFailure(.connectRefused) }
        #expect(player.play().stop == .noBind(BindFailure(.connectRefused)))
        #expect(player.binds.count == 1)
    }

    @Test func timeIsBounded() {
        var player = Player()
        player.options.within = .seconds(20)
        player.options.messages = ProbeMessages(number: "79161234567")
        let found = player.play()
        #expect(found.stop == .time && player.actions.last == .leave && player.submitted.isEmpty)
        #expect(found.listened < player.options.listen)
    }

    @Test func messagesAreThoseThatWereSaid() {
        var player = Player()
        player.options.messages = ProbeMessages(number: "79161234567")
        let found = player.play()
        #expect(player.submitted.count == ProbePlan(player.options).submits)
        #expect(player.submitted.allSatisfy { $0.destination.value == "79161234567" && $0.registeredDelivery == 1 })
        #expect(found.trials == Dictionary(uniqueKeysWithValues: ProbeTrial.allCases.map { ($0, .taken) }))
        #expect(Set(player.submitted.map(\.dataCoding)) == [0, 3, 8] && found.burst == 5 && found.burstTaken == 5)
    }

    /// A window of one takes a long text too: each part follows the answer to the one before.
    @Test func partsAreSentOneAfterTheOther() {
        var player = Player()
        player.options.messages = ProbeMessages(number: "79161234567")
        _ = player.play()
        let counts = player.actions.compactMap { action -> Int? in
            if case .submit(let messages) = action { messages.count } else { nil }
        }
        #expect(counts == [1, 1, 1, 1, 1, 1, 1, 1, 1, 5])
        let gaps = zip(player.submittedAt, player.submittedAt.dropFirst()).map { $1 - $0 }
        #expect(gaps.dropLast().allSatisfy { $0 == .milliseconds(500) } && gaps.last == .seconds(1))
    }

    @Test func aRefusedPartIsTheLastOfItsText() {
        var player = Player()
        player.options.messages = ProbeMessages(number: "79161234567")
        player.submit = { message in
            (message.esmClass & 0x40 != 0)
                ? .answered(.submitFailed, id: "", after: .zero) : .answered(.ok, id: "1", after: .zero)
        }
        let found = player.play()
        #expect(found.trials[.udh8] == .refused(.submitFailed) && found.trials[.sar] == .taken)
        #expect(player.submitted.count { $0.esmClass & 0x40 != 0 } == 1)
    }

    /// ESME_RTHROTTLED among those at once is not hidden by another refusal, and receipts are not waited for after it.
    @Test func aThrottledWindowIsKnownAsSuch() {
        var player = Player()
        player.options.messages = ProbeMessages(number: "79161234567")
        player.submit = { message in
            let text = String(decoding: message.shortMessage, as: UTF8.self)
            let status: CommandStatus =
                text.contains("3 of 5 at once") ? .messageQueueFull : text.contains("4 of 5 at once") ? .throttled : .ok
            return .answered(status, id: "1", after: .zero)
        }
        let found = player.play()
        #expect(found.burstStatus == .throttled && found.burstTaken == 3)
        #expect(found.stop == .throttled(to: "a message") && found.awaited == .zero && !found.ids.isEmpty)
    }

    @Test func oneThrottledMessageEndsIt() {
        var player = Player()
        player.options.messages = ProbeMessages(number: "79161234567")
        player.submit = { _ in .answered(.throttled, id: "", after: .milliseconds(1)) }
        #expect(player.play().stop == .throttled(to: "a message"))
        #expect(player.submitted.count == 1)
    }

    @Test func aRefusedFirstMessageIsTheOnlyOne() {
        var player = Player()
        player.options.messages = ProbeMessages(number: "79161234567")
        player.submit = { _ in .answered(.invalidDestinationAddress, id: "", after: .milliseconds(1)) }
        let found = player.play()
        #expect(found.trials == [.gsm: .refused(.invalidDestinationAddress)] && player.submitted.count == 1)
    }
}
