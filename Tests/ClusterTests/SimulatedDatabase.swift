import Cluster

/// PostgreSQL as a keeper sees it: serialisable transactions, and failovers that may lose the last of them.
struct SimulatedDatabase {
    /// What is left out of the protocol, to see that the simulation notices.
    enum Mutation {
        /// `takeOver` does not ask for the beat that was seen.
        case anyBeat
        /// A beat does not ask whether the own row is fenced, and `takeOver` neither.
        case fencedNodesBeat
        /// A share does not ask what all have together.
        case anyShare
    }

    private struct Node {
        var row: NodeRow
        var isFenced = false
    }

    private struct Tables {
        var nodes: [String: Node] = [:]
        var slots: [SlotKey: SlotRow] = [:]
    }

    private var tables = Tables()
    /// The tables before each of the last transactions, and when that was, oldest first.
    private var history: [(time: Int64, tables: Tables)] = []
    /// Connections belong to one primary.
    private(set) var primary = 0
    private(set) var commits = 0
    var mutation: Mutation?

    /// - Parameter lost: nanoseconds whose transactions the new primary does not know.
    mutating func failOver(at time: Int64, lost: Int64) {
        primary += 1
        if let known = history.first(where: { $0.time > time - lost }) { tables = known.tables }
        history = []
    }

    mutating func run(_ transaction: KeeperTransaction, at time: Int64) -> KeeperAnswer {
        let before = tables
        let me = transaction.run
        for case .join(let contracts) in transaction.changes where tables.nodes[me] == nil {
            tables.nodes[me] = Node(row: NodeRow(run: me, beat: 0, isLeaving: false, contracts: contracts))
        }
        guard var own = tables.nodes[me], !own.isFenced || mutation == .fencedNodesBeat else {
            tables = before
            return .fenced
        }
        own.row.beat += 1
        tables.nodes[me] = own
        for change in transaction.changes { apply(change, me) }
        commits += 1
        history.append((time, before))
        if history.count > 100 { history.removeFirst(50) }
        return .committed(
            ClusterSnapshot(
                nodes: tables.nodes.values.filter { !$0.isFenced || $0.row.run == me }.map(\.row)
                    .sorted { $0.run < $1.run },
                slots: tables.slots.values.sorted { $0.key < $1.key }))
    }

    private mutating func apply(_ change: KeeperChange, _ me: String) {
        switch change {
        case .join: break
        case .describe(let contracts, let isLeaving):
            tables.nodes[me]?.row.contracts = contracts
            tables.nodes[me]?.row.isLeaving = isLeaving
        case .takeOver(let run, let beat, let carriers): takeOver(run, beat, carriers, me)
        case .open(let carrier, let slots):
            for index in 0..<slots where tables.slots[SlotKey(carrier, index)] == nil {
                tables.slots[SlotKey(carrier, index)] = SlotRow(key: SlotKey(carrier, index))
            }
        case .take(let key, let epoch, let share, let most):
            guard let row = tables.slots[key], row.epoch == epoch,
                row.owner == nil || row.owner == me
            else { return }
            tables.slots[key] = SlotRow(
                key: key, owner: me, epoch: row.epoch + 1,
                share: mutation == .anyShare ? share : max(0, min(share, most - others(key))))
        case .share(let key, let epoch, let share, let most):
            guard let row = own(key, epoch, me),
                share <= row.share || share + others(key) <= most || mutation == .anyShare
            else { return }
            tables.slots[key]?.share = share
            tables.slots[key]?.epoch += 1
        case .ready(let key, let epoch, let isReady):
            if own(key, epoch, me) != nil { tables.slots[key]?.isReady = isReady }
        case .release(let key, let epoch, let isAvoided):
            guard let row = own(key, epoch, me) else { return }
            tables.slots[key] = SlotRow(key: key, epoch: row.epoch + 1, avoided: isAvoided ? me : nil)
        case .depart: tables.nodes[me]?.isFenced = true
        }
    }

    private mutating func takeOver(_ run: String, _ beat: Int64, _ carriers: [String], _ me: String) {
        guard let dead = tables.nodes[run], !dead.isFenced, dead.row.beat == beat || mutation == .anyBeat else {
            return
        }
        tables.nodes[run]?.isFenced = true
        for row in tables.slots.values where row.owner == run {
            let isTaken = carriers.contains(row.key.carrier)
            tables.slots[row.key] = SlotRow(
                key: row.key, owner: isTaken ? me : nil, epoch: row.epoch + 1, share: isTaken ? row.share : 0)
        }
    }

    private func own(_ key: SlotKey, _ epoch: Int64, _ me: String) -> SlotRow? {
        guard let row = tables.slots[key], row.owner == me, row.epoch == epoch else {
            return nil
        }
        return row
    }

    /// What all other slots of the carrier have together.
    private func others(_ key: SlotKey) -> Int {
        tables.slots.values.filter { $0.key.carrier == key.carrier && $0.key != key }.reduce(0) { $0 + $1.share }
    }
}
