import Cluster
import SMPP

/// Nodes, a database and a network in one thread, driven by a seed. All times are true nanoseconds from 0.
struct SimulatedCluster {
    static let second: Int64 = 1_000_000_000
    static let contracts = [
        "main": CarrierContract(rate: 30, slots: 4), "backup": CarrierContract(rate: 5, slots: 2),
    ]

    enum Happening {
        case wake(node: Int)
        case event(node: Int, life: Int, run: Int, KeeperEvent)
        /// At the node, if it still has this connection.
        case onConnection(node: Int, life: Int, connection: Int, KeeperEvent)
        case connect(node: Int, life: Int, connection: Int)
        /// At the database.
        case execute(node: Int, life: Int, connection: Int, primary: Int, KeeperTransaction)
        case kill(node: Int, life: Int, at: Int64)
        case begin(node: Int)
        case begins(node: Int, life: Int)
        case fault
        /// The last of what was committed is lost while this node is cut off.
        case loseRows(node: Int)
        case resume(node: Int, life: Int)
        /// A share begins or ends to count: only looked at.
        case look
    }

    var now: Int64 = 0
    var generator: SplitMix64
    var queue = EventQueue<Happening>()
    var database = SimulatedDatabase()
    var nodes: [SimulatedNode] = []
    /// The primary of each connection that was made.
    var primaries: [Int: Int] = [:]
    var lastConnection = 0
    var isDownUntil: Int64 = 0
    var areFaultsOn = false
    /// Milliseconds between two faults, on average.
    var faultGap: Int64 = 4_000
    let times: KeeperTimes

    // What has been seen.
    var faults: [String: Int] = [:]
    var instants = 0
    var takes = 0
    var violation: String?

    init(
        seed: UInt64, nodes count: Int = 3, times: KeeperTimes = KeeperTimes(),
        mutation: SimulatedDatabase.Mutation? = nil
    ) {
        generator = SplitMix64(seed: seed)
        self.times = times
        database.mutation = mutation
        for index in 0..<count {
            let rate = Double.random(in: 0.99...1.01, using: &generator)
            let offset = Int64.random(in: 0...1_000_000 * Self.second, using: &generator)
            nodes.append(SimulatedNode(index: index, rate: rate, offset: offset, contracts: Self.contracts))
            queue.add(.begin(node: index), at: random(0, 2_000))
        }
    }

    /// A time of so many milliseconds.
    mutating func random(_ least: Int64, _ most: Int64) -> Int64 {
        Int64.random(in: least * 1_000_000...most * 1_000_000, using: &generator)
    }

    mutating func chance(_ percent: Double) -> Bool { Double.random(in: 0..<100, using: &generator) < percent }

