internal import DequeModule

/// Receipts that wait for responses: for the one that gives their id, or for those that may show that another message is meant. Bounded
/// in number and time, found by id in constant time.
///
/// ```
///        first                 openFrom                last
///          │ their answers are in │ some are under way   │
///          └──────────────────────┴──────────────────────┘   and up to `heldFrom` the carrier was told that they are kept
/// ```
struct ParkedReceipts: Sendable {
    /// A receipt and the keys under which its id may come.
    struct Entry: Sendable {
        var received: ReceivedReceipt
        var keys: [ReceiptKey]
        /// When it was read.
        var since: MonotonicTime

        var numbers: Set<RecipientNumber> { Set(received.numbers) }
    }

    let capacity: Int
    let keptFor: Duration

    /// So many may wait for one id; a carrier that sends more repeats itself.
    private static let maxPerID = 16

    /// Nil where the receipt is settled already; the first one never is.
    private var entries = Deque<Entry?>()
    private var firstIndex = 0
    /// The first one whose answers may be under way.
    private var openFrom = 0
    /// The first one of which the carrier may not have been told that it is kept.
    private var heldFrom = 0
    /// By the text of an id.
    private var ids: [String: [Int]] = [:]
    /// The same by the numbers that the receipts name.
    private var numbers: [RecipientNumber: Set<Int>] = [:]
    /// How many wait.
    private(set) var count = 0

    init(capacity: Int, keptFor: Duration) {
        self.capacity = max(1, capacity)
        self.keptFor = keptFor
    }

    private var end: Int { firstIndex + entries.count }

    /// Since when the first one waits; nil when none does.
    var oldest: MonotonicTime? { entries.first.flatMap { $0 }.map(\.since) }

    /// The same of those whose answers may be under way, and of those that are held.
    var oldestOpen: MonotonicTime? { oldest(from: openFrom) }
    var oldestHeld: MonotonicTime? { oldest(from: heldFrom) }

    private func oldest(from index: Int) -> MonotonicTime? {
        (max(index, firstIndex)..<max(index, end)).lazy.compactMap { self[$0]?.since }.first
    }

    /// Whether the answers are in that were under way when it was read.
    func isAnswered(_ index: Int) -> Bool { index < openFrom }

    /// Whether one more receipt with these keys may wait.
    func hasRoom(for keys: [ReceiptKey]) -> Bool {
        keys.allSatisfy { (ids[$0.text]?.count ?? 0) < Self.maxPerID }
    }

    /// Adds a receipt; returns its index, and the oldest one where there was no room left.
    mutating func add(_ entry: Entry) -> (index: Int, displaced: (index: Int, entry: Entry)?) {
        let displaced = entries.count == capacity ? removeFirst() : nil
        let index = end
        for text in Set(entry.keys.map(\.text)) { ids[text, default: []].append(index) }
        for number in entry.numbers { numbers[number, default: []].insert(index) }
        entries.append(entry)
        count += 1
        return (index, displaced)
    }

    /// The next one whose answers are in now; each is given once.
    mutating func nextAnswered(_ isAnswered: (MonotonicTime) -> Bool) -> Int? {
        openFrom = max(openFrom, firstIndex)
        while openFrom < end {
            let since = self[openFrom]?.since
            if let since, !isAnswered(since) { return nil }
            openFrom += 1
            if since != nil { return openFrom - 1 }
        }
        return nil
    }

    /// The next one that is not held back from the carrier any more: its answers are in, or it was held long enough. Each is given once.
    mutating func nextReleased(_ isLongEnough: (MonotonicTime) -> Bool) -> Int? {
        heldFrom = max(heldFrom, firstIndex)
        while heldFrom < end {
            let since = self[heldFrom]?.since
            if let since, heldFrom >= openFrom, !isLongEnough(since) { return nil }
            heldFrom += 1
            if since != nil { return heldFrom - 1 }
        }
        return nil
    }

    /// Indices of receipts that may mean this id, oldest first.
    func indices(of id: CarrierMessageID) -> [Int] {
        let written = ids[id.raw] ?? []
        guard id.folded != id.raw, let folded = ids[id.folded] else { return written }
        return written.isEmpty ? folded : Set(written + folded).sorted()
    }

    /// Those that name this number, oldest first.
    func indices(of recipient: RecipientNumber) -> [Int] {
        numbers[recipient]?.sorted() ?? []
    }

    /// All that wait, oldest first.
    var indices: Range<Int> { firstIndex..<end }

    /// Nil where the receipt is settled already.
    subscript(index: Int) -> Entry? { indices.contains(index) ? entries[index - firstIndex] : nil }

    /// Takes a receipt out.
    mutating func remove(_ index: Int) {
        guard let entry = self[index] else { return }
        entries[index - firstIndex] = nil
        count -= 1
        forget(entry, at: index)
        dropSettled()
    }

    /// Takes the oldest receipt out if it has waited long enough.
    mutating func expire(now: MonotonicTime) -> (index: Int, entry: Entry)? {
        guard let oldest, oldest + keptFor <= now else { return nil }
        return removeFirst()
    }

    private mutating func dropSettled() {
        while let first = entries.first, first == nil {
            entries.removeFirst()
            firstIndex += 1
        }
    }

    private mutating func removeFirst() -> (index: Int, entry: Entry)? {
        guard let entry = entries.removeFirst() else { return nil }
        firstIndex += 1
        count -= 1
        forget(entry, at: firstIndex - 1)
        defer { dropSettled() }
        return (firstIndex - 1, entry)
    }

    private mutating func forget(_ entry: Entry, at index: Int) {
        for text in Set(entry.keys.map(\.text)) {
            ids[text]?.removeAll { $0 == index }
            if ids[text]?.isEmpty == true { ids[text] = nil }
        }
        for number in entry.numbers {
            numbers[number]?.remove(index)
            if numbers[number]?.isEmpty == true { numbers[number] = nil }
        }
    }
}

/// An id that the response may have had if it was written in one of the forms.
struct ReceiptKey: Hashable, Sendable {
    var form: ReceiptMatchForm
    var text: String
    /// Whether it comes from the receipt's first id: only that one teaches.
    var isFirst: Bool
}
