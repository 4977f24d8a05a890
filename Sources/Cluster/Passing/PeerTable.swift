/// Another node of the cluster, as far as forms are passed on to it.
package struct Peer: Hashable, Sendable {
    package var name: String
    /// `https://HOST:PORT` of its intake.
    package var address: String
    /// The carriers of which it has a bind that takes messages.
    package var carriers: Set<String>

    package init(name: String, address: String, carriers: Set<String>) {
        self.name = name
        self.address = address
        self.carriers = carriers
    }
}

/// The other nodes that take forms now.
package struct PeerTable: Hashable, Sendable {
    package var peers: [Peer]

    package init(_ peers: [Peer] = []) {
        self.peers = peers
    }

    /// Whom a form may be passed on to, in the order in which they are asked: who has the carrier that comes first, and by turns where
    /// several have it.
    ///
    /// - Parameters:
    ///   - carriers: of the form's account, in its order.
    ///   - chance: any 64 bits that differ from form to form.
    package func order(for carriers: [String], chance: UInt64) -> [Peer] {
        guard !peers.isEmpty else { return [] }
        // Neighbouring ids must not all begin with the same peer.
        let first = Int((chance &* 0x9E37_79B9_7F4A_7C15 >> 32) % UInt64(peers.count))
        var found: [(rank: Int, turn: Int, peer: Peer)] = []
        for turn in peers.indices {
            let peer = peers[(first + turn) % peers.count]
            guard let rank = carriers.firstIndex(where: peer.carriers.contains) else { continue }
            found.append((rank, turn, peer))
        }
        return found.sorted { ($0.rank, $0.turn) < ($1.rank, $1.turn) }.map(\.peer)
    }
}
