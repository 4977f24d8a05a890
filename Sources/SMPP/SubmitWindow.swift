internal import DequeModule

/// Names a message while a `SubmitScheduler` holds it; a key of a message that is gone never matches another.
package struct MessageKey: Hashable, Sendable {
    /// The place in the scheduler's table: also the index under which the edge keeps what belongs to the message.
    package var index: Int
    /// How often that place was given away before.
    package var generation: UInt32
}

/// Whose `submit_sm` a window slot is.
package struct OpenSubmit: Hashable, Sendable {
    package var message: MessageKey
    /// Index of the segment in its message, from 0.
    package var segment: Int
    /// When the response is overdue.
    package var deadline: MonotonicTime
}

/// The requests of a bind that wait for their response, and the bind's sequence numbers (SMPP 3.4 §2.9, §5.1.4).
///
/// A slot and its sequence number are taken before the bytes leave. A slot is freed once: by the response, when the
/// response is overdue, or with the connection. Sequence numbers that became overdue are remembered (bounded), so
/// that a late response is known for what it is. Slots stand in a ring indexed by sequence number and are linked
/// from the oldest to the newest: nothing is allocated while the bind works.
package struct SubmitWindow: Sendable {
    /// The highest sequence number an ESME may use (§5.1.4); after it comes 1.
    package static let lastSequence: UInt32 = 0x7FFF_FFFF
    /// How many overdue sequence numbers are remembered.
    package static let maxRemembered = 1024

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
    private var overdue = Deque<UInt32>()

    /// - Parameters:
    ///   - capacity: at least 1; smaller values count as 1.
    ///   - firstSequence: 1 to 0x7FFFFFFF.
    package init(capacity: Int, firstSequence: UInt32 = 1) {
        self.capacity = max(1, capacity)
        var size = 16
        while size < self.capacity * 2 { size *= 2 }
        slots = ContiguousArray(repeating: Slot(), count: size)
        next = firstSequence
    }

    /// When the oldest open request is overdue.
    package var nextDeadline: MonotonicTime? {
        oldest < 0 ? nil : slots[oldest].submit.deadline
    }

    /// The next sequence number: never one that is still open, 1 after 0x7FFFFFFF.
    package mutating func takeSequence() -> UInt32 {
        // At least half of the ring is free, so this ends.
        while true {
            let sequence = next
            next = sequence >= Self.lastSequence ? 1 : sequence + 1
            if slots[index(of: sequence)].sequence == 0 { return sequence }
        }
    }

    /// Takes a slot and a sequence number; nil when the window is full.
    ///
    /// Deadlines must not decrease from call to call: the oldest slot is the first to be overdue.
    package mutating func open(_ submit: OpenSubmit) -> UInt32? {
        guard count < capacity else { return nil }
        let sequence = takeSequence()
        let place = index(of: sequence)
        slots[place] = Slot(sequence: sequence, submit: submit, older: newest, newer: -1)
        if newest >= 0 { slots[newest].newer = place } else { oldest = place }
        newest = place
        count += 1
        return sequence
    }

    /// Frees the slot of this sequence number; nil when none is open under it.
    package mutating func close(_ sequence: UInt32) -> OpenSubmit? {
        let place = index(of: sequence)
        guard sequence != 0, slots[place].sequence == sequence else { return nil }
        return free(place)
    }

    /// Whether a request is open under this sequence number.
    package func isOpen(_ sequence: UInt32) -> Bool {
        sequence != 0 && slots[index(of: sequence)].sequence == sequence
    }

    /// Frees the oldest slot if it is overdue, and remembers its sequence number.
    package mutating func expire(now: MonotonicTime) -> OpenSubmit? {
        guard oldest >= 0, slots[oldest].submit.deadline <= now else { return nil }
        return giveUpOldest()
    }

    /// Frees the oldest slot, whatever its deadline, and remembers its sequence number.
    package mutating func giveUpOldest() -> OpenSubmit? {
        guard oldest >= 0 else { return nil }
        if overdue.count == Self.maxRemembered { overdue.removeFirst() }
        overdue.append(slots[oldest].sequence)
        return free(oldest)
    }

    /// Whether this sequence number became overdue earlier; it is forgotten by the call.
    package mutating func takeLate(_ sequence: UInt32) -> Bool {
        guard let place = overdue.firstIndex(of: sequence) else { return false }
        overdue.remove(at: place)
        return true
    }

    /// A new connection: sequence numbers start at 1 again, and the old ones mean nothing any more.
    ///
    /// Every slot must have been freed before.
    package mutating func restart() {
        precondition(count == 0, "a window with open slots was restarted")
        next = 1
        overdue.removeAll()
    }

    private func index(of sequence: UInt32) -> Int {
        Int(sequence) & (slots.count - 1)
    }

    private mutating func free(_ place: Int) -> OpenSubmit {
        let slot = slots[place]
        if slot.older >= 0 { slots[slot.older].newer = slot.newer } else { oldest = slot.newer }
        if slot.newer >= 0 { slots[slot.newer].older = slot.older } else { newest = slot.older }
        slots[place].sequence = 0
        count -= 1
        return slot.submit
    }
}
