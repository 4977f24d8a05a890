extension PeerTable {
    /// The other nodes as both tables have them: who does not leave and has a bind that is ready.
    ///
    /// - Parameters:
    ///   - run: this node's own.
    ///   - places: name and address of each run.
    package init(
        _ snapshot: ClusterSnapshot, besides run: String, places: [String: (name: String, address: String)]
    ) {
        var carriers: [String: Set<String>] = [:]
        for slot in snapshot.slots where slot.isReady {
            if let owner = slot.owner { carriers[owner, default: []].insert(slot.key.carrier) }
        }
        self.init(
            snapshot.nodes.compactMap { node in
                guard node.run != run, !node.isLeaving, let ready = carriers[node.run], let place = places[node.run]
                else { return nil }
                return Peer(name: place.name, address: place.address, carriers: ready)
            })
    }
}
