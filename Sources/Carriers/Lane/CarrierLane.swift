import Messaging
import NIOCore
import SMPP
import Synchronization

/// A part of a carrier on one event loop: some of its binds, and the `CarrierScheduler` that decides what is written on them.
///
/// ```
///   Carrier.submit ──▶ take ──▶ scheduler ──nextWrite──▶ Bind.write ──flush──▶ the socket
///                                   ▲   └──nextStep──▶ the sender, another lane, a bind that has drained
///   Bind: answers, bound, lost ─────┘
/// ```
///
/// After every event comes one `pump`; while a bind reads, after the last PDU of the read: free slots of the window are filled
/// before senders hear. Replies to 37 responses of one read kept 100 slots empty for 0.5 ms, 2.5 % of a carrier's
/// throughput at 20 ms.
///
/// Unchecked `Sendable`: `eventLoop` and `gauge` are constants and safe from any thread; `carrier` is set before the first task
/// reaches the event loop; everything else is touched on `eventLoop` only.
final class CarrierLane: @unchecked Sendable {
    let eventLoop: any EventLoop
    let gauge = LaneGauge()
    /// Finds another lane for what this one cannot keep.
    weak var carrier: Carrier?
    /// By their indices in the scheduler; none before the start and after the stop of the whole carrier: they hold their lane.
    private(set) var binds: [Bind] = []
    /// A look at it from here is in place: it is not copyable.
    var scheduler: CarrierScheduler
    /// It shows its load, by which messages are given to one of several lanes.
    let isOneOfMany: Bool
    /// The messages that the scheduler holds, by the index of their keys.
    private(set) var table: ContiguousArray<Submission?> = []
    /// Accepted in this turn, and not handed over yet.
    var accepted: [AcceptedSegment] = []
    private var timer = LoopTimer()
    private let statuses: StatusTable
    let events: CarrierEvents
    /// A bind is in the middle of what it has read.
    var isReading = false
    /// The carrier is being stopped: what waits is still written, then the binds end.
    private(set) var isStopping: Bool
    /// Its number in the carrier, from 0.
    let number: Int
    /// Nil where no other node shares the carrier.
    let lease: CarrierLease?
    /// The rate changes then.
    private var rateChange: Scheduled<Void>?
    /// Messages that were displaced by another account's.
    private(set) var displacements = 0
    /// Since when it is as `gauge` shows.
    private var shownSince = MonotonicTime.now
    /// When a message was last refused, or handed back, for lack of time or of a place to wait.
    private var overloadedAt: MonotonicTime?

    init(
        _ limits: CarrierLimits, plans: [BindPlan], statuses: StatusTable, isOneOfMany: Bool, number: Int,
        eventLoop: any EventLoop, events: CarrierEvents, lease: CarrierLease?
    ) {
        self.eventLoop = eventLoop
        self.isOneOfMany = isOneOfMany
        self.number = number
        self.lease = lease
        // One that is shared runs once it is taken.
        isStopping = lease != nil
        self.statuses = statuses
        self.events = events
        scheduler = CarrierScheduler(
            limits: limits, windows: plans.map(\.window), rates: plans.map(\.rate), statuses: statuses)
    }

    // MARK: Messages

    /// Takes a message, or says at once why not.
    func take(_ message: Submission) {
        eventLoop.assertInEventLoop()
        let now = MonotonicTime.now
        let offer = CarrierOffer(
            segments: message.segments.count, deadline: MonotonicTime(nanoseconds: message.deadline.uptimeNanoseconds),
            account: message.account, hasNext: message.hasNext || message.hasOtherLane, tag: message.id.rawValue)
        switch scheduler.submit(offer, now: now) {
        case .taken(let key):
            // What waited on another lane before goes on waiting.
            if message.waitingSince == nil { message.waitingSince = now }
            if key.index < table.count { table[key.index] = message } else { table.append(message) }
            pump(now: now)
        case .refused(let refusal):
            refuse(message, refusal, now: now)
        }
    }

    /// Sends `cancel_sm` over a bind that takes messages.
    func cancel(_ requests: [CancelRequest]) {
        guard let bind = binds.first(where: { $0.session.isReady }) else { return }
        for request in requests { bind.cancel(request) }
    }

