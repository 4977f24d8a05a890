import Cluster
import HTTPService
import Logging
package import NIOCore
import SMPP
package import TLS

/// How forms are passed on to other nodes.
package struct PassingRules: Sendable {
    /// Shows this node's certificate and takes those of the cluster's authority; offers `NodeCertificates.alpn`.
    package var tls: TLSClientContext
    /// Connections to one other node, of all loops together; each loop has one at least.
    package var connections = 256
    /// Forms that wait for a connection to one other node, likewise.
    package var queue = 1_000
    /// The time for a connection, and then for its handshake.
    package var connectWithin = TimeAmount.seconds(1)

    package init(tls: TLSClientContext) {
        self.tls = tls
    }

    /// The part of one loop of so many.
    func limits(loops: Int) -> PeerQueue.Limits {
        PeerQueue.Limits(connections: max(1, connections / loops), queue: max(1, queue / loops))
    }
}

/// The carriers of an account's messages to `to`, in their order and by name, where none of them takes messages here; nil: one does, or no
/// carrier will be asked. On any event loop.
package typealias UnboundCarriers = @Sendable (_ account: Account, _ isChat: Bool, _ to: String) -> [String]?

/// Passes one loop's forms on to other nodes. Confined to the loop.
///
/// A form is given to one node after the other until it has left for one of them; then that node's reply is the reply, and where none comes
/// nobody knows what became of it. What no node took is decided here, as if there were no others.
final class FormPassing {
    /// Who takes forms, as it was told last.
    private var table = PeerTable()
    /// By name and address.
    private var links: [[String]: PeerLinks] = [:]
    private let setup: PeerLinks.Setup
    private let counters: LoopCounters

    init(
        _ rules: PassingRules, _ configuration: IntakeConfiguration, loops: Int, on eventLoop: any EventLoop,
        counters: LoopCounters, logger: Logger
    ) {
        // The other node closes what does nothing for its own idle time, which is most likely the same: this end comes first, so that no
        // form meets a connection that is about to go.
        setup = PeerLinks.Setup(
            eventLoop: eventLoop, rules: rules, limits: rules.limits(loops: loops), path: configuration.path,
            idleTimeout: .nanoseconds(configuration.idleTimeout.nanoseconds / 2), logger: logger)
        self.counters = counters
    }

    /// From now on these are the peers.
    func adopt(_ table: PeerTable) {
        self.table = table
        let known = Set(table.peers.map(Self.key))
        for (key, links) in links where !known.contains(key) { links.retire() }
        links = links.filter { known.contains($0.key) || !$0.value.isEmpty }
    }

    /// Who may be asked for a form of these carriers, in this order.
    func peers(for carriers: [String], chance: UInt64) -> [Peer] { table.order(for: carriers, chance: chance) }

    /// Asks the next of the form's peers; where there is none it is kept.
    func ask(_ passage: Passage) {
        guard let peer = passage.peers.popFirst() else { return passage.end(.kept) }
        guard let links = links(of: peer) else { return refused(passage, by: peer) }
        links.take(passage)
    }

    /// Ends all connections.
    func close() {
        for links in links.values { links.close() }
    }

    private func links(of peer: Peer) -> PeerLinks? {
        let key = Self.key(peer)
        if let links = links[key] { return links }
        let made = PeerLinks(peer, setup) { [weak self] passage in self?.refused(passage, by: peer) }
        links[key] = made
        return made
    }

    private func refused(_ passage: Passage, by peer: Peer) {
        counters.add(PassingLabel(node: peer.name, ending: .unreachable))
        ask(passage)
    }

    private static func key(_ peer: Peer) -> [String] { [peer.name, peer.address] }
}
