import Journal
import Messaging

/// What goes one after the other.
enum PostingOrder: Hashable, Sendable {
    /// What is about the same message.
    case message(MessageID)
    /// What is about the messages that their account calls by the same name: one that was refused may come again.
    case reference(String)
    /// What one has written to an account's chat.
    case contact(String)

    /// Of what becomes of a message.
    init(of life: MessageLife) { self = life.reference.map(Self.reference) ?? .message(life.message.id) }
}

/// What waits to be posted to one URL, oldest first. What has one order goes one after the other; bounded.
struct PostingQueue: Sendable {
    struct Item: Hashable, Sendable {
        var id: MessageID
        /// Since when it waits, in milliseconds since 1970.
        var since: UInt64
        var event: String
        /// What `X-Smppost-Posting` says.
        var name: String
        /// What it is posted in its place among.
        var order: PostingOrder
        var form: String
        var attempts = 0
        var notBefore: ContinuousClock.Instant?
    }

    /// So many are held; the rest waits in the journal.
    static let capacity = 1_000
    /// Posted at one time.
    static let maximumUnderWay = 8
    private static let firstWait = Duration.seconds(1)
    private static let longestWait = Duration.seconds(300)

    private var items: [Item] = []
    private var underWay: [MessageID: Item] = [:]
    /// Failures of the receiver itself since its last answer.
    private var failures = 0
    private var pausedUntil: ContinuousClock.Instant?

    var count: Int { items.count + underWay.count }
    var isFull: Bool { count >= Self.capacity }
    var underWayCount: Int { underWay.count }

    /// Of all that it holds.
    var ids: [MessageID] { items.map(\.id) + underWay.keys }

    mutating func add(_ item: Item) {
        items.append(item)
    }

    /// The next one to post now; it is under way then.
    mutating func next(at now: ContinuousClock.Instant) -> Item? {
        guard underWay.count < Self.maximumUnderWay, pausedUntil.map({ $0 <= now }) ?? true else { return nil }
        // After a failure one tries for all.
        if failures > 0, !underWay.isEmpty { return nil }
        var blocked = Set(underWay.values.map(\.order))
        for (place, item) in items.enumerated() {
            if !blocked.contains(item.order), item.notBefore.map({ $0 <= now }) ?? true {
                items.remove(at: place)
                underWay[item.id] = item
                return item
            }
            blocked.insert(item.order)
        }
        return nil
    }

    /// It was taken, or is given up.
    mutating func end(_ id: MessageID, isAnswered: Bool) {
        underWay[id] = nil
        if isAnswered {
            failures = 0
            pausedUntil = nil
        }
    }

    /// It was not taken, and is tried again.
    ///
    /// - Parameter isDown: the receiver takes nothing now; else it refused this one only.
    mutating func fail(_ id: MessageID, isDown: Bool, at now: ContinuousClock.Instant) {
        guard var item = underWay.removeValue(forKey: id) else { return }
        item.attempts += 1
        if isDown {
            // Those that were under way together fail together.
            if pausedUntil.map({ $0 <= now }) ?? true {
                failures += 1
                pausedUntil = now + Self.wait(failures)
            }
        } else {
            failures = 0
            item.notBefore = now + Self.wait(item.attempts)
        }
        // Ids are in the order of time.
        items.insert(item, at: items.firstIndex { $0.id > item.id } ?? items.endIndex)
    }

    /// When `next` may have something that it does not have now; nil = not before something ends or is added.
    func nextMoment(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard !items.isEmpty else { return nil }
        if let pausedUntil, pausedUntil > now { return pausedUntil }
        return items.compactMap(\.notBefore).filter { $0 > now }.min()
    }

    /// 1 s, then each time twice as long, up to 5 min.
    private static func wait(_ failures: Int) -> Duration {
        min(longestWait, firstWait * (1 << min(max(failures - 1, 0), 10)))
    }
}
