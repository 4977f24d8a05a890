import Synchronization

/// The octets of heads and bodies that have not arrived whole, of all connections together: nobody knows yet who sends them, so they have a bound.
package final class UnfinishedBytes: Sendable {
    private let limit: Int
    private let held = Atomic<Int>(0)

    /// - Parameter limit: octets.
    package init(limit: Int) {
        self.limit = limit
    }

    /// What is held now.
    package var current: Int { held.load(ordering: .relaxed) }

    /// Takes room; false: there is none, and nothing is to be given back.
    func take(_ count: Int) -> Bool {
        if held.wrappingAdd(count, ordering: .relaxed).newValue <= limit { return true }
        giveBack(count)
        return false
    }

    func giveBack(_ count: Int) {
        held.wrappingSubtract(count, ordering: .relaxed)
    }
}