    /// Goes on until then, or until a rule is broken.
    mutating func run(until end: Int64) {
        while violation == nil, let next = queue.next(before: end) {
            now = next.time
            happen(next.item)
            look()
        }
        now = max(now, end)
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .begin(let index): begin(index)
        case .begins(let index, let life):
            if nodes[index].life == life, nodes[index].keeper != nil { newRun(index) }
        case .wake(let index):
            guard nodes[index].wakeAt == now else { break }
            nodes[index].wakeAt = .max
            deliver(.time, to: index)
        case .event(let index, let life, let run, let event):
            if nodes[index].life == life, nodes[index].runs == run { arrive(event, at: index) }
        case .onConnection(let index, let life, let connection, let event):
            if nodes[index].life == life, nodes[index].connection == connection { deliver(event, to: index) }
        case .connect(let index, let life, let connection): connect(index, life, connection)
        case .execute(let index, let life, let connection, let primary, let transaction):
            execute(index, life, connection, primary, transaction)
        case .kill(let index, let life, let at):
            if nodes[index].life == life, nodes[index].killAt == at { die(index, "killed by its timer") }
        case .resume(let index, let life): if nodes[index].life == life { resume(index) }
        case .fault: fault()
        case .loseRows(let index): loseRows(cutting: index)
        case .look: break
        }
    }

    // MARK: Rules

    /// What must hold at every instant.
    private mutating func look() {
        instants += 1
        var owners: [SlotKey: Int] = [:]
        var shares: [String: Int] = [:]
        for index in nodes.indices {
            for (key, socket) in nodes[index].sockets {
                owners[key, default: 0] += 1
                shares[key.carrier, default: 0] += socket.most(at: now)
            }
            for (key, socket) in nodes[index].past { shares[key.carrier, default: 0] += socket.most(at: now) }
        }
        if let key = owners.first(where: { $0.value > 1 })?.key {
            violation = "\(key) has two owners at \(now)"
        }
        for (carrier, sum) in shares where sum > Self.contracts[carrier]?.rate ?? 0 {
            violation = "\(sum) messages a second to \(carrier) at \(now)"
        }
    }

    /// Slots that are bound now.
    var boundSlots: Set<SlotKey> { Set(nodes.flatMap { $0.sockets.keys }) }

    /// All slots of the contract.
    static var allSlots: Set<SlotKey> {
        Set(contracts.flatMap { name, contract in (0..<contract.slots).map { SlotKey(name, $0) } })
    }

    // MARK: Processes

    mutating func begin(_ index: Int) {
        guard nodes[index].keeper == nil else { return }
        nodes[index].life += 1
        newRun(index)
    }

    private mutating func newRun(_ index: Int) {
        nodes[index].runs += 1
        nodes[index].connection = nil
        nodes[index].keeper = Keeper(
            run: "n\(index).\(nodes[index].runs)", contracts: nodes[index].contracts, times: times,
            now: nodes[index].clock(now))
        deliver(.time, to: index)
    }

    mutating func die(_ index: Int, _ cause: String) {
        guard nodes[index].keeper != nil else { return }
        faults[cause, default: 0] += 1
        for key in nodes[index].sockets.keys.sorted() { closeSocket(key, of: index) }
        nodes[index].life += 1
        nodes[index].keeper = nil
        nodes[index].connection = nil
        nodes[index].killAt = nil
        nodes[index].isStopped = false
        nodes[index].inbox = []
        queue.add(.begin(node: index), at: now + random(200, 25_000))
    }

    private mutating func resume(_ index: Int) {
        guard nodes[index].isStopped else { return }
        nodes[index].isStopped = false
        let inbox = nodes[index].inbox
        nodes[index].inbox = []
        // Timers and sockets are both ready; which is looked at first is chance.
        if chance(50) { deliver(.time, to: index) }
        for event in inbox { deliver(event, to: index) }
        deliver(.time, to: index)
    }

    /// What comes from the own sockets: a closed one is closed whether the process looks or not.
    private mutating func arrive(_ event: KeeperEvent, at index: Int) {
        if case .closed(let key) = event, !nodes[index].isStopped { closeSocket(key, of: index) }
        deliver(event, to: index)
    }

    mutating func deliver(_ event: KeeperEvent, to index: Int) {
        guard nodes[index].keeper != nil else { return }
        if nodes[index].isStopped {
            if event != .time { nodes[index].inbox.append(event) }
            return
        }
        if case .closed(let key) = event { closeSocket(key, of: index) }
        let clock = nodes[index].clock(now)
        for action in nodes[index].keeper?.handle(event, now: clock) ?? [] { perform(action, index) }
        guard let deadline = nodes[index].keeper?.nextDeadline else { return }
        let due = max(now + 1_000, nodes[index].time(deadline))
        guard due < nodes[index].wakeAt || nodes[index].wakeAt <= now else { return }
        nodes[index].wakeAt = due
        queue.add(.wake(node: index), at: due)
    }

    private mutating func perform(_ action: KeeperAction, _ index: Int) {
        let (life, run) = (nodes[index].life, nodes[index].runs)
        switch action {
        case .connect:
            lastConnection += 1
            nodes[index].connection = lastConnection
            queue.add(.connect(node: index, life: life, connection: lastConnection), at: now + latency(index))
        case .disconnect: nodes[index].connection = nil
        case .send(let transaction): send(transaction, index)
        case .hold: break
        case .kill(let at):
            nodes[index].killAt = at.map { nodes[index].time($0) }
            if let at = nodes[index].killAt { queue.add(.kill(node: index, life: life, at: at), at: at) }
        case .take(let key, let share, let from):
            takes += 1
            if areFaultsOn, chance(4) { queue.add(.loseRows(node: index), at: now + random(0, 3_000)) }
            let begins = nodes[index].time(from)
            nodes[index].sockets[key] = .init(shares: [.init(share: share, from: begins, until: .max)])
            queue.add(.look, at: begins)
            let reach: SlotReach = nodes[index].isOutOfReachUntil > now ? .unreachable : chance(5) ? .refused : .bound
            queue.add(.event(node: index, life: life, run: run, .reach(key, reach)), at: now + random(5, 200))
            if reach == .refused {
                queue.add(
                    .event(node: index, life: life, run: run, .reach(key, .bound)), at: now + random(1_000, 20_000))
            }
        case .pace(let key, let share, let from): pace(key, share, from, index)
        case .close(let key):
            queue.add(.event(node: index, life: life, run: run, .closed(key)), at: now + random(5, 3_000))
        case .abort(let key):
            queue.add(.event(node: index, life: life, run: run, .closed(key)), at: now + random(0, 5))
        case .ended(let reason):
            faults["ended: \(reason)", default: 0] += 1
            // A new keeper begins when all sockets are closed.
            queue.add(.begins(node: index, life: life), at: now + random(50, 2_000))
        }
    }

    private mutating func pace(_ key: SlotKey, _ share: Int, _ from: Duration, _ index: Int) {
        let begins = max(now, nodes[index].time(from) - 2)
        guard var shares = nodes[index].sockets[key]?.shares else { return }
        for last in shares.indices where shares[last].until == .max {
            // What was allowed until now has been sent within this second.
            shares[last].until = begins + Self.second
            if shares[last].from > now { shares[last].share = min(shares[last].share, share) }
        }
        shares.removeAll { $0.until <= now }
        shares.append(.init(share: share, from: begins, until: .max))
        nodes[index].sockets[key]?.shares = shares
        queue.add(.look, at: begins)
    }

    private mutating func closeSocket(_ key: SlotKey, of index: Int) {
        guard var socket = nodes[index].sockets.removeValue(forKey: key) else { return }
        socket.shares.removeAll { $0.from > now }
        for share in socket.shares.indices {
            socket.shares[share].until = min(socket.shares[share].until, now + Self.second)
        }
        nodes[index].past.removeAll { $0.socket.shares.allSatisfy { $0.until <= now } }
        nodes[index].past.append((key, socket))
    }
}
