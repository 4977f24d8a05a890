package import Journal

/// What is counted of one message.
package struct MessageUsage: Hashable, Sendable {
    /// Segments that were made for its carrier.
    package var segments = 0
    /// Those that the carrier accepted, at once or after all.
    package var accepted = 0
    /// Those whose last receipt says that they were delivered.
    package var delivered = 0

    package init(_ life: MessageLife) {
        var accepted: Set<Int> = []
        for (index, segment) in (life.outcome?.segments ?? []).enumerated() {
            if case .accepted = segment { accepted.insert(index) }
        }
        for late in life.late where late.status == 0 { accepted.insert(late.segment) }
        var states: [Int: String] = [:]
        for receipt in life.receipts where !receipt.isDuplicate { states[receipt.segment ?? 0] = receipt.state }
        segments = life.outcome?.segments.count ?? 0
        self.accepted = accepted.count
        delivered = states.values.count { $0 == "delivered" }
    }
}