    /// No byte of the message left over this lane.
    private func refuse(_ message: Submission, _ refusal: CarrierRefusal, now: MonotonicTime) {
        switch refusal.reason {
        case .notInTime, .queueFull: overloadedAt = now
        case .noBind, .draining, .paused, .tripped, .quiet, .unwritable: break
        }
        if refusal.reason == .draining, let next = carrier?.successor {
            next.takeOver(message)
        } else if message.hasOtherLane, refusal.reason != .unwritable, let carrier {
            carrier.moveOn(message, from: self, refusal)
        } else if refusal.reason == .draining, lease != nil, carrier?.isStopping == false {
            // The bind goes to another node, and the service goes on.
            message.finish(CarrierRefusal(.noBind))
        } else {
            message.finish(refusal)
        }
    }

    /// Whether all that was answered is that the bind is of no use for the message; another lane's may be.
    private func wantsOtherBind(_ outcomes: [SegmentOutcome]) -> Bool {
        outcomes.allSatisfy { outcome in
            switch outcome {
            case .accepted, .unknown: false
            case .notSent: true
            case .refused(let status): statuses.row(for: status).retry == .otherBindOnce
            }
        }
    }

    private func leave(_ key: MessageKey) -> Submission? {
        table[key.index].take()
    }

    // MARK: The turn

    /// Does what the scheduler says, after every event.
    ///
    /// - Parameter bind: the one that has read: what is written on it leaves before senders hear.
    func pump(now: MonotonicTime, flushing bind: Bind? = nil) {
        guard !isReading, !binds.isEmpty else { return }
        bind?.flushIsPlanned = true
        write(now: now)
        bind?.flush(now: now)
        handOverAccepted(now: now)
        act(now: now)
        if isStopping, scheduler.waiting == 0 { endBinds(now: now) }
        if let wake = scheduler.nextWake(now: now) { timer.arm(at: wake, on: eventLoop) { self.timerFired() } }
        show(now: now)
    }

    /// Writes as many segments as windows and pace allow.
    private func write(now: MonotonicTime) {
        while let write = scheduler.nextWrite(now: now) {
            guard let message = table[write.message.index], binds[write.bind].write(message, write, now: now) else {
                scheduler.couldNotWrite(write, now: now)
                continue
            }
        }
    }

    /// Tells everybody what became of it.
    private func act(now: MonotonicTime) {
        while let step = scheduler.nextStep() {
            switch consume step {
            case .complete(let key, let outcomes):
                guard let message = leave(key) else { continue }
                if message.hasOtherLane, message.carried == nil, wantsOtherBind(outcomes) {
                    message.carried = outcomes
                    refuse(message, CarrierRefusal(.noBind), now: now)
                } else {
                    message.finish(.sent(outcomes))
                }
            case .notSent(let key, let refusal):
                if refusal.reason == .queueFull { displacements += 1 }
                if let message = leave(key) { refuse(message, refusal, now: now) }
            case .late(let response, let index):
                binds[index].logLate(response)
                events.late(response)
            case .drained(let index):
                binds[index].endIfDrained(now: now)
            }
        }
    }

    private func timerFired() {
        timer.fired()
        let now = MonotonicTime.now
        scheduler.tick(now: now)
        for bind in binds {
            if let writtenAt = scheduler.takeOverdue(on: bind.index) { bind.responseIsOverdue(writtenAt, now: now) }
        }
        pump(now: now)
    }

    // MARK: Binds

    /// The scheduler learns what a bind's session has become.
    func follow(_ bind: Bind, now: MonotonicTime) {
        switch bind.session.state {
        case .idle, .connecting, .waiting, .stopped:
            scheduler.bindDown(bind.index, neverLeft: bind.takeUnflushed(), now: now)
        case .binding:
            break
        case .bound where !bind.kind.submits:
            break
        case .bound where bind.isHeld:
            scheduler.bindDraining(bind.index, now: now)
        case .bound:
            scheduler.bindUp(bind.index, now: now)
            scheduler.bindResumed(bind.index)
        // A carrier that stops finishes what waits, as long as its binds may wait for it.
        case .draining where isStopping && scheduler.waiting > 0:
            break
        case .draining, .unbinding:
            scheduler.bindDraining(bind.index, now: now)
        case .dismissed:
            scheduler.bindClosing(bind.index, now: now)
        }
    }

