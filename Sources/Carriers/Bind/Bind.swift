import Logging
import Messaging
import NIOCore
import SMPP
import SMPPWire
import TLS

/// One bind: runs a `BindSession` on one event loop and does what it says.
///
/// Unchecked `Sendable`: `name`, `plan`, `eventLoop`, `gauge` and `sharing` are constants and safe from any thread;
/// `carrier` and `hasSiblings` are set once, before the first task reaches the event loop; everything else is touched on
/// `eventLoop` only, which every entry asserts.
final class Bind: @unchecked Sendable {
    let name: String
    /// Its kind, window and rate.
    let plan: BindPlan
    let eventLoop: any EventLoop
    let gauge = BindGauge()
    /// Finds another bind for messages that this one cannot keep.
    weak var carrier: Carrier?
    /// Whether another bind may help with messages.
    var hasSiblings = false
    let sharing: BindSharing

    let configuration: CarrierConfiguration
    let logger: Logger
    /// A look at it from here copies all of it, unless it is by a `mutating` method.
    var session: BindSession
    /// In nanoseconds.
    private let responseTimeout: Int64
    /// The messages that the session holds, by the index of their keys.
    private(set) var pending: ContiguousArray<Submission?> = []
    var turn: PaceTurn
    /// There is no pace to keep, and no turn to wait for.
    let isUnpaced: Bool
    /// From the taking of a message to the write of its first segment.
    var windowWaits = TimeHistogram()
    /// It takes no messages until it is started.
    private(set) var isHeld = false
    /// Messages that were displaced by another account's.
    private(set) var displacements = 0
    /// What other threads see of the queue.
    var shownBacklog = 0
    var wasLastChoice = false
    /// A sibling was asked for messages and has not answered yet.
    var isAsking = false
    var askAgainAt = MonotonicTime(nanoseconds: 0)
    /// PDUs that leave with the next flush: one write for each turn of the loop.
    var outgoing = ByteBuffer()
    var flushIsPlanned = false
    var isReading = false
    /// What responses of the read that is under way completed.
    var answered: ContiguousArray<(Submission, SubmissionResult)> = []
    var handler: BindHandler?
    /// Copies what goes over the connection while a trace is on.
    var tap: BindTap?

    let connector: BindConnector
    /// Counts connection attempts, so that a late one is recognised.
    var attempt = 0
    var lastClose: EventLoopFuture<Void>?
    var stopPromise: EventLoopPromise<Void>?
    /// Starts anew once it has stopped.
    private var startsAgain = false
    var certificateExpiry: Int64?
    let events: CarrierEvents
    var shownState = ""
    var stateSince = MonotonicTime.now
    /// nil = it is bound.
    var downSince: MonotonicTime? = .now
    private var timer = LoopTimer()
    private var paceTimer = LoopTimer()

    init(
        name: String, plan: BindPlan, configuration: CarrierConfiguration, pace: SharedPace?, sharing: BindSharing,
        eventLoop: any EventLoop, logger: Logger, events: CarrierEvents
    ) {
        self.name = name
        self.plan = plan
        self.sharing = sharing
        self.events = events
        self.configuration = configuration
        self.eventLoop = eventLoop
        var logger = logger
        logger[metadataKey: "carrier"] = "\(configuration.setup.name)"
        logger[metadataKey: "bind"] = "\(name)"
        self.logger = logger
        session = BindSession(configuration.setup.bind(plan))
        responseTimeout = configuration.setup.timings.response.nanoseconds
        turn = PaceTurn(shared: pace, rate: plan.rate)
        isUnpaced = pace == nil && plan.rate == nil
        connector = BindConnector(configuration)
    }

    // MARK: From the carrier

    var kind: BindKind { plan.kind }

    /// How many requests may be open at once.
    var window: Int { plan.window ?? configuration.setup.limits.window }

    /// Whether new messages are welcome, as far as the bind itself goes.
    var takesMessages: Bool { session.isReady && !isHeld }

    /// Begins, or begins anew after a stop or a drain.
    func start(after delay: Duration) {
        eventLoop.assertInEventLoop()
        // A restart that was asked for does not outlive the whole carrier's stop.
        guard let carrier, !carrier.isStopping else { return }
        isHeld = false
        guard stopPromise == nil else {
            startsAgain = true
            return
        }
        let now = MonotonicTime.now
        run(session.start(after: delay, now: now), now: now)
    }

