import Cluster
import Nodes
import Operations
import SMPP
import Settings

extension Settings {
    /// This node, where there are others.
    var node: NodeSetup? {
        guard let cluster, case .postgresql(let url) = journal?.store else { return nil }
        return NodeSetup(
            name: cluster.name, address: "\(cluster.address)", version: Version.text, url: url,
            isReplicated: cluster.database == .synchronous, endsWithin: nodeEnd)
    }

    /// What the carriers' files say that all nodes share, by carrier.
    var contracts: [String: CarrierContract] {
        Dictionary(uniqueKeysWithValues: carriers.map { ($0.name, CarrierContract($0.setup)) })
    }

    /// How long the node's binds may take to end, with what PostgreSQL is told of it.
    private var nodeEnd: Duration {
        let ends = carriers.map { $0.setup.timings.response + $0.setup.timings.unbind }
        return (ends.max() ?? .zero) + .seconds(5)
    }
}

extension CarrierContract {
    /// Shares are whole numbers: of a rate below one a second the carrier itself keeps the rest.
    fileprivate init(_ setup: CarrierSetup) {
        self.init(
            rate: setup.rate.map { Int(min($0, 1e9)) } ?? Self.unlimited,
            slots: setup.binds.reduce(0) { $0 + max(0, $1.count) })
    }
}
