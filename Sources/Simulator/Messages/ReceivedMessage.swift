import SMPP

/// What becomes of a message that the SMSC has taken.
struct MessageFate: Sendable, Equatable {
    var state: ReceiptState
    /// When it has that state, nanoseconds since 1970.
    var unixNanoseconds: Int64
    /// Whether a receipt tells of it.
    var isTold: Bool
}

/// A `submit_sm` or `data_sm` as it came, and what became of it.
struct ReceivedMessage: Sendable {
    /// Messages of all event loops are numbered together, from 1 at the simulator's start.
    var number: UInt64
    /// Given to every message, accepted or not: ids rise with time on each event loop and are never used twice.
    var id: UInt64
    /// Who sent it, over which kind of bind.
    var systemID: String
    var kind: BindKind
    /// The bind's number, from 1.
    var bind: UInt64
    /// The whole PDU; decoded only when somebody asks.
    var pdu: [UInt8]
    /// Nil where no response was given.
    var status: CommandStatus?
    /// The fault that its destination called for.
    var fault: FaultAction?
    /// When it came, nanoseconds since 1970.
    var unixNanoseconds: Int64
    /// Nil where the SMSC does not hold it, or sends no receipts.
    var fate: MessageFate?
    /// When `cancel_sm` deleted it.
    var cancelledAt: Int64?
}

/// The last messages of one event loop, oldest overwritten first.
struct MessageRing {
    /// At least 0; 0 keeps nothing.
    let capacity: Int
    private var slots: [ReceivedMessage] = []
    private var next = 0
    /// The number of the last message that is not kept any more; 0 where all are.
    private(set) var lostThrough: UInt64 = 0

    init(capacity: Int) {
        self.capacity = max(0, capacity)
    }

    mutating func append(_ message: ReceivedMessage) {
        guard capacity > 0 else {
            lostThrough = message.number
            return
        }
        if slots.count < capacity {
            slots.append(message)
        } else {
            lostThrough = slots[next].number
            slots[next] = message
        }
        next = (next + 1) % capacity
    }

    /// The messages in the order in which they came.
    var all: [ReceivedMessage] {
        slots.count < capacity ? slots : Array(slots[next...] + slots[..<next])
    }

    /// The first messages with a higher number than this, at most `limit`.
    func messages(after number: UInt64, limit: Int) -> [ReceivedMessage] {
        let start = rank { $0.number > number }
        return (start..<min(slots.count, start + max(0, limit))).map { slots[position(at: $0)] }
    }

    /// Where the message with this id lies, if it is still kept.
    func position(of id: UInt64) -> Int? {
        let rank = rank { $0.id >= id }
        guard rank < slots.count, slots[position(at: rank)].id == id else { return nil }
        return position(at: rank)
    }

    /// Where the n-th oldest message lies.
    private func position(at rank: Int) -> Int {
        slots.count < capacity ? rank : (next + rank) % slots.count
    }

    /// Which message, counted from the oldest, is the first that is behind something: numbers and ids rise.
    private func rank(where isBehind: (ReceivedMessage) -> Bool) -> Int {
        var (low, high) = (0, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(slots[position(at: middle)]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    subscript(position: Int) -> ReceivedMessage {
        get { slots[position] }
        set { slots[position] = newValue }
    }

    var indices: Range<Int> { slots.indices }

    /// Forgets the messages up to this number.
    mutating func removeAll(through number: UInt64) {
        let kept = messages(after: number, limit: slots.count)
        slots = kept
        next = kept.count % max(1, capacity)
        lostThrough = max(lostThrough, number)
    }
}
