import Logging
import Messaging
import NIOCore
import SMPP
import SMPPWire
import TLS

/// One bind: a `BindSession`, its channel, and what leaves with the next flush. Does what the session says.
///
/// Unchecked `Sendable`: `name`, `index`, `plan` and `lane` are constants; everything else is touched on the lane's event loop
/// only, which every entry asserts.
final class Bind: @unchecked Sendable {
    let name: String
    /// In its lane, and in the lane's scheduler.
    let index: Int
    /// Its kind, window and rate.
    let plan: BindPlan
    let lane: CarrierLane
    let certificates: CertificateWarnings

    let configuration: CarrierConfiguration
    let logger: Logger
    /// A look at it from here is in place: it is not copyable.
    var session: BindSession
    /// From the taking of a message to the write of its first segment.
    var windowWaits = TimeHistogram()
    /// It takes no messages until it is started.
    private(set) var isHeld = false
    /// PDUs that leave with the next flush: one write for each turn of the loop.
    var outgoing = ByteBuffer()
    /// The sequence numbers of the `submit_sm` among them.
    var unflushed: [UInt32] = []
    var flushIsPlanned = false
    var handler: BindHandler?
    /// Copies what goes over the connection while a trace is on.
    var tap: BindTap?

    /// Where several nodes share the carrier 0x05 is what a take looks like while the carrier counts the dead bind.
    private static let firstAfterTake = Duration.seconds(1)

    private let connector: BindConnector
    /// The connection ends by RST.
    private var isAborting = false
    /// Counts connection attempts, so that a late one is recognised.
    private var attempt = 0
    private var lastClose: EventLoopFuture<Void>?
    private var stopPromise: EventLoopPromise<Void>?
    /// Starts anew once it has stopped.
    private var startsAgain = false
    var certificateExpiry: Int64?
    let events: CarrierEvents
    var shownState = ""
    var lines = BindLines()
    /// PDUs that make no sense, told so far; and what was wrong with the last one that could not be read.
    var oddPDUs: UInt64 = 0
    var unreadable: String?
    var oddLines = LineBudget(lines: 1, period: .seconds(3600))
    var stateSince = MonotonicTime.now
    /// nil = it is bound.
    var downSince: MonotonicTime? = .now
    private var timer = LoopTimer()

    init(
        name: String, index: Int, plan: BindPlan, configuration: CarrierConfiguration, lane: CarrierLane,
        certificates: CertificateWarnings, logger: Logger, events: CarrierEvents
    ) {
        self.name = name
        self.index = index
        self.plan = plan
        self.lane = lane
        self.certificates = certificates
        self.events = events
        self.configuration = configuration
        var logger = logger
        logger[metadataKey: "carrier"] = "\(configuration.setup.name)"
        logger[metadataKey: "bind"] = "\(name)"
        self.logger = logger
        var setup = configuration.setup.bind(plan)
        if lane.lease != nil { setup.alreadyBoundFirst = Self.firstAfterTake }
        session = BindSession(setup)
        connector = BindConnector(configuration, resets: lane.lease != nil, logger: logger)
    }

    // MARK: From the carrier

    var kind: BindKind { plan.kind }
    var eventLoop: any EventLoop { lane.eventLoop }

    /// Begins, or begins anew after a stop or a drain.
    func start(after delay: Duration) {
        eventLoop.assertInEventLoop()
        // A restart that was asked for does not outlive the whole carrier's stop.
        guard !lane.isStopping else { return }
        hold(false)
        guard stopPromise == nil else {
            startsAgain = true
            return
        }
        let now = MonotonicTime.now
        run(session.start(after: delay, now: now), now: now)
    }

