/// Binds that do one job together: a transmitter sends what a receiver gets the receipts for.
package struct CarrierLink: Hashable, Sendable {
    /// Indices of the carrier's binds; one, or a transmitter and then its receiver.
    package var binds: [Int]

    package init(binds: [Int]) {
        self.binds = binds
    }

    /// The links of a carrier with these binds, in the order of their first binds.
    ///
    /// The k-th transmitter stands with the k-th receiver; a transceiver or what is left over stands alone.
    package static func pair(_ kinds: [BindKind]) -> [CarrierLink] {
        let transmitters = kinds.indices.filter { kinds[$0] == .transmitter }
        let receivers = kinds.indices.filter { kinds[$0] == .receiver }
        let pairs = zip(transmitters, receivers).map { CarrierLink(binds: [$0, $1]) }
        let paired = Set(pairs.flatMap(\.binds))
        let single = kinds.indices.filter { !paired.contains($0) }.map { CarrierLink(binds: [$0]) }
        return (pairs + single).sorted { ($0.binds.min() ?? 0) < ($1.binds.min() ?? 0) }
    }

    /// How the link is.
    ///
    /// - Parameters:
    ///   - kinds: the kind of every bind of the carrier.
    ///   - isBound: whether it is bound, for every bind of the carrier.
    package func health(_ kinds: [BindKind], isBound: [Bool]) -> LinkHealth {
        let submitting = binds.filter { kinds[$0].submits }
        // A lone receiver has nothing else to do than to be bound.
        guard !submitting.isEmpty else { return binds.allSatisfy { isBound[$0] } ? .up : .down }
        guard submitting.allSatisfy({ isBound[$0] }) else { return .down }
        return binds.allSatisfy { isBound[$0] } ? .up : .degraded
    }
}

/// Whether a link does its job; the raw values are stable names for JSON and metrics.
package enum LinkHealth: String, Hashable, Sendable, CaseIterable {
    case up
    /// Messages leave, but receipts do not come: the receiver is not bound.
    case degraded
    /// No messages leave; or, for a lone receiver, nothing comes.
    case down
}
