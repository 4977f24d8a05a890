internal import DequeModule

/// Records that must be written and could not be, in their order.
struct JournalBacklog {
    struct Kept {
        var records: [JournalRecord]
        /// When they are.
        var then: () -> Void
    }

    private var kept = Deque<Kept>()
    /// Records in it.
    private(set) var count = 0

    var isEmpty: Bool { kept.isEmpty }
    var first: Kept? { kept.first }

    mutating func add(_ records: [JournalRecord], then: @escaping () -> Void) {
        kept.append(Kept(records: records, then: then))
        count += records.count
    }

    mutating func removeFirst() {
        count -= kept.removeFirst().records.count
    }
}
