/// One bind of a carrier, counted over the whole cluster.
package struct SlotKey: Hashable, Comparable, Sendable {
    /// The carrier's name.
    package var carrier: String
    /// From 0.
    package var index: Int

    package init(_ carrier: String, _ index: Int) {
        self.carrier = carrier
        self.index = index
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.carrier, left.index) < (right.carrier, right.index)
    }
}

/// What a carrier's file says that all nodes share.
package struct CarrierContract: Hashable, Sendable {
    /// The rate of a carrier without one.
    package static let unlimited = 1 << 30

    /// Messages per second over all binds, 1 to `unlimited`.
    package var rate: Int
    /// Binds at once, at least 1.
    package var slots: Int

    package init(rate: Int, slots: Int) {
        self.rate = min(max(1, rate), Self.unlimited)
        self.slots = max(1, slots)
    }

    /// A row of the table `bind_slot` for each: none whose share of the rate would be nothing.
    package var usefulSlots: Int { min(slots, rate) }

    /// The whole-number share of the rate of a slot: the rest of the division goes to the first, one each.
    package func share(of index: Int) -> Int {
        guard index < usefulSlots else { return 0 }
        return rate / usefulSlots + (index < rate % usefulSlots ? 1 : 0)
    }

    /// The smaller rate and the smaller count of both.
    package func smallest(_ other: Self) -> Self {
        Self(rate: min(rate, other.rate), slots: min(slots, other.slots))
    }
}

/// A row of the table `node` that is not fenced.
package struct NodeRow: Hashable, Sendable {
    /// Of one life of a process, not of a host: never used again.
    package var run: String
    /// Grows with each transaction of its owner; nobody else writes it.
    package var beat: Int64
    package var isLeaving: Bool
    /// What its files say, by carrier.
    package var contracts: [String: CarrierContract]

    package init(run: String, beat: Int64, isLeaving: Bool, contracts: [String: CarrierContract]) {
        self.run = run
        self.beat = beat
        self.isLeaving = isLeaving
        self.contracts = contracts
    }
}

/// A row of the table `bind_slot`.
package struct SlotRow: Hashable, Sendable {
    package var key: SlotKey
    /// The run of the node that has it; nil is free.
    package var owner: String?
    /// Grows with each change of owner or share: a statement that comes late finds another one.
    package var epoch: Int64
    /// Messages per second that its owner may send. All shares of a carrier together are at most its rate.
    package var share: Int
    /// Its owner's bind is there.
    package var isReady: Bool
    /// The run of the last owner, where it could not reach the carrier.
    package var avoided: String?

    package init(
        key: SlotKey, owner: String? = nil, epoch: Int64 = 0, share: Int = 0, isReady: Bool = false,
        avoided: String? = nil
    ) {
        self.key = key
        self.owner = owner
        self.epoch = epoch
        self.share = share
        self.isReady = isReady
        self.avoided = avoided
    }
}

/// Both tables as a transaction leaves them.
package struct ClusterSnapshot: Hashable, Sendable {
    package var nodes: [NodeRow]
    /// In the order of their keys.
    package var slots: [SlotRow]

    package init(nodes: [NodeRow], slots: [SlotRow]) {
        self.nodes = nodes
        self.slots = slots
    }

    /// The contract in force: the smallest rate and slot count of all living nodes that know the carrier. Nil where
    /// none does.
    package func contract(of carrier: String) -> CarrierContract? {
        nodes.reduce(nil) { least, node in
            guard let own = node.contracts[carrier] else { return least }
            return least?.smallest(own) ?? own
        }
    }
}