    /// Takes no new messages, but stays bound.
    func hold() {
        eventLoop.assertInEventLoop()
        isHeld = true
        pump(now: .now)
    }

    /// Drains, unbinds and closes; the future succeeds when the connection is closed.
    func stop() -> EventLoopFuture<Void> {
        eventLoop.assertInEventLoop()
        startsAgain = false
        if let stopPromise { return stopPromise.futureResult }
        guard session.state != .stopped else { return eventLoop.makeSucceededVoidFuture() }
        let promise = eventLoop.makePromise(of: Void.self)
        stopPromise = promise
        let now = MonotonicTime.now
        run(session.stop(now: now), now: now)
        return promise.futureResult
    }

    /// Stops, then starts anew; the future succeeds when the old connection is closed.
    func rebind() -> EventLoopFuture<Void> {
        let stopped = stop()
        if stopPromise == nil { start(after: .zero) } else { startsAgain = true }
        return stopped
    }

    /// Takes a message that `gauge.messageComes` announced.
    func take(_ message: Submission) {
        eventLoop.assertInEventLoop()
        let now = MonotonicTime.now
        let deadline = MonotonicTime(nanoseconds: message.deadline.uptimeNanoseconds)
        let admission =
            isHeld
            ? .refused
            : session.submit(
                segments: message.segments.count, deadline: deadline, carried: message.carried,
                account: message.account, tag: message.id.rawValue)
        switch admission {
        case .taken(let key):
            keep(message, key, now: now)
        case .takenInPlaceOf(let key, let displaced):
            displacements += 1
            leave(displaced)?.finish(.notSent(.busy))
            keep(message, key, now: now)
        // It waited elsewhere: it is not lost for having been moved.
        case .refused where message.isShared || !takesMessages:
            return passOn(message)
        case .refused:
            gauge.messageLeaves()
            return message.finishUnassigned(.busy)
        }
        pump(now: now)
        // Nothing of a new message is due before one of these.
        if !timer.isArmed(by: min(deadline, now.adding(nanoseconds: responseTimeout))) { armTimer() }
    }

    private func keep(_ message: Submission, _ key: MessageKey, now: MonotonicTime) {
        // What waited on another bind before goes on waiting.
        if message.waitingSince == nil { message.waitingSince = now }
        changePending { pending in
            if key.index < pending.count { pending[key.index] = message } else { pending.append(message) }
        }
    }

    // MARK: From the connection

    func connectionOpened() {
        let now = MonotonicTime.now
        certificateExpiry = handler?.agreement?.peerCertificateExpiry
        warnOfCertificate()
        traceConnected()
        run(session.connected(from: handler?.localAddress?.ipAddress, now: now), now: now)
    }

    func connectionEnded(_ failure: BindFailure) {
        let now = MonotonicTime.now
        traceClosed(byCarrier: true)
        forgetConnection()
        run(session.disconnected(failure, now: now, jitter: chance()), now: now)
    }

    func streamBroken(_ words: String) {
        let now = MonotonicTime.now
        run(session.streamBroken(words, now: now, jitter: chance()), now: now)
    }

    /// One whole PDU.
    func received(_ frame: ByteBuffer) {
        eventLoop.assertInEventLoop()
        trace(received: frame)
        let now = MonotonicTime.now
        isReading = true
        if let answer = PDUDecoder.submitResponse(frame) {
            let response = MessageResponse(messageID: answer.messageID)
            return perform(
                session.submitAnswered(
                    sequence: answer.sequence, status: answer.status, response: response, now: now))
        }
        do throws(PDUDecodingError) {
            let pdu = try PDUDecoder.decode(frame)
            if case .submitResponse(let response) = pdu.body {
                perform(
                    session.submitAnswered(
                        sequence: pdu.sequence, status: pdu.status, response: response, now: now))
            } else {
                run(session.received(pdu, now: now, jitter: chance()), now: now)
            }
        } catch {
            logger.debug("a PDU cannot be read", metadata: ["problem": "\(error)"])
            guard let header = PDUHeader(peeking: frame) else { return }
            let actions = session.receivedBroken(
                header.id, status: header.status, sequence: header.sequence, problem: error.status, now: now,
                jitter: chance())
            run(actions, now: now)
        }
    }

