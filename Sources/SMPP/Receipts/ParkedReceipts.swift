internal import DequeModule

/// Receipts that wait for responses: for the one that gives their id, or for those that may show that another message is meant. Bounded
/// in number and time, found by id in constant time.
struct ParkedReceipts: Sendable {
    /// A receipt and the keys under which its id may come.
    struct Entry: Sendable {
        var received: ReceivedReceipt
        var keys: [ReceiptKey]
        /// When it was read.
        var since: MonotonicTime

        var numbers: Set<RecipientNumber> {
            Set([received.source, received.destination].compactMap { RecipientNumber($0) })
        }
    }

    let capacity: Int
    let keptFor: Duration

    /// So many may wait for one id; a carrier that sends more repeats itself.
    private static let maxPerID = 16

    /// Nil where the receipt is settled already; the first one never is.
    private var entries = Deque<Entry?>()
    private var firstIndex = 0
    /// By the text of an id.
    private var ids: [String: [Int]] = [:]
    /// The same by the numbers that the receipts name.
    private var numbers: [RecipientNumber: Set<Int>] = [:]
    /// How many wait.
    private(set) var count = 0
    /// Those for which there is a message, if no other comes.
    private(set) var guesses: Set<Int> = []

    init(capacity: Int, keptFor: Duration) {
        self.capacity = max(1, capacity)
        self.keptFor = keptFor
    }

    /// When the first one has waited long enough; nil when none waits.
    var nextDeadline: MonotonicTime? {
        entries.first.flatMap { $0 }.map { $0.since + keptFor }
    }

    /// Whether one more receipt with these keys may wait.
    func hasRoom(for keys: [ReceiptKey]) -> Bool {
        keys.allSatisfy { (ids[$0.text]?.count ?? 0) < Self.maxPerID }
    }

    /// Adds a receipt; returns the oldest one where there was no room left.
    mutating func add(_ entry: Entry) -> Entry? {
        let displaced = entries.count == capacity ? removeFirst() : nil
        let index = firstIndex + entries.count
        for text in Set(entry.keys.map(\.text)) { ids[text, default: []].append(index) }
        for number in entry.numbers { numbers[number, default: []].insert(index) }
        entries.append(entry)
        count += 1
        return displaced
    }

    /// The index of the one that was added last.
    var last: Int { firstIndex + entries.count - 1 }

    /// There is a message for it, if no other comes; or there is none any more.
    mutating func mark(_ index: Int, asGuess isGuess: Bool) {
        if isGuess { guesses.insert(index) } else { guesses.remove(index) }
    }

    /// When the guess that has waited longest was read.
    var oldestGuess: MonotonicTime? { guesses.min().flatMap { self[$0]?.since } }

    /// Indices of receipts that may mean this id, oldest first.
    func indices(of id: CarrierMessageID) -> [Int] {
        let written = ids[id.raw] ?? []
        guard id.folded != id.raw, let folded = ids[id.folded] else { return written }
        return written.isEmpty ? folded : Set(written + folded).sorted()
    }

    /// Where the oldest receipt waits that names this number.
    func index(of recipient: RecipientNumber) -> Int? {
        numbers[recipient]?.min()
    }

    /// Nil where the receipt is settled already.
    subscript(index: Int) -> Entry? { index < firstIndex ? nil : entries[index - firstIndex] }

    /// Takes a receipt out.
    mutating func remove(_ index: Int) {
        guard let entry = self[index] else { return }
        entries[index - firstIndex] = nil
        count -= 1
        forget(entry, at: index)
        dropSettled()
    }

    /// Takes the oldest receipt out if it has waited long enough.
    mutating func expire(now: MonotonicTime) -> Entry? {
        guard let first = entries.first, let entry = first, entry.since + keptFor <= now else { return nil }
        return removeFirst()
    }

    private mutating func dropSettled() {
        while let first = entries.first, first == nil {
            entries.removeFirst()
            firstIndex += 1
        }
    }

    private mutating func removeFirst() -> Entry? {
        guard let entry = entries.removeFirst() else { return nil }
        firstIndex += 1
        count -= 1
        forget(entry, at: firstIndex - 1)
        dropSettled()
        return entry
    }

    private mutating func forget(_ entry: Entry, at index: Int) {
        guesses.remove(index)
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
