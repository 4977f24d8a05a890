internal import DequeModule

/// Who wrote to a number last: its answers are theirs. Bounded in number; of more, the oldest are forgotten.
package struct Conversations: Sendable {
    private struct Entry {
        var account: String
        /// Milliseconds since 1970.
        var at: UInt64
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    /// In the order in which they were written, with some that were written anew since then.
    private var order: Deque<(number: String, at: UInt64)> = []

    /// How many numbers are known.
    package var count: Int { entries.count }

    /// - Parameter capacity: numbers, at least 1.
    package init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// An account has written to a number.
    ///
    /// - Parameter moment: milliseconds since 1970; what is older than what is known changes nothing.
    package mutating func wrote(_ account: String, to number: String, at moment: UInt64) {
        if let known = entries[number], known.at > moment { return }
        entries[number] = Entry(account: account, at: moment)
        order.append((number, moment))
        // Not only when there are too many numbers: one that is written to again and again leaves its old places behind.
        while entries.count > capacity || order.count > 2 * capacity, let first = order.popFirst() {
            if entries[first.number]?.at == first.at { entries[first.number] = nil }
        }
    }

    /// Who wrote to the number last, and when.
    package func last(to number: String) -> (account: String, at: UInt64)? {
        entries[number].map { ($0.account, $0.at) }
    }
}
