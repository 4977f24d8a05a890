import Logging
import NIOCore
import SMPP
import SMPPWire

/// One bind: runs a `BindSession` on one event loop and does what it says.
///
/// Unchecked `Sendable`: `name`, `kind`, `eventLoop` and `gauge` are constants and safe from any thread; `carrier` is set once,
/// before the first task reaches the event loop; everything else is touched on `eventLoop` only, which every
/// entry asserts.
final class Bind: @unchecked Sendable {
    let name: String
    let kind: BindKind
    let eventLoop: any EventLoop
    let gauge = BindGauge()
    /// Finds another bind for messages that this one cannot keep.
    weak var carrier: Carrier?

    let configuration: CarrierConfiguration
    let logger: Logger
    var session: BindSession
    /// What belongs to the session's messages, by the index of their keys.
    var flights: ContiguousArray<Flight?> = []
    var turn: PaceTurn?
    /// PDUs that leave with the next flush: one write for each turn of the loop.
    var outgoing = ByteBuffer()
    var flushIsPlanned = false
    var isReading = false
    var handler: BindHandler?

    let connector: BindConnector
    /// Counts connection attempts, so that a late one is recognised.
    var attempt = 0
    var lastClose: EventLoopFuture<Void>?
    var stopPromise: EventLoopPromise<Void>?
    var shownState = ""
    var stateSince = MonotonicTime.now
    private var timer = LoopTimer()
    private var paceTimer = LoopTimer()

    init(
        name: String, kind: BindKind, configuration: CarrierConfiguration, pace: SharedPace?,
        eventLoop: any EventLoop, logger: Logger
    ) {
        self.name = name
        self.kind = kind
        self.configuration = configuration
        self.eventLoop = eventLoop
        var logger = logger
        logger[metadataKey: "carrier"] = "\(configuration.name)"
        logger[metadataKey: "bind"] = "\(name)"
        self.logger = logger
        session = BindSession(configuration.setup(kind))
        turn = pace.map(PaceTurn.init)
        connector = BindConnector(configuration)
    }

    // MARK: From the carrier

    func start(after delay: Duration) {
        eventLoop.assertInEventLoop()
        let now = MonotonicTime.now
        run(session.start(after: delay, now: now), now: now)
    }

    /// Drains, unbinds and closes; the future succeeds when the connection is closed.
    func stop() -> EventLoopFuture<Void> {
        eventLoop.assertInEventLoop()
        if let stopPromise { return stopPromise.futureResult }
        let promise = eventLoop.makePromise(of: Void.self)
        stopPromise = promise
        let now = MonotonicTime.now
        run(session.stop(now: now), now: now)
        return promise.futureResult
    }

    /// Takes a message that `gauge.messageComes` announced.
    func take(_ flight: Flight) {
        eventLoop.assertInEventLoop()
        let now = MonotonicTime.now
        guard session.isReady else { return passOn(flight) }
        let submission = flight.submission
        let key = session.submit(
            segments: submission.segments.count,
            deadline: MonotonicTime(nanoseconds: submission.deadline.uptimeNanoseconds), carried: flight.carried)
        guard let key else {
            gauge.messageLeaves()
            return flight.finishUnplaced(.busy)
        }
        if key.index < flights.count { flights[key.index] = flight } else { flights.append(flight) }
        pump(now: now)
        armTimer()
    }

    // MARK: From the connection

    func connectionOpened() {
        let now = MonotonicTime.now
        run(session.connected(now: now), now: now)
    }

    func connectionEnded(_ failure: BindFailure) {
        let now = MonotonicTime.now
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
        let now = MonotonicTime.now
        isReading = true
        do throws(PDUDecodingError) {
            let pdu = try PDUDecoder.decode(frame)
            if case .submitResponse(let response) = pdu.body {
                let step = session.submitAnswered(
                    sequence: pdu.sequence, status: pdu.status, response: response, now: now)
                perform(step)
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
    func receivedAll() {
        isReading = false
        let now = MonotonicTime.now
        run(session.continueDrain(now: now), now: now)
        flush()
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
            case .stopped: stopped()
            }
        }
        pump(now: now)
        armTimer()
    }

    func perform(_ step: SubmitStep) {
        switch step {
        case .nothing:
            break
        case .complete(let key, let result):
            leave(key)?.finish(result)
        case .move(let key, let carried):
            guard var flight = leave(key) else { return }
            flight.carried = carried
            flight.hops += 1
            place(flight)
        }
    }

    private func leave(_ key: MessageKey) -> Flight? {
        let flight = flights[key.index]
        flights[key.index] = nil
        gauge.messageLeaves()
        return flight
    }

    /// Gives a message back that came while the bind was not ready.
    private func passOn(_ flight: Flight) {
        var flight = flight
        gauge.messageLeaves()
        flight.hops += 1
        place(flight)
    }

    private func place(_ flight: Flight) {
        if let carrier { carrier.place(flight, notOn: self) } else { flight.finishUnplaced(.noBind) }
    }

    private func connect(_ host: Int) {
        attempt += 1
        let attempt = attempt
        connector.connect(to: configuration.hosts[host], on: eventLoop).whenComplete { result in
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
        lastClose = handler?.close()
        attempt += 1
        forgetConnection()
    }

    private func forgetConnection() {
        handler = nil
        outgoing.clear()
        isReading = false
    }

    private func stopped() {
        timer.cancel()
        paceTimer.cancel()
        guard let promise = stopPromise else { return }
        guard let lastClose else { return promise.succeed() }
        lastClose.whenComplete { _ in promise.succeed() }
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
