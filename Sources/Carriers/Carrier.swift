package import Logging
package import NIOCore
import SMPP
import Synchronization

/// One carrier: keeps its binds up and gives each message to one of them.
///
/// Nothing here is shared by the binds but atomics: a message whose bind lives on the caller's own event loop takes no hop
/// and no lock.
package final class Carrier: Sendable {
    /// The next bind starts so much later: carriers punish many connects at once.
    private static let stagger = Duration.milliseconds(100)
    /// The loop of a group, by its index, that the next carrier gives to its first bind.
    private static let nextLoop = Atomic<Int>(0)

    /// The carrier file's name.
    package let name: String
    private let required: Bool
    let binds: [Bind]
    let group: any EventLoopGroup
    private let isDraining = Atomic<Bool>(false)
    private let waiters = Mutex(ReadyWaiters())

    private struct ReadyWaiters {
        var next = 0
        var promises: [Int: EventLoopPromise<Bool>] = [:]
    }

    package init(
        _ configuration: CarrierConfiguration, group: any EventLoopGroup, logger: Logger,
        events: CarrierEvents = CarrierEvents()
    ) {
        precondition(!configuration.setup.hosts.isEmpty, "a carrier without hosts")
        name = configuration.setup.name
        required = configuration.setup.required
        self.group = group
        // Binds that submit come first, so that they are spread evenly whatever the receivers.
        let plans = configuration.setup.binds
            .flatMap { Array(repeating: $0, count: max(0, $0.count)) }
            .sorted { $0.kind.submits && !$1.kind.submits }
        let loops = Array(group.makeIterator())
        let first = Self.nextLoop.wrappingAdd(plans.count, ordering: .relaxed).oldValue
        let pace = configuration.setup.rate.map(SharedPace.init(rate:))
        let sharing = BindSharing()
        binds = plans.enumerated().map { index, plan in
            Bind(
                name: "\(index + 1)", plan: plan, configuration: configuration, pace: pace, sharing: sharing,
                eventLoop: loops[(first + index) % loops.count], logger: logger, events: events)
        }
        let canShare = plans.count(where: \.kind.submits) > 1
        for bind in binds {
            bind.carrier = self
            bind.hasSiblings = canShare && bind.kind.submits
        }
    }

    /// Whether the service counts as ready only with this carrier.
    package var isRequired: Bool { required }

    /// Whether at least one bind that submits takes messages. From any thread.
    package var isReady: Bool {
        !isDraining.load(ordering: .relaxed) && binds.contains { $0.gauge.readiness != .none }
    }

    /// Whether it was stopped as a whole, and not started since.
    var isStopping: Bool { isDraining.load(ordering: .relaxed) }

    /// Begins to connect all binds, a little apart; also anew after `stop`.
    package func start() {
        isDraining.store(false, ordering: .relaxed)
        for (index, bind) in binds.enumerated() {
            bind.eventLoop.execute { bind.start(after: Self.stagger * index) }
        }
    }

    /// Stops: no new messages, the open ones are waited for (at most the response time), then each bind unbinds and
    /// closes.
    package func stop() -> EventLoopFuture<Void> {
        isDraining.store(true, ordering: .relaxed)
        let stops = binds.map { bind in bind.eventLoop.flatSubmit { bind.stop() } }
        return EventLoopFuture.andAllComplete(stops, on: group.next())
    }

    /// Sends a message, or says why not. On `submission.eventLoop`.
    package func submit(_ submission: Submission) {
        assign(submission, notOn: nil)
    }

    /// Every bind at this moment, gathered from their event loops.
    package func status() -> EventLoopFuture<CarrierStatus> {
        let statuses = binds.map { bind in bind.eventLoop.submit { bind.status() } }
        return EventLoopFuture.whenAllSucceed(statuses, on: group.next()).map { [name, required] binds in
            let ready = binds.contains { $0.kind.submits && $0.state == BindState.bound.name && !$0.drained }
            return CarrierStatus(name: name, required: required, ready: ready, binds: binds)
        }
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
        if isReady { bindIsReady() }
        return promise.futureResult
    }

    /// A bind takes messages from now on.
    func bindIsReady() {
        guard isReady else { return }
        let ready = waiters.withLock { waiters in
            defer { waiters.promises = [:] }
            return Array(waiters.promises.values)
        }
        for promise in ready { promise.succeed(true) }
    }

    // MARK: The choice of a bind

    /// Gives a message to the best bind other than `last`; a message moves at most as often as there are binds.
    func assign(_ message: Submission, notOn last: Bind?) {
        if isDraining.load(ordering: .relaxed) { return message.finishUnassigned(.draining) }
        guard message.hops <= binds.count, let bind = choose(for: message.eventLoop, notOn: last) else {
            return message.finishUnassigned(message.isShared && isReady ? .busy : .noBind)
        }
        bind.gauge.messageComes()
        if bind.eventLoop.inEventLoop {
            bind.take(message)
        } else {
            bind.eventLoop.execute { bind.take(message) }
        }
    }

    /// A ready bind on the caller's loop that has room, else the least loaded ready one; those that are paused or silent
    /// come last.
    private func choose(for eventLoop: any EventLoop, notOn last: Bind?) -> Bind? {
        var best: Bind?
        var bestRank = (isPaused: true, load: Int.max)
        for bind in binds where bind !== last {
            let readiness = bind.gauge.readiness
            guard readiness != .none else { continue }
            let rank = (isPaused: readiness == .paused, load: bind.gauge.load)
            if !rank.isPaused, rank.load < bind.window, bind.eventLoop === eventLoop { return bind }
            let isBetter = rank.isPaused == bestRank.isPaused ? rank.load < bestRank.load : !rank.isPaused
            if isBetter {
                best = bind
                bestRank = rank
            }
        }
        return best
    }

    /// The ready binds that have room, the one with the most last.
    ///
    /// - Parameter mayWait: whether the room in front of their windows counts.
    func rooms(besides bind: Bind, mayWait: Bool) -> [(bind: Bind, room: Int)] {
        // Messages stay where they are while the carrier stops.
        guard !isDraining.load(ordering: .relaxed) else { return [] }
        return
            binds.compactMap { other in
                guard other !== bind, other.gauge.readiness == .ready else { return nil }
                let room = other.window + (mayWait ? other.configuration.setup.limits.waiting : 0) - other.gauge.load
                return room > 0 ? (other, room) : nil
            }
            .sorted { $0.room < $1.room }
    }

    /// The bind with the most messages that another one might write sooner.
    func mostStuck(besides bind: Bind) -> Bind? {
        guard !isDraining.load(ordering: .relaxed) else { return nil }
        let others = binds.lazy.filter { $0 !== bind && $0.gauge.backlog > 0 }
        return others.max { $0.gauge.backlog < $1.gauge.backlog }
    }
}
