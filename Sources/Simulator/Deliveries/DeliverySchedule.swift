import NIOCore

/// Deliveries of one event loop that wait for their time. Those due within one tick leave together, by one timer.
struct DeliverySchedule {
    /// How finely deliveries are timed: 1 ms.
    static let tickNanoseconds: UInt64 = 1_000_000
    /// Deliveries that may wait on one event loop; more are given up.
    static let maximumWaiting = 1_000_000

    struct Item {
        let delivery: Delivery
        let mailbox: Mailbox
        /// The message that a receipt is about, if `cancel_sm` may still stop it.
        let messageID: UInt64?
    }

    private var buckets: [UInt64: [Item]] = [:]
    private var count = 0

    /// The first tick that begins after a time.
    static func tick(after time: NIODeadline) -> UInt64 {
        time.uptimeNanoseconds / tickNanoseconds + 1
    }

    /// When a tick's deliveries are due.
    static func due(_ tick: UInt64) -> NIODeadline {
        .uptimeNanoseconds(tick * tickNanoseconds)
    }

    enum Added {
        /// The first of its tick: the caller sets a timer for `due(tick)`.
        case first
        case another
        case noRoom
    }

    mutating func add(_ item: Item, at tick: UInt64) -> Added {
        guard count < Self.maximumWaiting else { return .noRoom }
        count += 1
        buckets[tick, default: []].append(item)
        return buckets[tick]?.count == 1 ? .first : .another
    }

    /// A tick's deliveries.
    mutating func take(_ tick: UInt64) -> [Item] {
        guard let items = buckets.removeValue(forKey: tick) else { return [] }
        count -= items.count
        return items
    }

    mutating func removeAll() {
        buckets.removeAll()
        count = 0
    }
}
