package import Logging
package import NIOCore
package import SMPP
import Synchronization

/// One carrier: keeps its binds up and gives each message to one of its lanes.
///
/// Nothing here is shared by lanes but atomics: a message whose lane lives on the caller's own event loop takes no hop and
/// no lock.
package final class Carrier: Sendable {
    /// The next bind starts so much later: carriers punish many connects at once.
    private static let stagger = Duration.milliseconds(100)
    /// The loop of a group, by its index, that the next carrier gives to its first lane.
    private static let nextLoop = Atomic<Int>(0)

    /// The carrier file's name.
    package let name: String
    private let required: Bool
    private let setup: CarrierSetup
    private let lease: CarrierLease?
    let lanes: [CarrierLane]
    /// In the order of their names.
    let binds: [Bind]
    let group: any EventLoopGroup
    private let isDraining = Atomic<Bool>(false)
    private let hasSuccessor = Atomic<Bool>(false)
    private let lastSuccessor = AtomicLazyReference<Carrier>()
    private let waiters = Mutex(ReadyWaiters())

    private struct ReadyWaiters {
        var next = 0
        var promises: [Int: EventLoopPromise<Bool>] = [:]
    }

    /// - Parameter lease: of a node that shares the carrier: its binds are slots then, each a lane that runs while it is this node's.
    package init(
        _ configuration: CarrierConfiguration, group: any EventLoopGroup, logger: Logger,
        events: CarrierEvents = CarrierEvents(), lease: CarrierLease? = nil
    ) {
        precondition(!configuration.setup.hosts.isEmpty, "a carrier without hosts")
        let setup = configuration.setup
        self.setup = setup
        self.lease = lease
        name = setup.name
        required = setup.required
        self.group = group
        // Binds that submit come first, so that they are spread evenly whatever the receivers.
        let plans = setup.binds
            .flatMap { Array(repeating: $0, count: max(0, $0.count)) }
            .sorted { $0.kind.submits && !$1.kind.submits }
        let loops = Array(group.makeIterator())
        let count = lease == nil ? setup.laneCount(loops: loops.count) : plans.count
        let first = Self.nextLoop.wrappingAdd(count, ordering: .relaxed).oldValue
        let certificates = CertificateWarnings()
        let lanes = (0..<count).map { lane in
            CarrierLane(
                setup.limits(lane: lane, of: count),
                plans: plans.indices.filter { $0 % count == lane }.map { plans[$0] }, statuses: setup.statuses,
                isOneOfMany: count > 1, number: lane, eventLoop: loops[(first + lane) % loops.count], events: events,
                lease: lease)
        }
        self.lanes = lanes
        // They are dealt to the lanes in turn.
        binds = plans.enumerated().map { number, plan in
            Bind(
                name: "\(number + 1)", index: number / count, plan: plan, configuration: configuration,
                lane: lanes[number % count], certificates: certificates, logger: logger, events: events)
        }
        for lane in lanes { lane.carrier = self }
    }

    /// Whether the service counts as ready only with this carrier.
    package var isRequired: Bool { required }

    /// Whether at least one bind that submits takes messages, of the successor where there is one. From any thread.
    package var isReady: Bool {
        if let successor { return successor.isReady }
        return !isDraining.load(ordering: .relaxed) && lanes.contains { $0.gauge.readiness.takesMessages }
    }

    /// Has what comes, and what is not begun, once this one has handed over.
    var successor: Carrier? {
        // A look at the reference itself costs fifty times as much.
        hasSuccessor.load(ordering: .acquiring) ? lastSuccessor.load() : nil
    }

    /// Hands over to `next`, once; from any thread.
    func succeeded(by next: Carrier) {
        _ = lastSuccessor.storeIfNil(next)
        hasSuccessor.store(true, ordering: .releasing)
    }

    /// Whether it was stopped as a whole, and not started since.
    var isStopping: Bool { isDraining.load(ordering: .relaxed) }

    /// `rate` of its file.
    var rate: Double? { setup.rate }

    /// Begins to connect all binds, a little apart; also anew after `stop`. Where several nodes share it, those come that are taken.
    package func start() {
        isDraining.store(false, ordering: .relaxed)
        guard lease == nil else { return }
        for (number, lane) in lanes.enumerated() {
            let (binds, count) = (binds(of: lane), lanes.count)
            lane.eventLoop.execute {
                lane.start(binds) { Self.stagger * ($0.index * count + number) }
            }
        }
    }

    /// Stops: no new messages, what was taken is finished (at most for the response time), then each bind unbinds and
    /// closes.
    package func stop() -> EventLoopFuture<Void> {
        isDraining.store(true, ordering: .relaxed)
        let stops = lanes.map { lane in lane.eventLoop.flatSubmit { lane.stop() } }
        return EventLoopFuture.andAllComplete(stops, on: group.next())
    }

    /// The carrier at this moment, gathered from its event loops.
    package func status() -> EventLoopFuture<CarrierStatus> {
        let statuses = lanes.map { lane in
            let binds = binds(of: lane)
            return lane.eventLoop.submit { lane.status(binds) }
        }
        // Those that are not this node's are told by another.
        return EventLoopFuture.whenAllSucceed(statuses, on: group.next()).map { [setup] lanes in
            CarrierStatus(setup, lanes.filter(\.isHere))
        }
    }

    /// In the order of their indices.
    private func binds(of lane: CarrierLane) -> [Bind] {
        binds.filter { $0.lane === lane }
    }

    // MARK: Readiness

    /// Whether the carrier takes messages in time: true as soon as it does. A carrier that only receives is not waited
    /// for.
    ///
    /// - Parameter time: how long to wait.
    package func whenReady(within time: Duration) -> EventLoopFuture<Bool> {
        let loop = group.next()
        guard binds.contains(where: \.kind.submits), !isReady else { return loop.makeSucceededFuture(true) }
        let promise = loop.makePromise(of: Bool.self)
        let waiter = waiters.withLock { waiters in
            waiters.next += 1
            waiters.promises[waiters.next] = promise
            return waiters.next
        }
        let timeout = loop.scheduleTask(in: .nanoseconds(time.nanoseconds)) {
            self.waiters.withLock { $0.promises.removeValue(forKey: waiter) }?.succeed(false)
        }
        promise.futureResult.whenComplete { _ in timeout.cancel() }
        // It may have become ready before the promise was kept.
        if isReady { laneIsReady() }
        return promise.futureResult
    }

    /// A lane takes messages from now on.
    func laneIsReady() {
        guard isReady else { return }
        let ready = waiters.withLock { waiters in
            defer { waiters.promises = [:] }
            return Array(waiters.promises.values)
        }
        for promise in ready { promise.succeed(true) }
    }

    // MARK: The choice of a lane

    /// Sends a message, or says why not.
    package func submit(_ submission: Submission) {
        if let successor { return successor.submit(submission) }
        if isDraining.load(ordering: .relaxed) { return submission.finish(CarrierRefusal(.draining)) }
        guard let lane = choose(for: submission.eventLoop) else { return submission.finish(CarrierRefusal(.noBind)) }
        give(submission, to: lane)
    }

    /// Asks the carrier to forget messages that it has accepted; what it answers is not waited for, and their receipts tell what
    /// became of them. At most the segments of one message: they are outside of window and pace.
    package func cancel(_ requests: [CancelRequest]) {
        if let successor { return successor.cancel(requests) }
        guard let lane = choose() else { return }
        lane.eventLoop.execute { lane.cancel(requests) }
    }

    /// A lane does not take a message, or does not keep it: another one that is ready has it, as often as there are lanes at
    /// most.
    func moveOn(_ message: Submission, from lane: CarrierLane, _ refusal: CarrierRefusal) {
        message.hops += 1
        guard !isDraining.load(ordering: .relaxed), let next = choose(besides: lane), next.gauge.readiness == .ready
        else { return message.finish(refusal) }
        give(message, to: next)
    }

    private func give(_ message: Submission, to lane: CarrierLane) {
        if lanes.count > 1 { message.hasOtherLane = message.hops < lanes.count - 1 && hasReady(besides: lane) }
        if lane.eventLoop.inEventLoop {
            lane.take(message)
        } else {
            lane.eventLoop.execute { lane.take(message) }
        }
    }

    /// What was written on its other lanes before then has its answer.
    func answeredUpTo(besides lane: CarrierLane) -> MonotonicTime? {
        lanes.lazy.filter { $0 !== lane }.map(\.gauge.answeredUpTo).min()
    }

    private func hasReady(besides lane: CarrierLane) -> Bool {
        lanes.contains { $0 !== lane && $0.gauge.readiness == .ready }
    }

    /// A ready lane on the caller's loop, else the one in the best state, with the least to do; nil where none takes messages.
    private func choose(for eventLoop: (any EventLoop)? = nil, besides last: CarrierLane? = nil) -> CarrierLane? {
        var best: CarrierLane?
        var state = LaneGauge.Readiness.draining
        var load = Int64.max
        for lane in lanes where lane !== last {
            let readiness = lane.gauge.readiness
            guard readiness.takesMessages else { continue }
            if readiness == .ready, let eventLoop, lane.eventLoop === eventLoop { return lane }
            let time = lane.gauge.load
            guard readiness < state || (readiness == state && time < load) else { continue }
            (best, state, load) = (lane, readiness, time)
        }
        return best
    }
}