    /// All that came in this turn of the loop was given to `received`.
    ///
    /// Free slots of the window are filled before senders hear: replies to 37 responses of one read kept 100 slots empty for 0.5 ms,
    /// 2.5 % of a carrier's throughput at 20 ms.
    func receivedAll() {
        isReading = false
        let now = MonotonicTime.now
        run(session.continueDrain(now: now), now: now)
        flush()
        finishAnswered()
    }

    // MARK: Actions

    /// The one place that executes what the session decides.
    func run(_ actions: [BindAction], now: MonotonicTime) {
        showState(now: now)
        for action in actions {
            switch action {
            case .connect(let host): connect(host)
            case .send(let pdu): send(pdu)
            case .close: close()
            case .submit(let step): perform(step)
            case .deliver(let message, let isData, let key):
                let delivery = InboundDelivery(
                    carrier: configuration.setup.name, bind: name, message: message, isData: isData)
                events.deliver(delivery, DeliveryAnswer(bind: self, key: key))
            case .stopped: stopped(now: now)
            }
        }
        pump(now: now)
        armTimer()
    }

    func leave(_ key: MessageKey) -> Submission? {
        gauge.messageLeaves()
        return changePending { $0[key.index].take() }
    }

    /// Not in place: then each look at them would be checked for exclusive access at run time, 200 instructions a message.
    @inline(__always)
    private func changePending<Result>(_ change: (inout ContiguousArray<Submission?>) -> Result) -> Result {
        var changed: ContiguousArray<Submission?> = []
        swap(&changed, &pending)
        defer { swap(&changed, &pending) }
        return change(&changed)
    }

    /// Gives a message back that came while the bind was not ready.
    private func passOn(_ message: Submission) {
        gauge.messageLeaves()
        message.hops += 1
        reassign(message)
    }

    func reassign(_ message: Submission) {
        if let carrier { carrier.assign(message, notOn: self) } else { message.finishUnassigned(.noBind) }
    }

    private func connect(_ host: Int) {
        attempt += 1
        let attempt = attempt
        connector.connect(to: configuration.setup.hosts[host], on: eventLoop).whenComplete { result in
            self.connectCompleted(result, attempt: attempt)
        }
    }

    private func connectCompleted(_ result: Result<BindHandler, any Error>, attempt: Int) {
        let isWanted = attempt == self.attempt && handler == nil
        switch result {
        case .success(let handler) where isWanted:
            self.handler = handler
            handler.adopt(by: self)
        case .success(let handler):
            _ = handler.close()
        case .failure(let error) where isWanted:
            let now = MonotonicTime.now
            let failure = TransportFailure.describe(error)
            run(session.connectFailed(failure, now: now, jitter: chance()), now: now)
        case .failure:
            break
        }
    }

    private func close() {
        flush()
        traceClosed(byCarrier: false)
        lastClose = handler?.close()
        attempt += 1
        forgetConnection()
    }

    private func forgetConnection() {
        handler = nil
        outgoing.clear()
        isReading = false
        certificateExpiry = nil
        finishAnswered()
    }

    private func stopped(now: MonotonicTime) {
        timer.cancel()
        paceTimer.cancel()
        guard let lastClose else { return ended() }
        lastClose.hop(to: eventLoop).whenComplete { _ in self.ended() }
    }

    /// The connection of a stopped bind is closed.
    private func ended() {
        lastClose = nil
        let promise = stopPromise
        stopPromise = nil
        promise?.succeed()
        guard startsAgain else { return }
        startsAgain = false
        start(after: .zero)
    }

    // MARK: Time

    /// Chance for the waits between attempts.
    private func chance() -> Double {
        Double.random(in: 0..<1)
    }

    /// One task for all deadlines of the session: set anew only when an earlier one appears, else when it fires.
    func armTimer() {
        guard let due = session.nextDeadline else { return }
        timer.arm(at: due, on: eventLoop) { self.timerFired() }
    }

    private func timerFired() {
        timer.fired()
        let now = MonotonicTime.now
        warnOfCertificate()
        run(session.timerFired(now: now, jitter: chance()), now: now)
    }

    /// Wakes when the pace allows the next write.
    func armPaceTimer(at due: MonotonicTime) {
        paceTimer.arm(at: due, on: eventLoop) { self.paceTimerFired() }
    }

    private func paceTimerFired() {
        paceTimer.fired()
        pump(now: .now)
        armTimer()
    }
}