    /// Whether nothing of a bind that drains is left to be written or answered.
    func hasDrained(_ bind: Bind) -> Bool {
        scheduler.isEmpty(bind.index) && !(isStopping && scheduler.waiting > 0)
    }

    /// All that waited is written: binds that stop need not wait any longer.
    private func endBinds(now: MonotonicTime) {
        for bind in binds where bind.session.state.isDraining {
            follow(bind, now: now)
            bind.endIfDrained(now: now)
        }
    }

    /// Begins to connect; also anew after `stop`.
    ///
    /// - Parameters:
    ///   - binds: in the order of their indices.
    ///   - delay: for each of them.
    func start(_ binds: [Bind], after delay: (Bind) -> Duration) {
        eventLoop.assertInEventLoop()
        self.binds = binds
        isStopping = false
        scheduler.start()
        for bind in binds { bind.start(after: delay(bind)) }
        show(now: .now)
    }

    /// Takes no new messages, finishes what it has (at most for the response time), then each bind unbinds and closes.
    func stop() -> EventLoopFuture<Void> {
        isStopping = true
        scheduler.stop()
        show(now: .now)
        let stopped = EventLoopFuture.andAllComplete(binds.map { $0.stop() }, on: eventLoop)
        stopped.assumeIsolated().whenSuccess { [self] in
            guard isStopping else { return }
            timer.cancel()
            binds = []
        }
        return stopped
    }

    /// As `stop`, at once: every connection ends by RST, and what it has not answered is unknown.
    func abort() -> EventLoopFuture<Void> {
        isStopping = true
        scheduler.stop()
        let stopped = EventLoopFuture.andAllComplete(binds.map { $0.abort() }, on: eventLoop)
        timer.cancel()
        binds = []
        show(now: .now)
        return stopped
    }

    /// It writes so many PDUs per second from then on; nil = no limit.
    func setShare(_ rate: Double?, from time: MonotonicTime) {
        rateChange?.cancel()
        rateChange = nil
        let now = MonotonicTime.now
        guard let current = scheduler.rate, rate.map({ $0 > current }) ?? true, time > now else {
            return setRate(rate, now: now)
        }
        rateChange = eventLoop.assumeIsolated().scheduleTask(deadline: NIODeadline(time)) { [self] in
            setRate(rate, now: .now)
        }
    }

    private func setRate(_ rate: Double?, now: MonotonicTime) {
        scheduler.setRate(rate, now: now)
        pump(now: now)
    }

    /// Gives what is not begun to the carrier's successor, and takes nothing more.
    func handOver() {
        scheduler.handOver()
        pump(now: .now)
    }

    /// Shows other threads whether messages may come.
    private func show(now: MonotonicTime) {
        if isOneOfMany {
            gauge.setLoad(scheduler.load())
            gauge.setOldestOpen(scheduler.oldestOpen())
        }
        let readiness = LaneGauge.Readiness(scheduler.readiness(now: now))
        let before = gauge.readiness
        guard before != readiness else { return }
        gauge.setReadiness(readiness)
        shownSince = now
        events.changed()
        if !before.takesMessages, readiness.takesMessages { carrier?.laneIsReady() }
    }

    // MARK: What people see

    /// - Parameter binds: in the order of their indices.
    func status(_ binds: [Bind]) -> LaneStatus {
        eventLoop.assertInEventLoop()
        let now = MonotonicTime.now
        let telling = scheduler.telling(now: now)
        let refusals = CarrierRefusal.Reason.allCases.map { ($0.rawValue, scheduler.refused($0)) }
        return LaneStatus(
            telling: telling, refusals: Dictionary(uniqueKeysWithValues: refusals),
            binds: binds.map { $0.status(telling, now: now) }, since: now - shownSince,
            overloadedAgo: overloadedAt.map { now - $0 }, now: now, isHere: lease == nil || !self.binds.isEmpty)
    }
}
