import DequeModule

/// Wrong attempts by key: a bounded table with the oldest key giving way. Times are uptime in nanoseconds.
struct AttemptTable<Key: Hashable & Sendable>: Sendable {
    private struct Entry {
        var windowEnd: UInt64
        var count = 0
        var lockedUntil: UInt64 = 0
        /// Of one that is slowed, not refused: when the next proof may be tried.
        var nextTurn: UInt64 = 0
    }

    /// What a wrong attempt led to.
    struct Failure {
        /// The key's first in its window.
        var isFirst: Bool
        /// It locked the key, which was open until then.
        var locks: Bool
        var lockedUntil: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var order: Deque<Key> = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Until when the key is locked; in the past, or 0, where it is not.
    func lockedUntil(_ key: Key) -> UInt64 {
        entries[key]?.lockedUntil ?? 0
    }

    /// Takes the next of the turns that a locked key has, one each `interval`; or says when it comes. 0 = go on.
    mutating func takeTurn(_ key: Key, now: UInt64, interval: UInt64) -> UInt64 {
        guard let entry = entries[key], entry.lockedUntil > now else { return 0 }
        if now < entry.nextTurn { return entry.nextTurn }
        entries[key]?.nextTurn = now + interval
        return 0
    }

    /// Counts a wrong attempt.
    mutating func recordFailure(_ key: Key, now: UInt64, attempts: Int, window: UInt64) -> Failure {
        if entries[key] == nil {
            if order.count >= capacity, let oldest = order.popFirst() { entries[oldest] = nil }
            order.append(key)
        }
        var entry = entries[key] ?? Entry(windowEnd: now + window)
        if now >= entry.windowEnd {
            entry.windowEnd = now + window
            entry.count = 0
        }
        entry.count += 1
        let isFirst = entry.count == 1
        let wasLocked = entry.lockedUntil > now
        if entry.count >= attempts {
            entry.lockedUntil = now + window
            entry.windowEnd = now + window
            entry.count = 0
        }
        entries[key] = entry
        let isLocked = entry.lockedUntil > now
        return Failure(
            isFirst: isFirst, locks: isLocked && !wasLocked, lockedUntil: isLocked ? entry.lockedUntil : 0)
    }

    /// Lifts the locks of the keys that are meant, and forgets their attempts. How many were locked.
    mutating func unlock(now: UInt64, _ isMeant: (Key) -> Bool) -> Int {
        var lifted = 0
        for (key, entry) in entries where isMeant(key) {
            if entry.lockedUntil > now { lifted += 1 }
            // The key stays in the order, so its place in the table stays too.
            entries[key] = Entry(windowEnd: 0)
        }
        return lifted
    }

    /// What is locked.
    func locked(now: UInt64) -> [(key: Key, until: UInt64)] {
        entries.compactMap { $0.value.lockedUntil > now ? ($0.key, $0.value.lockedUntil) : nil }
    }
}
