import DequeModule

/// The last values inserted, up to a bound.
struct RecentSet<Value: Hashable & Sendable>: Sendable {
    private let capacity: Int
    private var values: Set<Value> = []
    private(set) var order: Deque<Value> = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    func contains(_ value: Value) -> Bool { values.contains(value) }

    /// Whether it is new.
    @discardableResult
    mutating func insert(_ value: Value) -> Bool {
        guard values.insert(value).inserted else { return false }
        if order.count >= capacity, let oldest = order.popFirst() { values.remove(oldest) }
        order.append(value)
        return true
    }
}
