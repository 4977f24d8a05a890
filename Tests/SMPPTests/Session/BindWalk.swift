import Testing

@testable import SMPP

/// A random life of one bind: plays the network, the SMSC and the owner of the messages, and checks every step against the rules.
///
/// What it holds is what really happened; the session's outcomes are held against it.
struct BindWalk: ~Copyable {
    private enum Link { case none, opening, open }

    private static let statuses: [UInt32] = [0x00, 0x00, 0x00, 0x00, 0x0B, 0x08, 0x14, 0x58, 0x45, 0x04, 0x400, 0xFE]

    private(set) var bind: BindTwin
    private(set) var ledger = WalkLedger()
    private(set) var bounds = 0
    private var random: SplitMix64
    private var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private var link = Link.none
    private var bindSequence: UInt32?
    private var unbindSequence: UInt32?
    /// Every key that was given.
    private var deliveries: [DeliveryKey] = []
    private var deliveriesIn = 0
    private var deliveriesAnswered = 0
    /// Whether every late response must be told.
    private let keepsAllLate: Bool

    var problems: [String] { ledger.problems }

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        keepsAllLate = random.chance(70)
        let limits = BindLimits(
            window: 1 + random.below(6), waiting: random.below(8),
            lateKept: keepsAllLate ? .seconds(1_000_000) : .seconds(random.below(60)),
            late: keepsAllLate ? 100_000 : random.below(4), deliveries: 1 + random.below(3))
        bind = BindTwin(
            BindSetup(
                kind: .transceiver, request: BindRequest(systemID: "acme", password: "secret"),
                hosts: 1 + random.below(3), limits: limits),
            limits: CarrierLimits(
                waiting: limits.waiting, window: limits.window, leastResponse: .milliseconds(10),
                reserve: .milliseconds(10), lateKept: limits.lateKept, maxLate: limits.late))
    }

    /// Takes `steps` steps, then stops the bind and waits for its end.
    mutating func run(steps: Int) {
        act(bind.start(now: now))
        for _ in 0..<steps where problems.isEmpty {
            step()
            ledger.check(bind)
        }
        act(bind.stop(now: now))
        for _ in 0..<200 where bind.session.state != .stopped {
            guard let due = bind.nextDeadline(now: now) else {
                return expect(false, "no deadline in \(bind.session.state)")
            }
            now = max(now, due)
            fire()
            ledger.check(bind)
        }
        expect(bind.session.state == .stopped, "never stopped: \(bind.session.state)")
        expect(ledger.isEmpty, "\(ledger.liveCount) messages without an outcome")
        expect(ledger.messages.allSatisfy { $0.outcomes == 1 }, "a message without exactly one outcome")
        expect(deliveriesAnswered <= deliveriesIn, "a delivery that was answered twice")
    }

    private mutating func expect(_ condition: Bool, _ problem: String) {
        ledger.expect(condition, problem)
    }

    // MARK: Steps

    private mutating func step() {
        switch random.below(100) {
        case 0..<30: submit()
        case 30..<62: answer()
        case 62..<70: pass()
        case 70..<90: network()
        case 90..<94: act(bind.received(misplacedPDU(), now: now, jitter: 0.5))
        case 94..<96: breakLink()
        case 96..<97: if random.chance(30) { act(bind.stop(now: now)) }
        case 97..<98: if random.chance(50) { act(bind.start(now: now)) }
        default: fire()
        }
        if random.chance(50) { answerDelivery() }
        write()
    }

    private mutating func submit() {
        let segments = 1 + (random.chance(30) ? random.below(4) : 0)
        let deadline = now + .milliseconds(random.below(12_000))
        let wasReady = bind.session.isReady
        let account = random.chance(50) ? 0 : random.below(4)
        let admission = bind.submit(
            segments: segments, deadline: deadline, account: account, tag: ledger.nextTag, now: now)
        expect(wasReady || admission.key == nil, "took a message while not ready")
        ledger.admitted(admission, segments: segments)
        act([])
    }

    private mutating func write() {
        while random.chance(90), let write = bind.nextWrite(now: now) {
            expect(link == .open, "wrote without a connection")
            if random.chance(3), !ledger.wasWritten(write) {
                bind.couldNotWrite(write, now: now)
            } else {
                ledger.wrote(write, now: now)
            }
        }
        act([])
        if random.chance(90) { bind.flush(now: now) }
    }

    private mutating func answer() {
        guard link == .open else { return }
        let sequence: UInt32
        if random.chance(10), let old = ledger.answered.randomElement(using: &random) {
            sequence = old
        } else if let next = ledger.open.keys.sorted().randomElement(using: &random) {
            sequence = next
        } else {
            return
        }
        let status = CommandStatus(rawValue: Self.statuses.randomElement(using: &random) ?? 0)
        let isNack = status != .ok && random.chance(20)
        let response = MessageResponse(messageID: isNack ? "" : "\(sequence)")
        let isSlotOpen = bind.scheduler.binds[0].window.isOpen(sequence)
        ledger.answers(sequence, status, response.messageID, isSlotOpen: isSlotOpen)
        bind.flush(now: now)
        let slots = bind.scheduler.open
        if isNack {
            act(bind.received(PDU(status: status, sequence: sequence, .genericNack), now: now, jitter: 0.5))
        } else if random.chance(50) {
            act(
                bind.received(
                    PDU(status: status, sequence: sequence, .submitResponse(response)), now: now, jitter: 0.5))
        } else {
            act(bind.answered(sequence, status, id: response.messageID, now: now))
        }
        expect(isSlotOpen || bind.scheduler.open == slots, "a slot was freed twice")
        expect(bind.session.isSuspect == false, "suspect after it was heard")
        ledger.answerIsHeard(isKept: keepsAllLate)
    }

    private mutating func pass() {
        now = now + .milliseconds(random.below(random.chance(10) ? 20_000 : 700))
        if random.chance(70) { fire() }
    }

    private mutating func network() {
        switch link {
        case .none:
            if let due = bind.nextDeadline(now: now), random.chance(60) { now = max(now, due) }
            fire()
        case .opening:
            if random.chance(80) {
                link = .open
                act(bind.connected(now: now))
            } else {
                link = .none
                act(bind.connectFailed(connectFailure(), now: now, jitter: 0.5))
            }
        case .open:
            if let sequence = bindSequence {
                answerBind(sequence)
            } else if let sequence = unbindSequence, random.chance(70) {
                act(bind.received(PDU(sequence: sequence, .unbindResponse), now: now, jitter: 0.5))
            } else {
                act(bind.received(PDU(sequence: 1, .enquireLinkResponse), now: now, jitter: 0.5))
            }
        }
    }

    private mutating func connectFailure() -> BindFailure {
        random.chance(50) ? BindFailure(.connectRefused) : BindFailure(.connectTimeout(.seconds(10)))
    }

    private mutating func answerBind(_ sequence: UInt32) {
        bindSequence = nil
        let statuses: [UInt32] = [0, 0, 0, 0, 0, 0, 0x05, 0x0D, 0x0E, 0x58]
        let status = CommandStatus(rawValue: statuses.randomElement(using: &random) ?? 0)
        let response = PDU(status: status, sequence: sequence, .bindResponse(.transceiver, BindResponse()))
        act(bind.received(response, now: now, jitter: 0.5))
        if bind.session.state == .bound { bounds += 1 }
    }

    private mutating func misplacedPDU() -> PDU {
        let sequence = UInt32(random.below(40))
        let bodies: [PDUBody] = [
            .enquireLink, .enquireLinkResponse, .deliver(ShortMessage()), .data(DataMessage()), .unbindResponse,
            .bindResponse(.receiver, BindResponse()), .outbind(Outbind(systemID: "", password: "")),
            .unknown(CommandID(rawValue: 0x777), []), .cancelResponse, .submit(ShortMessage()),
        ]
        let body = bodies.randomElement(using: &random) ?? .enquireLink
        if case .bindResponse = body, case .binding = bind.session.state { bindSequence = nil }
        if case .deliver = body { deliveriesIn += 1 }
        if case .data = body { deliveriesIn += 1 }
        return PDU(sequence: sequence, body)
    }

    /// Now and then also one whose connection is gone, or that was answered before.
    private mutating func answerDelivery() {
        guard let key = deliveries.randomElement(using: &random) else { return }
        act(bind.answerDelivery(key, .ok, now: now))
    }

    private mutating func breakLink() {
        guard link == .open else { return }
        if random.chance(30) {
            act(bind.received(PDU(sequence: 9, .unbind), now: now, jitter: 0.5))
        } else if random.chance(20) {
            act(bind.streamBroken(commandLength: 3, now: now, jitter: 0.5))
        } else {
            link = .none
            act(bind.disconnected(BindFailure(.reset), now: now, jitter: 0.5), isBroken: true)
        }
    }

    private mutating func fire() {
        act(bind.timerFired(now: now, jitter: 0.5))
    }

    // MARK: Actions and rules

    private mutating func act(_ actions: [BindAction], isBroken: Bool = false) {
        ledger.neverLeft(bind.takeLost())
        for step in bind.steps() { ledger.perform(step) }
        if isBroken { connectionIsGone() }
        for action in actions {
            switch action {
            case .connect(let host):
                expect(link == .none, "connects while there is a connection")
                expect(host < bind.session.setup.hosts, "no such host")
                link = .opening
            case .send(let pdu):
                expect(link == .open, "sends \(pdu.commandID.name) without a connection")
                expect(unbindSequence == nil || pdu.commandID.isResponse, "a request after unbind")
                if case .deliverResponse = pdu.body { deliveriesAnswered += 1 }
                if case .dataResponse = pdu.body { deliveriesAnswered += 1 }
                if case .bind = pdu.body { bindSequence = pdu.sequence }
                if case .unbind = pdu.body { unbindSequence = pdu.sequence }
            case .close:
                link = .none
                connectionIsGone()
            case .answered, .abandon:
                expect(false, "an action for the shell")
            case .deliver(_, _, let key):
                expect(!deliveries.contains(key), "a key given twice")
                deliveries.append(key)
            case .stopped:
                expect(bind.session.state == .stopped, "stopped in \(bind.session.state)")
                link = .none
            }
        }
    }

    private mutating func connectionIsGone() {
        ledger.connectionIsGone()
        bindSequence = nil
        unbindSequence = nil
    }
}
