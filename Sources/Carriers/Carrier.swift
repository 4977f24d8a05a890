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
    /// Where in a group of loops the next carrier starts to place its binds.
    private static let placed = Atomic<Int>(0)

    /// The carrier file's name.
    package let name: String
    private let required: Bool
    private let binds: [Bind]
    private let group: any EventLoopGroup
    private let isDraining = Atomic<Bool>(false)

    package init(_ configuration: CarrierConfiguration, group: any EventLoopGroup, logger: Logger) {
        precondition(!configuration.hosts.isEmpty, "a carrier without hosts")
        name = configuration.name
        required = configuration.required
        self.group = group
        // Binds that submit come first, so that they are spread evenly whatever the receivers.
        let kinds = configuration.binds
            .flatMap { Array(repeating: $0.kind, count: max(0, $0.count)) }
            .sorted { $0.submits && !$1.submits }
        let loops = Array(group.makeIterator())
        let first = Self.placed.wrappingAdd(kinds.count, ordering: .relaxed).oldValue
        let pace = configuration.rate.map(SharedPace.init(rate:))
        binds = kinds.enumerated().map { place, kind in
            Bind(
                name: "\(place + 1)", kind: kind, configuration: configuration, pace: pace,
                eventLoop: loops[(first + place) % loops.count], logger: logger)
        }
        for bind in binds { bind.carrier = self }
    }

    /// Whether the service counts as ready only with this carrier.
    package var isRequired: Bool { required }

    /// Whether at least one bind that submits is bound. From any thread.
    package var isReady: Bool {
        !isDraining.load(ordering: .relaxed) && binds.contains { $0.gauge.readiness != .none }
    }

    /// Begins to connect all binds, a little apart. Once.
    package func start() {
        for (place, bind) in binds.enumerated() {
            bind.eventLoop.execute { bind.start(after: Self.stagger * place) }
        }
    }

    /// Stops: no new messages, the open ones are waited for (at most the response time), then each bind unbinds and closes.
    package func stop() -> EventLoopFuture<Void> {
        isDraining.store(true, ordering: .relaxed)
        let stops = binds.map { bind in bind.eventLoop.flatSubmit { bind.stop() } }
        return EventLoopFuture.andAllComplete(stops, on: group.next())
    }

    /// Sends a message, or says why not. On `submission.eventLoop`.
    package func submit(_ submission: Submission) {
        place(Flight(submission: submission), notOn: nil)
    }

    /// Every bind at this moment, gathered from their event loops.
    package func status() -> EventLoopFuture<CarrierStatus> {
        let statuses = binds.map { bind in bind.eventLoop.submit { bind.status() } }
        return EventLoopFuture.whenAllSucceed(statuses, on: group.next()).map { [name, required] binds in
            let ready = binds.contains { $0.kind.submits && $0.state == BindState.bound.name }
            return CarrierStatus(name: name, required: required, ready: ready, binds: binds)
        }
    }

    /// Gives a message to the best bind other than `last`; a message moves at most as often as there are binds.
    func place(_ flight: Flight, notOn last: Bind?) {
        if isDraining.load(ordering: .relaxed) { return flight.finishUnplaced(.draining) }
        guard flight.hops <= binds.count, let bind = choose(for: flight.submission.eventLoop, notOn: last) else {
            return flight.finishUnplaced(.noBind)
        }
        bind.gauge.messageComes()
        if bind.eventLoop.inEventLoop {
            bind.take(flight)
        } else {
            bind.eventLoop.execute { bind.take(flight) }
        }
    }

    /// A ready bind on the caller's loop that has room, else the least loaded ready one; those stopped for speed come last.
    private func choose(for eventLoop: any EventLoop, notOn last: Bind?) -> Bind? {
        var best: Bind?
        var bestRank = (isPaused: true, load: Int.max)
        for bind in binds where bind !== last {
            let readiness = bind.gauge.readiness
            guard readiness != .none else { continue }
            let rank = (isPaused: readiness == .paused, load: bind.gauge.load)
            if !rank.isPaused, rank.load < bind.configuration.window, bind.eventLoop === eventLoop { return bind }
            let isBetter = rank.isPaused == bestRank.isPaused ? rank.load < bestRank.load : !rank.isPaused
            if isBetter {
                best = bind
                bestRank = rank
            }
        }
        return best
    }
}
