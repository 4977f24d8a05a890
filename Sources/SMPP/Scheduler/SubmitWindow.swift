/// Names a message while a `CarrierScheduler` holds it; a key of a message that is gone never matches another.
package struct MessageKey: Hashable, Sendable {
    /// Of the entry in the scheduler's table: also that under which the edge keeps what belongs to the message.
    package var index: Int
    /// How often that entry was used before.
    package var generation: UInt32
}

/// Whose `submit_sm` a window slot is.
package struct OpenSubmit: Hashable, Sendable {
    package var message: MessageKey
    /// Index of the segment in its message, from 0.
    package var segment: Int
    /// The message's name for its owner, by which a late response tells it.
    package var tag: UInt64
    /// When the response is overdue.
    package var deadline: MonotonicTime
    /// When the owner is told that nobody knows: not later than `deadline`.
    package var givenUpAt: MonotonicTime

    /// - Parameter messageDeadline: when the whole message is completed with what is known then; nil = never.
    package init(
        message: MessageKey, segment: Int, tag: UInt64 = 0, deadline: MonotonicTime,
        messageDeadline: MonotonicTime? = nil
    ) {
        self.message = message
        self.segment = segment
        self.tag = tag
        self.deadline = deadline
        givenUpAt = messageDeadline.map { min($0, deadline) } ?? deadline
    }
}

/// The requests of a bind that wait for their response, and the bind's sequence numbers (SMPP 3.4 §2.9, §5.1.4).
///
/// A slot and its sequence number are taken before the bytes leave. A slot is freed once: by the response, when the
/// response is overdue, or with the connection. What was given up is remembered (bounded), so that a late response
/// finds its message. Slots stand in a ring indexed by sequence number and are linked
/// from the oldest to the newest: nothing is allocated while the bind works.
package struct SubmitWindow: Sendable {
    /// The highest sequence number an ESME may use (§5.1.4); after it comes 1.
    package static let lastSequence: UInt32 = 0x7FFF_FFFF

    private struct Slot {
        /// 0 marks a free slot.
        var sequence: UInt32 = 0
        var submit = OpenSubmit(
            message: MessageKey(index: 0, generation: 0), segment: 0, deadline: MonotonicTime(nanoseconds: 0))
        var older = -1
        var newer = -1
    }

    /// How many requests may be open at once.
    package let capacity: Int
    /// How many are open.
    package private(set) var count = 0

    private var slots: ContiguousArray<Slot>
    private var oldest = -1
    private var newest = -1
    private var next: UInt32
    private var late: LateResponses

    /// - Parameters:
    ///   - capacity: at least 1; smaller values count as 1.
    ///   - lateKept: how long a late response is waited for.
    ///   - maxLate: how many late responses are waited for at once.
    ///   - firstSequence: 1 to 0x7FFFFFFF.
    package init(
        capacity: Int, lateKept: Duration = .seconds(10_800), maxLate: Int = 10_000, firstSequence: UInt32 = 1
    ) {
        self.capacity = max(1, capacity)
        var size = 16
        while size < self.capacity * 2 { size *= 2 }
        slots = ContiguousArray(repeating: Slot(), count: size)
        late = LateResponses(kept: lateKept, most: maxLate)
        next = firstSequence
    }

    /// When the oldest open request is overdue.
    package var nextDeadline: MonotonicTime? {
        oldest < 0 ? nil : slots[oldest].submit.deadline
    }

    /// The sequence number of the oldest open request; 0 = none is open.
    var oldestSequence: UInt32 { oldest < 0 ? 0 : slots[oldest].sequence }

    /// How many late responses are waited for.
    package var missing: Int { late.count }

    /// The next sequence number: never one that is open or whose response may still come, 1 after 0x7FFFFFFF.
    package mutating func takeSequence() -> UInt32 {
        // At least half of the ring is free, and what is remembered is bounded, so this ends.
        while true {
            let sequence = next
            next = sequence >= Self.lastSequence ? 1 : sequence + 1
            if slots[index(of: sequence)].sequence == 0, !late.contains(sequence) { return sequence }
        }
    }

    /// Takes a slot and a sequence number; nil when the window is full.
    ///
    /// Deadlines must not decrease from call to call: the oldest slot is the first to be overdue.
    package mutating func open(_ submit: OpenSubmit) -> UInt32? {
        guard count < capacity else { return nil }
        let sequence = takeSequence()
        let index = index(of: sequence)
        slots[index] = Slot(sequence: sequence, submit: submit, older: newest, newer: -1)
        if newest >= 0 { slots[newest].newer = index } else { oldest = index }
        newest = index
        count += 1
        return sequence
    }

    /// Frees the slot of this sequence number; nil when none is open under it.
    package mutating func close(_ sequence: UInt32) -> OpenSubmit? {
        let index = index(of: sequence)
        guard sequence != 0, slots[index].sequence == sequence else { return nil }
        return free(index)
    }

    /// Whether a request is open under this sequence number.
    package func isOpen(_ sequence: UInt32) -> Bool {
        sequence != 0 && slots[index(of: sequence)].sequence == sequence
    }

    /// Frees the oldest slot if it is overdue, and remembers whose it was.
    package mutating func expire(now: MonotonicTime) -> OpenSubmit? {
        guard oldest >= 0, slots[oldest].submit.deadline <= now else { return nil }
        return giveUpOldest(now: now)
    }

    /// Frees the oldest slot, whatever its deadline, and remembers whose it was.
    package mutating func giveUpOldest(now: MonotonicTime) -> OpenSubmit? {
        guard oldest >= 0 else { return nil }
        let sequence = slots[oldest].sequence
        let submit = free(oldest)
        let missing = LateResponses.Missing(
            tag: submit.tag, segment: submit.segment, givenUpAt: min(submit.givenUpAt, now))
        late.remember(sequence, missing, now: now)
        return submit
    }

    /// Frees the oldest slot with its connection: no response can come any more.
    package mutating func dropOldest() -> OpenSubmit? {
        oldest < 0 ? nil : free(oldest)
    }

    /// Whether a response to this sequence number would find a message, in time or late.
    package func expects(_ sequence: UInt32) -> Bool {
        isOpen(sequence) || late.contains(sequence)
    }

    /// A response that is too late for its slot, if it is one; a second one is not.
    mutating func takeLate(_ sequence: UInt32, now: MonotonicTime) -> LateResponses.Missing? {
        late.take(sequence, now: now)
    }

    /// A new connection: sequence numbers start at 1 again, and the old ones mean nothing any more.
    ///
    /// Every slot must have been freed before.
    package mutating func restart() {
        precondition(count == 0, "a window with open slots was restarted")
        next = 1
        late.removeAll()
    }

    private func index(of sequence: UInt32) -> Int {
        Int(sequence) & (slots.count - 1)
    }

    private mutating func free(_ index: Int) -> OpenSubmit {
        let slot = slots[index]
        if slot.older >= 0 { slots[slot.older].newer = slot.newer } else { oldest = slot.newer }
        if slot.newer >= 0 { slots[slot.newer].older = slot.older } else { newest = slot.older }
        slots[index].sequence = 0
        count -= 1
        return slot.submit
    }
}
