internal import DequeModule

/// When the store is opened again: 0.1 s after a failure, then each time after twice as long, up to 5 s.
struct JournalRetry {
    private var delay = Duration.zero
    private var at = ContinuousClock.now

    /// It failed once more.
    mutating func postpone() {
        delay = delay == .zero ? JournalOptions.firstRetry : min(delay * 2, JournalOptions.longestRetry)
        at = .now + delay
    }

    var isDue: Bool { ContinuousClock.now >= at }
    /// How long until then.
    var rest: Duration { max(.zero, at - ContinuousClock.now) }
}

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

/// When old records are deleted: in small steps, apart from each other, then a rest until new ones are old.
struct JournalPruning {
    private var next = ContinuousClock.now + JournalOptions.pruneEvery

    var isDue: Bool { ContinuousClock.now >= next }
    /// How long until then.
    var rest: Duration { max(.milliseconds(1), next - ContinuousClock.now) }

    mutating func stepped(isDone: Bool) {
        next = .now + (isDone ? JournalOptions.pruneRest : JournalOptions.pruneEvery)
    }
}
