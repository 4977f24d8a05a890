import SMPP
package import Settings

/// The order in which carriers are tried, with shares of the load where weights are given.
///
/// Neighbouring entries with a weight are a group: one of them is drawn in proportion to the weights, then another of the rest
/// for the case that it fails, and so on; after the group the next entry follows. The draw is a pure function: chance is
/// an argument.
package struct CarrierOrder: Hashable, Sendable {
    /// Indices in the bridge's list of carriers, in the configuration's order.
    package let indices: [Int]
    /// By `indices`; nil = this one stands alone.
    private let weights: [Int?]
    private let isFixed: Bool

    /// - Parameter names: the names of all carriers, in the bridge's order; unknown ones are left out.
    package init(_ choices: [CarrierChoice], carriers names: [String]) {
        let known = choices.compactMap { choice in
            names.firstIndex(of: choice.name).map { (index: $0, weight: choice.weight) }
        }
        indices = known.map(\.index)
        weights = known.map(\.weight)
        isFixed = !zip(weights, weights.dropFirst()).contains { $0 != nil && $1 != nil }
    }

    /// The order for one message; without weights the same array each time.
    ///
    /// - Parameter chance: any 64 bits that differ from message to message.
    package func indices(chance: UInt64) -> [Int] {
        guard !isFixed else { return indices }
        var order = indices
        // Neighbouring ids must not draw alike.
        var random = SplitMix64(seed: chance)
        var start = 0
        while start < order.count {
            let end = weights[start...].firstIndex { $0 == nil } ?? order.count
            if end > start { Self.draw(&order, weights, start..<end, &random) }
            start = max(end, start + 1)
        }
        return order
    }

    /// The part of the load that the entry at this position of `indices` gets, in words; nil where it stands alone.
    func share(at position: Int) -> String? {
        guard let weight = weights[position] else { return nil }
        let start = weights[..<position].lastIndex { $0 == nil }.map { $0 + 1 } ?? 0
        let end = weights[position...].firstIndex { $0 == nil } ?? weights.count
        guard end - start > 1 else { return nil }
        let total = weights[start..<end].reduce(0) { $0 + ($1 ?? 0) }
        return "weight \(weight) of \(total)"
    }

    private static func draw(_ order: inout [Int], _ weights: [Int?], _ group: Range<Int>, _ random: inout SplitMix64) {
        var left = group.map { (index: order[$0], weight: UInt64(weights[$0] ?? 1)) }
        for position in group {
            let total = left.reduce(0) { $0 + $1.weight }
            // At most 100 weights of at most 1000: the remainder's bias is far below what anybody can count.
            var ticket = random.next() % total
            var drawn = 0
            while ticket >= left[drawn].weight {
                ticket -= left[drawn].weight
                drawn += 1
            }
            order[position] = left.remove(at: drawn).index
        }
    }
}

/// Other carriers for numbers with a prefix.
package struct PrefixOrder: Hashable, Sendable {
    package var prefix: String
    package var order: CarrierOrder
}
