import Testing

@testable import SMPP

/// A random life of one bind: plays the network, the SMSC and the owner of the messages, and checks every step against the rules.
///
/// What it holds is what really happened; the session's outcomes are held against it.
struct BindWalk {
    /// What really happened to a segment.
    private struct Truth {
        var isWritten = false
        var isAccepted = false
        var lastRefusal: CommandStatus?
    }

    private struct Message {
        var segments: [Truth]
        var outcomes = 0
    }

    private enum Link { case none, opening, open }

    private struct Open {
        var message: Int
        var segment: Int
    }

    private static let statuses: [UInt32] = [0x00, 0x00, 0x00, 0x00, 0x0B, 0x08, 0x14, 0x58, 0x45, 0x04, 0x400, 0xFE]

    private(set) var session: BindSession
    private(set) var problems: [String] = []
    private(set) var bounds = 0
    private(set) var accepted = 0
    private var random: SeededRandom
    private var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private var link = Link.none
    private var messages: [Message] = []
    private var live: [MessageKey: Int] = [:]
    private var open: [UInt32: Open] = [:]
    private var answered: [UInt32] = []
    private var bindSequence: UInt32?
    private var unbindSequence: UInt32?
    private let window: Int
    private let maxWaiting: Int

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        window = 1 + random.below(6)
        maxWaiting = random.below(6)
        session = BindSession(
            BindSetup(
                kind: .transceiver, request: BindRequest(systemID: "acme", password: "secret"),
                hosts: 1 + random.below(3), window: window, maxWaiting: maxWaiting))
    }

    /// Takes `steps` steps, then stops the bind and waits for its end.
    mutating func run(steps: Int) {
        act(session.start(now: now))
        for _ in 0..<steps where problems.isEmpty {
            step()
            check()
        }
        act(session.stop(now: now))
        for _ in 0..<50 where session.state != .stopped {
            guard let due = session.nextDeadline else {
                problems.append("no deadline in \(session.state)")
                return
            }
            now = max(now, due)
            fire()
            check()
        }
        expect(session.state == .stopped, "never stopped: \(session.state)")
        expect(live.isEmpty, "\(live.count) messages without an outcome")
        expect(messages.allSatisfy { $0.outcomes == 1 }, "a message without exactly one outcome")
    }

    private mutating func expect(_ condition: Bool, _ problem: String) {
        if !condition { problems.append(problem) }
    }

    // MARK: Steps

    private mutating func step() {
        switch random.below(100) {
        case 0..<30: submit()
        case 30..<62: answer()
        case 62..<70: pass()
        case 70..<90: network()
        case 90..<94: act(session.received(misplacedPDU(), now: now, jitter: 0.5))
        case 94..<96: breakLink()
        case 96..<97: if random.chance(20) { act(session.stop(now: now)) }
        default: fire()
        }
        write()
    }

    private mutating func submit() {
        let segments = 1 + (random.chance(30) ? random.below(4) : 0)
        let deadline = now + .milliseconds(random.below(12_000))
        let wasReady = session.isReady
        guard let key = session.submit(segments: segments, deadline: deadline) else { return }
        expect(wasReady, "took a message while not ready")
        expect(live[key] == nil, "gave a key twice")
        live[key] = messages.count
        messages.append(Message(segments: Array(repeating: Truth(), count: segments)))
    }

    private mutating func write() {
        while random.chance(90), let write = session.nextWrite(now: now) {
            expect(link == .open, "wrote without a connection")
            expect(open[write.sequence] == nil, "a sequence number that is still open")
            guard let message = live[write.message] else {
                problems.append("wrote a message that is gone")
                return
            }
            messages[message].segments[write.segment].isWritten = true
            open[write.sequence] = Open(message: message, segment: write.segment)
        }
    }

    private mutating func answer() {
        guard link == .open else { return }
        let sequence: UInt32
        if random.chance(10), let old = answered.randomElement(using: &random) {
            sequence = old
        } else if let next = open.keys.sorted().randomElement(using: &random) {
            sequence = next
        } else {
            return
        }
        let status = CommandStatus(rawValue: Self.statuses.randomElement(using: &random) ?? 0)
        // What comes after the session gave up changes nothing that it told or will tell.
        let isInTime = session.traffic.window.isOpen(sequence)
        if let place = open.removeValue(forKey: sequence), isInTime {
            if status == .ok {
                messages[place.message].segments[place.segment].isAccepted = true
            } else {
                messages[place.message].segments[place.segment].lastRefusal = status
            }
        }
        if isInTime { answered.append(sequence) }
        let response = MessageResponse(messageID: "\(sequence)")
        if status != .ok, random.chance(20) {
            act(session.received(PDU(status: status, sequence: sequence, .genericNack), now: now, jitter: 0.5))
        } else if random.chance(50) {
            act(
                session.received(
                    PDU(status: status, sequence: sequence, .submitResponse(response)), now: now, jitter: 0.5))
        } else {
            let step = session.submitAnswered(sequence: sequence, status: status, response: response, now: now)
            act([.submit(step)] + session.continueDrain(now: now))
        }
    }

    private mutating func pass() {
        now = now + .milliseconds(random.below(random.chance(10) ? 20_000 : 700))
        if random.chance(70) { fire() }
    }

    private mutating func network() {
        switch link {
        case .none:
            if let due = session.nextDeadline, random.chance(60) { now = max(now, due) }
            fire()
        case .opening:
            if random.chance(80) {
                link = .open
                act(session.connected(now: now))
            } else {
                link = .none
                act(session.connectFailed(BindFailure(.refused, "refused"), now: now, jitter: 0.5))
            }
        case .open:
            if let sequence = bindSequence {
                answerBind(sequence)
            } else if let sequence = unbindSequence, random.chance(70) {
                act(session.received(PDU(sequence: sequence, .unbindResponse), now: now, jitter: 0.5))
            } else {
                act(session.received(PDU(sequence: 1, .enquireLinkResponse), now: now, jitter: 0.5))
            }
        }
    }

    private mutating func answerBind(_ sequence: UInt32) {
        bindSequence = nil
        let statuses: [UInt32] = [0, 0, 0, 0, 0, 0, 0x05, 0x0D, 0x0E, 0x58]
        let status = CommandStatus(rawValue: statuses.randomElement(using: &random) ?? 0)
        let response = PDU(status: status, sequence: sequence, .bindResponse(.transceiver, BindResponse()))
        act(session.received(response, now: now, jitter: 0.5))
        if session.state == .bound { bounds += 1 }
    }

    private mutating func misplacedPDU() -> PDU {
        let sequence = UInt32(random.below(40))
        let bodies: [PDUBody] = [
            .enquireLink, .enquireLinkResponse, .deliver(ShortMessage()), .data(DataMessage()), .unbindResponse,
            .bindResponse(.receiver, BindResponse()), .outbind(Outbind(systemID: "", password: "")),
            .unknown(CommandID(rawValue: 0x777), []), .cancelResponse, .submit(ShortMessage()),
        ]
        let body = bodies.randomElement(using: &random) ?? .enquireLink
        if case .bindResponse = body, case .binding = session.state { bindSequence = nil }
        return PDU(sequence: sequence, body)
    }

    private mutating func breakLink() {
        guard link == .open else { return }
        if random.chance(30) {
            act(session.received(PDU(sequence: 9, .unbind), now: now, jitter: 0.5))
        } else if random.chance(20) {
            act(session.streamBroken("garbage", now: now, jitter: 0.5))
        } else {
            link = .none
            act(session.disconnected(BindFailure(.reset, "reset"), now: now, jitter: 0.5))
        }
    }

    private mutating func fire() {
        act(session.timerFired(now: now, jitter: 0.5))
    }

    // MARK: Actions and rules

    private mutating func act(_ actions: [BindAction]) {
        for action in actions {
            switch action {
            case .connect(let host):
                expect(link == .none, "connects while there is a connection")
                expect(host < session.setup.hosts, "no such host")
                link = .opening
            case .send(let pdu):
                expect(link == .open, "sends \(pdu.commandID.name) without a connection")
                expect(unbindSequence == nil || pdu.commandID.isResponse, "a request after unbind")
                if case .bind = pdu.body { bindSequence = pdu.sequence }
                if case .unbind = pdu.body { unbindSequence = pdu.sequence }
            case .close:
                link = .none
            case .submit(let step):
                perform(step)
            case .stopped:
                expect(session.state == .stopped, "stopped in \(session.state)")
                link = .none
            }
        }
        if link == .none {
            open.removeAll()
            answered.removeAll()
            bindSequence = nil
            unbindSequence = nil
        }
    }

    private mutating func perform(_ step: SubmitStep) {
        switch step {
        case .nothing:
            break
        case .complete(let key, let result):
            guard let message = leave(key) else { return }
            compare(result, message)
        case .move(let key, let carried):
            guard let message = leave(key) else { return }
            let truth = messages[message].segments
            expect(!truth.contains { $0.isAccepted }, "moves what was accepted")
            expect((carried != nil) == truth.contains { $0.isWritten }, "moves without the truth")
        }
    }

    private mutating func leave(_ key: MessageKey) -> Int? {
        guard let message = live.removeValue(forKey: key) else {
            problems.append("an outcome for a message that is gone")
            return nil
        }
        messages[message].outcomes += 1
        return message
    }

    private mutating func compare(_ result: SubmissionResult, _ message: Int) {
        let truth = messages[message].segments
        switch result {
        case .notSent:
            expect(!truth.contains { $0.isWritten }, "not sent, but written")
        case .sent(let outcomes):
            expect(outcomes.count == truth.count, "not one outcome per segment")
            expect(truth.contains { $0.isWritten }, "sent, but nothing was written")
            for (outcome, truth) in zip(outcomes, truth) {
                switch outcome {
                case .accepted:
                    expect(truth.isAccepted, "accepted without the carrier")
                    accepted += 1
                case .refused(let status):
                    expect(!truth.isAccepted && truth.lastRefusal == status, "refused without the carrier")
                case .unknown:
                    expect(truth.isWritten && !truth.isAccepted, "unknown, but known")
                case .notSent:
                    expect(!truth.isWritten, "segment not sent, but written")
                }
            }
        }
    }

    private mutating func check() {
        let traffic = session.traffic
        expect(traffic.window.count <= window, "window exceeded")
        expect(traffic.window.count <= open.count, "a slot without a request")
        expect(traffic.messages == live.count, "messages miscounted")
        expect((0...max(1, maxWaiting + window)).contains(traffic.waiting), "too many wait")
        if !session.state.isConnected {
            expect(traffic.isEmpty && traffic.waiting == 0, "traffic without a connection")
        }
        switch session.state {
        case .idle, .stopped: break
        case .connecting, .binding, .bound, .draining, .unbinding, .waiting:
            expect(session.nextDeadline != nil, "no deadline")
        }
    }
}
