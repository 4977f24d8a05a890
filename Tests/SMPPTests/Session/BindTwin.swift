@testable import SMPP

/// One bind without its shell: a session and the scheduler of this one bind, driven together as the shell does.
struct BindTwin: ~Copyable {
    private(set) var session: BindSession
    var scheduler: CarrierScheduler
    /// Written and not yet handed to the socket.
    private var unflushed: [UInt32] = []
    /// What was lost so.
    private var lost: [UInt32] = []

    init(_ setup: BindSetup, limits: CarrierLimits? = nil) {
        session = BindSession(setup)
        let standard = CarrierLimits(
            waiting: setup.limits.waiting, window: setup.limits.window, response: setup.timings.response,
            lateKept: setup.limits.lateKept, maxLate: setup.limits.late)
        scheduler = CarrierScheduler(limits: limits ?? standard, windows: [nil])
    }

    /// When `timerFired` is due.
    mutating func nextDeadline(now: MonotonicTime) -> MonotonicTime? {
        [session.nextDeadline, scheduler.nextWake(now: now)].compactMap(\.self).min()
    }

    var state: BindState { session.state }
    var isReady: Bool { session.isReady }
    var isSuspect: Bool { session.isSuspect }
    var lastFailure: BindFailure? { session.lastFailure }
    var history: [BindChange] { session.history }
    var changeCounts: [BindChangeKey: UInt64] { session.changeCounts }
    var misplaced: UInt64 { session.misplaced }
    /// The session's own.
    var nextDeadline: MonotonicTime? { session.nextDeadline }

    // MARK: Events; what comes out is for the network

    mutating func start(after delay: Duration = .zero, now: MonotonicTime) -> [BindAction] {
        run(session.start(after: delay, now: now), now: now)
    }

    mutating func stop(now: MonotonicTime) -> [BindAction] { run(session.stop(now: now), now: now) }

    mutating func connected(from address: String? = nil, now: MonotonicTime) -> [BindAction] {
        run(session.connected(from: address, sequence: scheduler.takeSequence(on: 0), now: now), now: now)
    }

    mutating func connectFailed(_ failure: BindFailure, now: MonotonicTime, jitter: Double) -> [BindAction] {
        run(session.connectFailed(failure, now: now, jitter: jitter), now: now)
    }

    mutating func disconnected(_ failure: BindFailure, now: MonotonicTime, jitter: Double) -> [BindAction] {
        run(session.disconnected(failure, now: now, jitter: jitter), now: now)
    }

    mutating func streamBroken(commandLength: UInt32, now: MonotonicTime, jitter: Double) -> [BindAction] {
        run(session.streamBroken(commandLength: commandLength, now: now, jitter: jitter), now: now)
    }

    mutating func received(_ pdu: PDU, now: MonotonicTime, jitter: Double) -> [BindAction] {
        let expected = scheduler.expects(pdu.sequence, on: 0)
        return run(session.received(pdu, now: now, jitter: jitter) { _ in expected }, now: now)
    }

    mutating func receivedBroken(
        _ id: CommandID, status: CommandStatus = .ok, sequence: UInt32, problem: CommandStatus, now: MonotonicTime,
        jitter: Double
    ) -> [BindAction] {
        let expected = scheduler.expects(sequence, on: 0)
        let actions = session.receivedBroken(
            id, status: status, sequence: sequence, problem: problem, now: now, jitter: jitter
        ) { _ in expected }
        return run(actions, now: now)
    }

    /// The short way of a `submit_sm_resp`.
    mutating func answered(
        _ sequence: UInt32, _ status: CommandStatus = .ok, id: String = "a", now: MonotonicTime
    ) -> [BindAction] {
        guard session.heard(now: now) else { return [] }
        scheduler.answered(bind: 0, sequence: sequence, status: status, messageID: id, now: now)
        return run([], now: now)
    }

    mutating func answerDelivery(_ key: DeliveryKey, _ status: CommandStatus, now: MonotonicTime) -> [BindAction] {
        run(session.answerDelivery(key, status), now: now)
    }

    mutating func timerFired(now: MonotonicTime, jitter: Double) -> [BindAction] {
        scheduler.tick(now: now)
        if let writtenAt = scheduler.takeOverdue(on: 0) { session.responseIsOverdue(writtenAt: writtenAt, now: now) }
        let isDue = session.nextDeadline.map { $0 <= now } ?? false
        let sequence = isDue ? scheduler.takeSequence(on: 0) : 0
        return run(session.timerFired(sequence: sequence, now: now, jitter: jitter), now: now)
    }

    // MARK: Messages

    mutating func submit(
        segments: Int = 1, deadline: MonotonicTime, account: Int = 0, tag: UInt64 = 0, now: MonotonicTime
    ) -> CarrierAdmission {
        let offer = CarrierOffer(segments: segments, deadline: deadline, account: account, tag: tag)
        return scheduler.submit(offer, now: now)
    }

    mutating func nextWrite(now: MonotonicTime) -> CarrierWrite? {
        guard let write = scheduler.nextWrite(now: now) else { return nil }
        unflushed.append(write.sequence)
        return write
    }

    mutating func couldNotWrite(_ write: CarrierWrite, now: MonotonicTime) {
        unflushed.removeAll { $0 == write.sequence }
        scheduler.couldNotWrite(write, now: now)
    }

    mutating func flush(now: MonotonicTime) {
        unflushed.removeAll()
        scheduler.left(0, now: now)
    }

    /// What follows for messages.
    mutating func steps() -> [CarrierStep] {
        var steps: [CarrierStep] = []
        while let step = scheduler.nextStep() { steps.append(step) }
        return steps
    }

    /// The requests that never left since the last call.
    mutating func takeLost() -> [UInt32] {
        defer { lost = [] }
        return lost
    }

    // MARK: The shell

    private mutating func run(_ actions: [BindAction], now: MonotonicTime) -> [BindAction] {
        follow(now: now)
        var network: [BindAction] = []
        for action in actions {
            switch action {
            case .answered(let sequence, let status, let response):
                scheduler.answered(
                    bind: 0, sequence: sequence, status: status, messageID: response.messageID,
                    congestion: response.tlvs[.congestionState]?.integer, now: now)
            case .abandon: scheduler.abandon(0, now: now)
            case .connect, .send, .close, .deliver, .stopped: network.append(action)
            }
        }
        guard session.isReadyToEnd, scheduler.isEmpty(0) else { return network }
        let sequence = scheduler.takeSequence(on: 0)
        return network + run(session.drained(sequence: sequence, now: now, jitter: 1), now: now)
    }

    private mutating func follow(now: MonotonicTime) {
        switch session.state {
        case .idle, .connecting, .waiting, .stopped:
            scheduler.bindDown(0, neverLeft: unflushed, now: now)
            lost += unflushed
            unflushed = []
        case .binding: break
        case .bound:
            if session.setup.kind.submits { scheduler.bindUp(0, now: now) }
        case .draining, .unbinding: scheduler.bindDraining(0, now: now)
        case .dismissed: scheduler.bindClosing(0, now: now)
        }
    }
}
