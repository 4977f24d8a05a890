package import Carriers
package import Cluster
import Journal
package import Logging
import NIOCore
import NIOPosix
import SMPP

/// Why this node can be none of a cluster.
package struct NodeProblem: Error, CustomStringConvertible {
    package let description: String
}

/// What a node shows to the others, and where.
package struct NodeSetup: Sendable {
    /// `cluster.name`, `cluster.address`.
    package var name: String
    package var address: String
    /// What `--version` says.
    package var version: String
    /// Of the journal. It may hold a password: never printed.
    package var url: String
    /// Whether PostgreSQL must replicate synchronously.
    package var isReplicated: Bool
    /// What its binds may take to end, and PostgreSQL to be told of it.
    package var endsWithin: Duration

    package init(
        name: String, address: String, version: String, url: String, isReplicated: Bool, endsWithin: Duration
    ) {
        self.endsWithin = endsWithin
        self.name = name
        self.address = address
        self.version = version
        self.url = url
        self.isReplicated = isReplicated
    }
}

/// Does what a `Keeper` says: on a thread of its own, with a connection of its own, since the journal's may block.
///
/// Unchecked `Sendable`: `lease` and `loop` are safe from any thread; everything else is touched on `loop` only.
package final class NodeKeeper: @unchecked Sendable {
    /// Connections that were left may each block a thread for as long as the system's resolver takes.
    private static let threads = 4
    /// A deadline that is due is looked at again so much later.
    private static let shortest = Duration.milliseconds(1)

    /// Asked before each write to a carrier.
    package let lease = CarrierLease()
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let loop: any EventLoop
    private let pool = NIOThreadPool(numberOfThreads: NodeKeeper.threads)
    private let setup: NodeSetup
    private let times: KeeperTimes
    private let logger: Logger
    private let killTimer: KillTimer
    private var keeper: Keeper
    private var contracts: [String: CarrierContract]
    private var link: KeeperLink?
    private var desk = SlotDesk()
    private var timer: Scheduled<Void>?
    private var ended: KeeperEnd?
    private var stopped: EventLoopPromise<Void>?
    private var toldProblem: String?
    private var toldNodes: [String] = []
    private var peers = PeerTable()
    private var peersChanged: @Sendable (PeerTable) -> Void = { _ in }

    /// - Parameters:
    ///   - contracts: what the carriers' files say, by carrier.
    /// - Throws: where the kernel has no timer for it.
    package init(
        _ setup: NodeSetup, contracts: [String: CarrierContract], times: KeeperTimes = KeeperTimes(), logger: Logger
    ) throws(NodeProblem) {
        guard let killTimer = KillTimer() else {
            throw NodeProblem(description: "the kernel has no timer that would end a node that is stuck")
        }
        self.killTimer = killTimer
        self.setup = setup
        self.contracts = contracts
        self.times = times
        self.logger = logger
        loop = group.next()
        keeper = Self.keeper(contracts, times)
    }

    private static func keeper(_ contracts: [String: CarrierContract], _ times: KeeperTimes) -> Keeper {
        let run = [UInt64.random(in: 0 ... .max), .random(in: 0 ... .max)].map { String($0, radix: 36) }
        return Keeper(run: run.joined(), contracts: contracts, times: times, now: BootClock.now)
    }

    // MARK: From the service

    /// Asks PostgreSQL once whether it is one for a cluster; blocks a thread of its own.
    ///
    /// - Throws: `incompatible` where it is none; what may pass is logged.
    package func check() async throws {
        pool.start()
        let problem = await withCheckedContinuation { continuation in
            newLink().connect { continuation.resume(returning: $0) }
        }
        guard let problem else { return }
        if problem.kind == .incompatible { throw problem }
        logger.warning("PostgreSQL cannot be asked for this node's binds yet", metadata: ["problem": "\(problem)"])
    }

    /// Joins the cluster, after `check`.
    ///
    /// - Parameter peers: is given who takes forms when that has changed. On a thread of its own; must not block.
    package func start(_ carriers: [Carrier], peers: @escaping @Sendable (PeerTable) -> Void = { _ in }) {
        loop.execute { [self] in
            peersChanged = peers
            for carrier in carriers { desk.set(carrier, firstSend: times.firstSend) }
            handle(.time)
        }
    }

    /// Gives all slots away, each once its bind has ended, and leaves the cluster. It takes no longer than `endsWithin`.
    package func stop() async {
        let promise = loop.makePromise(of: Void.self)
        loop.execute { [self] in
            stopped = promise
            guard ended == nil else { return promise.succeed() }
            handle(.stop)
        }
        let limit = loop.scheduleTask(in: .nanoseconds(setup.endsWithin.nanoseconds)) { promise.succeed() }
        try? await promise.futureResult.get()
        limit.cancel()
        try? await loop.submit { [self] in
            ended = ended ?? .departed
            timer?.cancel()
            leaveLink()
        }.get()
    }

    /// Ends the threads, after `stop`, once the carriers have stopped too.
    package func end() async {
        killTimer.set(at: nil)
        try? await pool.shutdownGracefully()
        try? await group.shutdownGracefully()
    }

    /// The carriers' files say this from now on.
    package func know(_ contracts: [String: CarrierContract]) {
        loop.execute { [self] in
            self.contracts = contracts
            handle(.contracts(contracts))
        }
    }

    /// The carrier of this name ends its binds: slots that come meanwhile are the next one's.
    package func leave(_ name: String) async {
        try? await loop.submit { [self] in desk.leave(name) }.get()
    }

    /// This carrier has the slots of its name from now on; those of the one before it are closed.
    package func set(_ carrier: Carrier) {
        loop.execute { [self] in desk.set(carrier, firstSend: times.firstSend) }
    }

    /// There is no carrier of this name any more; its binds are closed.
    package func remove(_ name: String) {
        loop.execute { [self] in desk.remove(name) }
    }

    /// What has become of a slot's bind. From any thread.
    package func reached(_ key: SlotKey, _ reach: SlotReach) {
        loop.execute { [self] in handle(.reach(key, reach)) }
    }

    // MARK: The turn

    private func handle(_ event: KeeperEvent) {
        loop.assertInEventLoop()
        let actions = keeper.handle(event, now: BootClock.now)
        for action in actions { execute(action) }
        lease.set(until: keeper.heldUntil)
        arm()
        beginAnew()
    }

    private func arm() {
        timer?.cancel()
        timer = nil
        guard ended == nil, let due = keeper.nextDeadline else { return }
        let wait = max(Self.shortest, due - BootClock.now)
        timer = loop.assumeIsolated().scheduleTask(in: .nanoseconds(wait.nanoseconds)) { [self] in handle(.time) }
    }

    private func execute(_ action: KeeperAction) {
        switch action {
        case .connect: connect()
        case .disconnect: leaveLink()
        case .send(let transaction): send(transaction)
        case .hold(let until): lease.set(until: until)
        case .kill(let time): killTimer.set(at: time)
        case .take(let key, let share, let time):
            tell(.notice, "a bind is this node's", key, ["share": "\(share)"])
            desk.take(key, share: share, from: time)
        case .pace(let key, let share, let time):
            tell(.info, "a bind's share of the rate has changed", key, ["share": "\(share)"])
            desk.pace(key, share: share, from: time)
        case .close(let key):
            tell(.notice, "a bind is given away", key)
            follow(desk.close(key), of: key)
        case .abort(let key):
            tell(.warning, "a bind is cut off: this node has it no more", key)
            follow(desk.abort(key), of: key)
        case .ended(let reason): end(reason)
        }
    }

    private func follow(_ closing: EventLoopFuture<Void>?, of key: SlotKey) {
        let closing = closing?.hop(to: loop) ?? loop.makeSucceededVoidFuture()
        closing.whenComplete { [self] _ in
            // Not in the middle of the keeper's actions.
            loop.execute { [self] in
                desk.closed(key)
                handle(.closed(key))
            }
        }
    }

    private func end(_ reason: KeeperEnd) {
        ended = reason
        leaveLink()
        switch reason {
        case .departed: logger.notice("this node has left the cluster")
        case .fenced:
            logger.error("the other nodes have taken this one for dead: what it had is theirs, and it joins anew")
        }
        stopped?.succeed()
    }

    /// A run that was fenced is followed by another one, once nothing of it is left.
    private func beginAnew() {
        guard ended == .fenced, stopped == nil, desk.open.isEmpty else { return }
        ended = nil
        keeper = Self.keeper(contracts, times)
        arm()
    }

    // MARK: PostgreSQL

    private func newLink() -> KeeperLink {
        let node = NodeIdentity(run: keeper.run, name: setup.name, address: setup.address, version: setup.version)
        let store = NodeStore(url: setup.url, node: node, isReplicated: setup.isReplicated, answer: times.answer)
        return KeeperLink(store, pool: pool, loop: loop)
    }

    private func connect() {
        let link = newLink()
        self.link = link
        link.connect { [self] problem in
            tell(problem)
            if problem != nil { leaveLink() }
            handle(problem == nil ? .connected : .disconnected)
        }
    }

    private func leaveLink() {
        link?.leave()
        link = nil
    }

    private func send(_ transaction: KeeperTransaction) {
        link?.run(transaction) { [self] answer in
            tell(answer.problem)
            tell(nodes: answer.nodes)
            handle(.answered(transaction.id, answer.answer))
            tellPeers(answer)
        }
    }

    /// While PostgreSQL does not answer they stay as they were: whoever has gone is not reached.
    private func tellPeers(_ answer: NodeStore.Answer) {
        guard case .committed(let snapshot) = answer.answer else { return }
        let places = answer.nodes.map { ($0.run, (name: $0.name, address: $0.address)) }
        let now = PeerTable(snapshot, besides: keeper.run, places: Dictionary(places) { $1 })
        guard now != peers else { return }
        peers = now
        peersChanged(now)
    }

    // MARK: The log

    private func tell(
        _ level: Logger.Level, _ words: Logger.Message, _ key: SlotKey, _ more: Logger.Metadata = [:]
    ) {
        let slot: Logger.Metadata = ["carrier": "\(key.carrier)", "bind": "\(key.index + 1)"]
        logger.log(level: level, words, metadata: slot.merging(more) { $1 })
    }

    /// A problem once, and its end.
    private func tell(_ problem: JournalProblem?) {
        let words = problem.map { "\($0)" }
        guard words != toldProblem else { return }
        toldProblem = words
        if let words {
            logger.error("PostgreSQL does not answer for this node's binds", metadata: ["problem": "\(words)"])
        } else {
            logger.notice("PostgreSQL answers for this node's binds")
        }
    }

    private func tell(nodes: [NodeIdentity]) {
        let names = nodes.map(\.name).sorted()
        guard !names.isEmpty, names != toldNodes else { return }
        toldNodes = names
        logger.notice("the nodes of the cluster", metadata: ["nodes": "\(names.joined(separator: ", "))"])
    }
}
