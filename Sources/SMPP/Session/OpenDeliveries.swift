internal import DequeModule

/// Names a `deliver_sm` or `data_sm` of a bind until it is answered.
package struct DeliveryKey: Hashable, Sendable {
    let index: Int
}

/// The `deliver_sm` and `data_sm` of a connection that have no response yet: what they carry is being made safe.
///
/// Bounded in number and time: what finds no room, or waits too long, is answered with a status after which carriers
/// send it again.
struct OpenDeliveries: Sendable {
    /// A response that is due.
    struct Answer: Hashable, Sendable {
        var sequence: UInt32
        var isData: Bool
    }

    private struct Entry {
        var answer: Answer?
        var deadline: MonotonicTime
    }

    let capacity: Int
    let answeredWithin: Duration

    private var entries = Deque<Entry>()
    /// The index of the first entry. Indices count on over connections, so that an old key names nothing.
    private var firstIndex = 0

    init(capacity: Int, answeredWithin: Duration) {
        self.capacity = max(1, capacity)
        self.answeredWithin = answeredWithin
    }

    var isEmpty: Bool { entries.isEmpty }

    /// When the oldest one has waited too long.
    var nextDeadline: MonotonicTime? { entries.first?.deadline }

    /// Nil when there is no room.
    mutating func add(_ answer: Answer, now: MonotonicTime) -> DeliveryKey? {
        guard entries.count < capacity else { return nil }
        entries.append(Entry(answer: answer, deadline: now + answeredWithin))
        return DeliveryKey(index: firstIndex + entries.count - 1)
    }

    /// Nil when it was answered before, or its connection is gone.
    mutating func take(_ key: DeliveryKey) -> Answer? {
        let offset = key.index - firstIndex
        guard entries.indices.contains(offset), let answer = entries[offset].answer else { return nil }
        entries[offset].answer = nil
        dropAnswered()
        return answer
    }

    /// One that has waited too long; call it until it gives nil.
    mutating func takeOverdue(now: MonotonicTime) -> Answer? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        entries.removeFirst()
        firstIndex += 1
        dropAnswered()
        return first.answer
    }

    /// The connection is gone: nothing can be answered any more.
    mutating func forget() {
        firstIndex += entries.count
        entries.removeAll()
    }

    private mutating func dropAnswered() {
        while let first = entries.first, first.answer == nil {
            entries.removeFirst()
            firstIndex += 1
        }
    }
}
