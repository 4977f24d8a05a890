/// How many slots of one carrier each node is to have. All nodes that see the same rows compute the same.
struct SlotPlacement {
    /// Nodes that may have slots of it: who knows it, does not leave and can reach it; best first by rendezvous hash.
    let eligible: [String]
    /// Who has how many.
    private let held: [String: Int]
    private let slots: Int

    /// - Parameters:
    ///   - avoided: runs that could not reach the carrier lately; where all are such, none is.
    init(_ snapshot: ClusterSnapshot, _ carrier: String, slots: Int, avoided: Set<String>) {
        let able = snapshot.nodes.filter { !$0.isLeaving && $0.contracts[carrier] != nil }.map(\.run)
        let reaching = able.filter { !avoided.contains($0) }
        let weighed = (reaching.isEmpty ? able : reaching).map { (Self.weight(carrier, $0), $0) }
        eligible = weighed.sorted { $0 > $1 }.map(\.1)
        var held: [String: Int] = [:]
        for row in snapshot.slots where row.key.carrier == carrier && row.key.index < slots {
            if let owner = row.owner { held[owner, default: 0] += 1 }
        }
        self.held = held
        self.slots = slots
    }

    /// How many slots a node is to have: slots ÷ nodes, and one of the rest for the best.
    func target(of run: String) -> Int {
        guard let rank = eligible.firstIndex(of: run) else { return 0 }
        return slots / eligible.count + (rank < slots % eligible.count ? 1 : 0)
    }

    /// How many more than its due a node has; negative where it has fewer.
    private func surplus(of run: String) -> Int { held[run, default: 0] - target(of: run) }

    /// The one that gives a slot to another, where the placement is not the best: who has most beyond its due.
    var giver: String? {
        guard eligible.contains(where: { surplus(of: $0) < 0 }) else { return nil }
        let most = held.keys.map { (surplus(of: $0), $0) }.max { $0 < $1 }
        guard let most, most.0 > 0 else { return nil }
        return most.1
    }

    /// Who is to take the free slot number `position` of several: who lacks most first.
    func takers(ofFree position: Int) -> [String] {
        var lacking = eligible.enumerated().map { (lack: -surplus(of: $1), rank: $0, run: $1) }
        for _ in 0..<position {
            guard let first = lacking.indices.max(by: { Self.isLater(lacking[$0], lacking[$1]) }) else { return [] }
            lacking[first].lack -= 1
        }
        return lacking.sorted { Self.isLater($1, $0) }.map(\.run)
    }

    private static func isLater(
        _ left: (lack: Int, rank: Int, run: String), _ right: (lack: Int, rank: Int, run: String)
    ) -> Bool {
        left.lack != right.lack ? left.lack < right.lack : left.rank > right.rank
    }

    /// Rendezvous hash (highest random weight): FNV-1a over both names, mixed as SplitMix64 does.
    private static func weight(_ carrier: String, _ run: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for octet in [carrier.utf8, "/".utf8, run.utf8].joined() { hash = (hash ^ UInt64(octet)) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31
    }
}
