import NIOCore
import SMPP

/// A `deliver_sm` on its way to an ESME.
struct Delivery: Sendable {
    enum Kind: Sendable, CaseIterable {
        case receipt, inbound
    }

    let kind: Kind
    /// What follows the header.
    let body: [UInt8]
    /// The number of the message that a receipt is about; 0 = it is about none.
    var message: UInt64 = 0
    /// How often it was sent.
    var attempts = 0

    /// A delivery that was refused for the time being, or not answered, so often is given up.
    static let maximumAttempts = 5
}

/// What has become of the deliveries of one kind.
struct DeliveryCounts: Hashable, Sendable {
    /// `deliver_sm`s written, repeats included.
    var sent = 0
    /// Those of `sent` that were not the first of their delivery.
    var repeated = 0
    /// Answered with status 0: each is the end of a delivery.
    var acknowledged = 0
    /// Answered with another status, whether the delivery is then repeated or not.
    var refused = 0
    /// Given up: refused for good, too often for the time being, or without room to wait.
    var dropped = 0
    /// Neither acknowledged nor given up (a gauge, which a reset leaves alone).
    var waiting = 0
}

/// The deliveries of one bind: those that wait for room in its window, and those that wait for their answer.
struct Outbox {
    /// Deliveries that may wait for the window of one bind.
    static let maximumWaiting = 100_000

    /// What an answer means for its delivery.
    enum Answer {
        /// Nothing was sent under this sequence number, or it was given up.
        case unknown
        case acknowledged(Delivery)
        /// Not now: to be sent again.
        case refusedForNow(Delivery)
        case refused(Delivery)
    }

    private struct Sent {
        var sequence: UInt32
        var until: NIODeadline
    }

    /// `deliver_sm`s without an answer at once; at least 1.
    let window: Int
    private var waiting = CircularBuffer<Delivery>()
    private var unanswered: [UInt32: Delivery] = [:]
    /// Oldest first; those that have their answer are passed over.
    private var deadlines = CircularBuffer<Sent>()

    init(window: Int) {
        self.window = max(1, window)
    }

    var isEmpty: Bool { waiting.isEmpty && unanswered.isEmpty }

    /// Takes what there is room for; the rest comes back.
    mutating func enqueue(_ deliveries: [Delivery]) -> ArraySlice<Delivery> {
        let room = Self.maximumWaiting - waiting.count
        waiting.append(contentsOf: deliveries.prefix(room))
        return deliveries.dropFirst(room)
    }

    /// What may be sent now, if anything.
    mutating func next() -> Delivery? {
        guard unanswered.count < window, var delivery = waiting.popFirst() else { return nil }
        delivery.attempts += 1
        return delivery
    }

    /// A delivery was sent.
    mutating func sent(_ delivery: Delivery, sequence: UInt32, until: NIODeadline) {
        unanswered[sequence] = delivery
        deadlines.append(Sent(sequence: sequence, until: until))
    }

    /// Matches an answer.
    mutating func answer(_ sequence: UInt32, _ status: CommandStatus) -> Answer {
        guard let delivery = unanswered.removeValue(forKey: sequence) else { return .unknown }
        forgetAnswered()
        if status == .ok { return .acknowledged(delivery) }
        switch status {
        case .systemError, .throttled, .messageQueueFull, .submitFailed:
            return delivery.attempts < Delivery.maximumAttempts ? .refusedForNow(delivery) : .refused(delivery)
        default:
            return .refused(delivery)
        }
    }

    /// Those that have waited for an answer too long.
    mutating func expire(_ now: NIODeadline) -> [Delivery] {
        var late: [Delivery] = []
        while let oldest = deadlines.first, oldest.until <= now || unanswered[oldest.sequence] == nil {
            deadlines.removeFirst()
            if let delivery = unanswered.removeValue(forKey: oldest.sequence) { late.append(delivery) }
        }
        return late
    }

    /// Keeps the deadlines of answered ones from gathering, also behind one that is never answered.
    private mutating func forgetAnswered() {
        while let oldest = deadlines.first, unanswered[oldest.sequence] == nil { deadlines.removeFirst() }
        guard deadlines.count > 4 * window + 64 else { return }
        deadlines = CircularBuffer(deadlines.filter { unanswered[$0.sequence] != nil })
    }

    /// When the oldest that still waits for its answer has waited too long.
    var nextDeadline: NIODeadline? { deadlines.first?.until }

    /// Everything, unanswered ones first: the bind is gone.
    mutating func takeAll() -> [Delivery] {
        let all = deadlines.compactMap { unanswered[$0.sequence] } + waiting
        unanswered.removeAll()
        deadlines.removeAll()
        waiting.removeAll()
        return all
    }
}
