@testable import SMPP

/// Hours in the life of one bind on a simulated clock, event by event: an SMSC that is killed, goes dark, refuses
/// binds, throttles and answers late, and clients that send in bursts.
struct SupervisorLife: ~Copyable {
    /// What the SMSC does at present.
    private enum Mode: CaseIterable {
        case up
        /// Killed: connections break, and nobody listens.
        case refusing
        /// Nothing comes back any more, and connections stay open.
        case dark
        /// It answers after the response time.
        case slow
        case throttling
        /// Binds are refused.
        case locked
        /// Links are cut again and again.
        case cutting
    }

    private enum Event {
        case mode
        case burst
        case connected(Bool)
        case answer(UInt32, CommandStatus)
        case pdu(PDU)
        case cut
    }

    private struct Planned {
        var at: MonotonicTime
        /// The connection that it belongs to; nil = none.
        var connection: Int?
        var event: Event
    }

    private static let begin = MonotonicTime(nanoseconds: 1_000_000_000)
    /// The longest that a bind may need to come back to an SMSC that works: the wait after wrong credentials, and then some.
    private static let comeBackWithin = Duration.seconds(460)

    private(set) var bind: BindTwin
    private(set) var ledger = WalkLedger()
    private(set) var bounds = 0
    /// Returns of a killed SMSC that were seen.
    private(set) var returns = 0
    private(set) var faults = 0
    private var random: SplitMix64
    private(set) var now = Self.begin
    private var planned: [Planned] = []
    private var connection = 0
    private var isConnected = false
    private var mode = Mode.up
    private var modeSince = Self.begin
    /// Whether the SMSC was only killed, and nothing worse, since the bind was last up.
    private var wasOnlyKilled = false
    private var returnedAt: MonotonicTime?

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        let every = [60, 300, 900, 1800].randomElement(using: &random) ?? 60
        bind = BindTwin(
            BindSetup(
                kind: .transceiver, request: BindRequest(systemID: "acme", password: "secret"),
                limits: BindLimits(window: 1 + random.below(10), waiting: random.below(20)),
                timings: BindTimings(enquireLinkEvery: .seconds(every))))
    }

    var problems: [String] { ledger.problems }
    var length: Duration { now - Self.begin }

    /// Lives for so long, then stops the bind and waits for its end.
    mutating func run(for length: Duration) {
        let end = Self.begin + length
        plan(.burst, after: .seconds(1))
        plan(.mode, after: .seconds(600))
        act(bind.start(now: now))
        var atOnce = 0
        while now < end, problems.isEmpty {
            let before = now
            step()
            ledger.check(bind)
            atOnce = now == before ? atOnce + 1 : 0
            if atOnce > 2000 { expect(false, "the clock stands still in \(bind.session.state)") }
        }
        act(bind.stop(now: now))
        for _ in 0..<200 where bind.session.state != .stopped && problems.isEmpty {
            step()
            ledger.check(bind)
        }
        expect(bind.session.state == .stopped, "never stopped: \(bind.session.state)")
        expect(ledger.isEmpty, "\(ledger.liveCount) messages without an outcome")
        expect(ledger.messages.allSatisfy { $0.outcomes == 1 }, "a message without exactly one outcome")
    }

    private mutating func expect(_ condition: Bool, _ problem: String) {
        ledger.expect(condition, problem)
    }

    // MARK: Time

    private mutating func plan(_ event: Event, after delay: Duration, on connection: Int? = nil) {
        let item = Planned(at: now + delay, connection: connection, event: event)
        // The last is the next.
        let place = planned.lastIndex { $0.at > item.at }.map { $0 + 1 } ?? 0
        planned.insert(item, at: place)
    }

    private mutating func step() {
        let due = bind.nextDeadline(now: now)
        guard let next = planned.last else { return expect(false, "no event") }
        if let due, due <= next.at {
            now = max(now, due)
            act(bind.timerFired(now: now, jitter: chance()))
        } else {
            planned.removeLast()
            now = max(now, next.at)
            if next.connection == nil || next.connection == connection { happen(next.event) }
        }
        write()
    }

    private mutating func chance() -> Double {
        Double.random(in: 0..<1, using: &random)
    }

    private mutating func happen(_ event: Event) {
        switch event {
        case .mode: changeMode()
        case .burst: burst()
        case .connected(true):
            isConnected = true
            act(bind.connected(now: now))
        case .connected(false):
            act(bind.connectFailed(BindFailure(.connectRefused), now: now, jitter: chance()))
        case .answer(let sequence, let status): answer(sequence, status)
        case .pdu(let pdu):
            if mode != .dark { act(bind.received(pdu, now: now, jitter: chance())) }
        case .cut: breakLink()
        }
        noteBound()
    }

    private mutating func breakLink() {
        guard isConnected else { return }
        hangUp()
        act(bind.disconnected(BindFailure(.closed), now: now, jitter: chance()))
    }

    private mutating func hangUp() {
        isConnected = false
        connection += 1
        ledger.connectionIsGone()
    }

    // MARK: The SMSC

    private mutating func changeMode() {
        let lasted = now - modeSince
        switch mode {
        case .up:
            if lasted >= Self.comeBackWithin {
                expect(bind.session.state == .bound, "not bound to a good SMSC: \(bind.session.state)")
            }
        case .dark:
            if lasted > bind.session.setup.timings.enquireLinkEvery + .seconds(21) {
                expect(bind.session.state != .bound, "bound to a dark SMSC")
            }
        case .refusing, .slow, .throttling, .locked, .cutting:
            break
        }
        let was = mode
        modeSince = now
        if was != .up {
            mode = .up
            plan(.mode, after: .seconds(460 + random.below(6000)))
            returnedAt = was == .refusing && wasOnlyKilled ? now : nil
        } else {
            mode = Mode.allCases.randomElement(using: &random) ?? .dark
            faults += 1
            wasOnlyKilled = mode == .refusing && bind.session.state == .bound && hasStayedUp
            returnedAt = nil
            plan(.mode, after: .seconds(1 + random.below(longest(mode))))
        }
        if mode == .refusing { breakLink() }
        if mode == .cutting { plan(.cut, after: .milliseconds(random.below(3000))) }
    }

    /// Seconds that a fault may last: the busy ones are short, for the test's own time.
    private func longest(_ mode: Mode) -> Int {
        switch mode {
        case .refusing, .cutting: 40
        case .throttling, .slow: 120
        case .up, .dark, .locked: 1200
        }
    }

    /// Who was not is waited for longer.
    private var hasStayedUp: Bool {
        guard let last = bind.session.history.last, last.state == "bound" else { return false }
        return now - last.at >= bind.session.setup.timings.reconnectMax
    }

    private mutating func noteBound() {
        guard bind.session.state == .bound, let returned = returnedAt else { return }
        returnedAt = nil
        returns += 1
        expect(now - returned <= .seconds(2), "\(now - returned) until a killed SMSC was found again")
    }

    private mutating func answerBind(_ sequence: UInt32) {
        let refusals: [UInt32] = [0x05, 0x0D, 0x0E, 0x08]
        let status = mode == .locked ? refusals.randomElement(using: &random) ?? 0x0D : 0
        let response = PDU(
            status: CommandStatus(rawValue: status), sequence: sequence, .bindResponse(.transceiver, BindResponse()))
        plan(.pdu(response), after: .milliseconds(10), on: connection)
    }

    private mutating func planAnswer(_ sequence: UInt32) {
        switch mode {
        case .slow:
            plan(.answer(sequence, .ok), after: .milliseconds(4000 + random.below(9000)), on: connection)
        case .throttling where random.chance(40):
            plan(.answer(sequence, .throttled), after: .milliseconds(5), on: connection)
        case .up, .refusing, .dark, .throttling, .locked, .cutting:
            let statuses: [CommandStatus] = [.ok, .ok, .ok, .ok, .ok, .ok, .systemError, .invalidDestinationAddress]
            let status = statuses.randomElement(using: &random) ?? .ok
            // Now and then a response is lost for ever.
            if random.chance(99) { plan(.answer(sequence, status), after: .milliseconds(20), on: connection) }
        }
        if mode == .cutting, random.chance(30) { plan(.cut, after: .milliseconds(random.below(2000)), on: connection) }
    }

    private mutating func answer(_ sequence: UInt32, _ status: CommandStatus) {
        guard mode != .dark else { return }
        let isSlotOpen = bind.scheduler.binds[0].window.isOpen(sequence)
        ledger.answers(sequence, status, "\(sequence)", isSlotOpen: isSlotOpen)
        act(bind.answered(sequence, status, id: "\(sequence)", now: now))
        ledger.answerIsHeard(isKept: true)
    }

    // MARK: The clients

    private mutating func burst() {
        for _ in 0..<(1 + random.below(mode == .up ? 8 : 5)) {
            let segments = random.chance(20) ? 1 + random.below(4) : 1
            let deadline = now + .milliseconds(1000 + random.below(12_000))
            let admission = bind.submit(
                segments: segments, deadline: deadline, account: random.below(3), tag: ledger.nextTag, now: now)
            ledger.admitted(admission, segments: segments)
        }
        act([])
        plan(.burst, after: .seconds(mode == .up ? 60 + random.below(1800) : 1 + random.below(20)))
    }

    private mutating func write() {
        while let write = bind.nextWrite(now: now) {
            expect(isConnected, "wrote without a connection")
            ledger.wrote(write, now: now)
            planAnswer(write.sequence)
        }
        act([])
        bind.flush(now: now)
    }

    // MARK: Actions

    private mutating func act(_ actions: [BindAction]) {
        for step in bind.steps() { ledger.perform(step) }
        for action in actions {
            switch action {
            case .connect:
                expect(!isConnected, "connects while there is a connection")
                connection += 1
                switch mode {
                case .refusing: plan(.connected(false), after: .milliseconds(1), on: connection)
                case .dark: break
                case .up, .slow, .throttling, .locked, .cutting:
                    plan(.connected(true), after: .milliseconds(20), on: connection)
                }
            case .send(let pdu):
                expect(isConnected, "sends without a connection")
                send(pdu)
            case .close:
                hangUp()
            case .answered, .abandon:
                expect(false, "an action for the shell")
            case .deliver, .stopped:
                break
            }
        }
        if bind.session.state == .bound, bind.session.history.last?.at == now,
            bind.session.history.last?.state == "bound"
        {
            bounds += 1
        }
    }

    private mutating func send(_ pdu: PDU) {
        guard mode != .dark else { return }
        switch pdu.body {
        case .bind: answerBind(pdu.sequence)
        case .enquireLink:
            plan(.pdu(PDU(sequence: pdu.sequence, .enquireLinkResponse)), after: .milliseconds(10), on: connection)
        case .unbind:
            plan(.pdu(PDU(sequence: pdu.sequence, .unbindResponse)), after: .milliseconds(10), on: connection)
        case .bindResponse, .unbindResponse, .enquireLinkResponse, .genericNack, .submit, .submitResponse, .deliver,
            .deliverResponse, .data, .dataResponse, .query, .queryResponse, .cancel, .cancelResponse,
            .alertNotification, .outbind, .unknown:
            break
        }
    }
}