    /// Takes no new messages, but stays bound; or does again.
    func hold(_ isHeld: Bool = true) {
        eventLoop.assertInEventLoop()
        guard self.isHeld != isHeld else { return }
        self.isHeld = isHeld
        events.changed()
        let now = MonotonicTime.now
        lane.follow(self, now: now)
        lane.pump(now: now)
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

    /// As `stop`, but nothing more is written and nothing waited for: the connection ends by RST.
    func abort() -> EventLoopFuture<Void> {
        isAborting = true
        let stopped = stop()
        if handler != nil { close() }
        let now = MonotonicTime.now
        run(session.disconnected(BindFailure(.stopped(isAnswered: false)), now: now, jitter: 1), now: now)
        isAborting = false
        return stopped
    }

    /// Stops, then starts anew; the future succeeds when the old connection is closed.
    func rebind() -> EventLoopFuture<Void> {
        let stopped = stop()
        if stopPromise == nil { start(after: .zero) } else { startsAgain = true }
        return stopped
    }

    // MARK: From the connection

    func connectionOpened() {
        let now = MonotonicTime.now
        certificateExpiry = handler?.agreement?.peerCertificateExpiry
        warnOfCertificate()
        traceConnected()
        let sequence = lane.scheduler.takeSequence(on: index)
        run(session.connected(from: handler?.localAddress?.ipAddress, sequence: sequence, now: now), now: now)
    }

    func connectionEnded(_ failure: BindFailure) {
        let now = MonotonicTime.now
        traceClosed(byCarrier: true)
        forgetConnection()
        run(session.disconnected(failure, now: now, jitter: chance()), now: now)
    }

    func streamBroken(commandLength: UInt32) {
        let now = MonotonicTime.now
        run(session.streamBroken(commandLength: commandLength, now: now, jitter: chance()), now: now)
    }

    /// One whole PDU.
    func received(_ frame: ByteBuffer) {
        eventLoop.assertInEventLoop()
        trace(received: frame)
        let now = MonotonicTime.now
        lane.isReading = true
        if let answer = PDUDecoder.submitResponse(frame) {
            guard session.heard(now: now) else { return }
            return lane.answered(
                self, sequence: answer.sequence, status: answer.status, messageID: answer.messageID, now: now)
        }
        do throws(PDUDecodingError) {
            let pdu = try PDUDecoder.decode(frame)
            if let flaw = pdu.flaw {
                logger.debug(
                    "a part of a PDU was passed over",
                    metadata: ["command": "\(pdu.commandID.name)", "problem": "\(flaw)"])
            }
            run(session.received(pdu, now: now, jitter: chance(), expects: expects), now: now)
        } catch {
            unreadable = "\(error)"
            logger.debug("a PDU cannot be read", metadata: ["problem": "\(error)"])
            guard let header = PDUHeader(peeking: frame) else { return }
            let actions = session.receivedBroken(
                header.id, status: header.status, sequence: header.sequence, problem: error.status, now: now,
                jitter: chance(), expects: expects)
            run(actions, now: now)
        }
    }

    private func expects(_ sequence: UInt32) -> Bool {
        lane.scheduler.expects(sequence, on: index)
    }

    /// All that came in this turn of the loop was given to `received`.
    func receivedAll() {
        lane.isReading = false
        let now = MonotonicTime.now
        warnOfOddPDUs(now: now)
        lane.pump(now: now, flushing: self)
    }

    /// A request that was written then is overdue.
    func responseIsOverdue(_ writtenAt: MonotonicTime, now: MonotonicTime) {
        session.responseIsOverdue(writtenAt: writtenAt, now: now)
        armTimer()
    }

    // MARK: Actions

    /// The one place that executes what the session decides.
    func run(_ actions: [BindAction], now: MonotonicTime) {
        lane.follow(self, now: now)
        showState(now: now)
        for action in actions {
            switch action {
            case .connect(let host): connect(host)
            case .send(let pdu): send(pdu)
            case .close: close()
            case .answered(let sequence, let status, let response):
                let congestion = response.tlvs.isEmpty ? nil : response.tlvs[.congestionState]?.integer
                lane.answered(
                    self, sequence: sequence, status: status, messageID: response.messageID,
                    congestion: congestion, now: now)
            case .abandon: lane.scheduler.abandon(index, now: now)
            case .deliver(let message, let isData, let key):
                lane.handOverAccepted(now: now)
                let delivery = InboundDelivery(
                    carrier: configuration.setup.name, bind: name, message: message, isData: isData, at: now,
                    answeredUpTo: lane.answeredUpTo(now: now))
                events.deliver(delivery, DeliveryAnswer(bind: self, key: key))
            case .stopped: stopped(now: now)
            }
        }
        endIfDrained(now: now)
        lane.pump(now: now)
        armTimer()
    }

    /// Goes on with a stop, or with the carrier's `unbind`, once nothing is open.
    func endIfDrained(now: MonotonicTime) {
        guard session.isReadyToEnd, lane.hasDrained(self) else { return }
        let sequence = lane.scheduler.takeSequence(on: index)
        run(session.drained(sequence: sequence, now: now, jitter: chance()), now: now)
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
            let failure = BindFailure(TransportFailure.cause(of: error, bindFrom: configuration.setup.bindFrom))
            run(session.connectFailed(failure, now: now, jitter: chance()), now: now)
        case .failure:
            break
        }
    }

    private func close() {
        if !isAborting { flush() }
        traceClosed(byCarrier: false)
        lastClose = isAborting ? handler?.abort() : handler?.close()
        attempt += 1
        forgetConnection()
    }

    private func forgetConnection() {
        handler = nil
        outgoing.clear()
        lane.isReading = false
        certificateExpiry = nil
    }

    /// The sequence numbers of the `submit_sm` that are encoded and have not left; they will not.
    func takeUnflushed() -> [UInt32] {
        guard !unflushed.isEmpty else { return [] }
        defer { unflushed.removeAll(keepingCapacity: true) }
        outgoing.clear()
        return unflushed
    }

    private func stopped(now: MonotonicTime) {
        timer.cancel()
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
        let sequence = lane.scheduler.takeSequence(on: index)
        run(session.timerFired(sequence: sequence, now: now, jitter: chance()), now: now)
    }
}
