import SMPP

/// A `submit_sm` or `data_sm` as it came, and what became of it.
struct ReceivedMessage: Sendable {
    /// Given to every message, accepted or not: ids rise with time on each event loop and are never used twice.
    var id: UInt64
    /// Who sent it, over which kind of bind.
    var systemID: String
    var kind: BindKind
    /// The whole PDU; decoded only when somebody asks.
    var pdu: [UInt8]
    /// Nil where no response was given.
    var status: CommandStatus?
    /// The fault that its destination called for.
    var fault: FaultAction?
    /// When it came, nanoseconds since 1970.
    var unixNanoseconds: Int64
    /// When `cancel_sm` deleted it.
    var cancelledAt: Int64?
}

/// The last messages of one event loop, oldest overwritten first.
struct MessageRing {
    /// At least 0; 0 keeps nothing.
    let capacity: Int
    private var slots: [ReceivedMessage] = []
    private var next = 0

    init(capacity: Int) {
        self.capacity = max(0, capacity)
    }

    mutating func append(_ message: ReceivedMessage) {
        guard capacity > 0 else { return }
        if slots.count < capacity {
            slots.append(message)
        } else {
            slots[next] = message
        }
        next = (next + 1) % capacity
    }

    /// The messages in the order in which they came.
    var all: [ReceivedMessage] {
        slots.count < capacity ? slots : Array(slots[next...] + slots[..<next])
    }

    /// Where the message with this id lies, if it is still kept.
    func position(of id: UInt64) -> Int? {
        let start = slots.count < capacity ? 0 : next
        // Ids rise: a binary search over the ring.
        var (low, high) = (0, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if slots[(start + middle) % slots.count].id < id { low = middle + 1 } else { high = middle }
        }
        guard low < slots.count else { return nil }
        let position = (start + low) % slots.count
        return slots[position].id == id ? position : nil
    }

    subscript(position: Int) -> ReceivedMessage {
        get { slots[position] }
        set { slots[position] = newValue }
    }

    var indices: Range<Int> { slots.indices }

    mutating func removeAll() {
        slots.removeAll()
        next = 0
    }
}
