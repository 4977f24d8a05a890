internal import DequeModule

/// Receipts that wait for the response that gives their id: bounded in number and time, found by id in constant time.
struct ParkedReceipts: Sendable {
    /// A receipt and the keys under which its id may come.
    struct Entry: Sendable {
        var received: ReceivedReceipt
        var keys: [ReceiptKey]
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
    private var firstPlace = 0
    private var places: [String: [Int]] = [:]
    /// The same by the numbers that the receipts name.
    private var numbers: [RecipientNumber: Set<Int>] = [:]
    /// How many wait.
    private(set) var count = 0

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
        keys.allSatisfy { (places[$0.text]?.count ?? 0) < Self.maxPerID }
    }

    /// Adds a receipt; returns the oldest one where all places were taken.
    mutating func add(_ entry: Entry) -> Entry? {
        let displaced = entries.count == capacity ? removeFirst() : nil
        let place = firstPlace + entries.count
        for text in Set(entry.keys.map(\.text)) { places[text, default: []].append(place) }
        for number in entry.numbers { numbers[number, default: []].insert(place) }
        entries.append(entry)
        count += 1
        return displaced
    }

    /// Places of receipts that may mean this id, oldest first.
    func places(of id: CarrierMessageID) -> [Int] {
        let written = places[id.raw] ?? []
        guard id.folded != id.raw, let folded = places[id.folded] else { return written }
        return written.isEmpty ? folded : Set(written + folded).sorted()
    }

    /// Where the oldest receipt waits that names this number.
    func place(of recipient: RecipientNumber) -> Int? {
        numbers[recipient]?.min()
    }

    /// Nil where the receipt is settled already.
    subscript(place: Int) -> Entry? { place < firstPlace ? nil : entries[place - firstPlace] }

    /// Takes a receipt out.
    mutating func remove(_ place: Int) {
        guard let entry = self[place] else { return }
        entries[place - firstPlace] = nil
        count -= 1
        forget(entry, at: place)
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
            firstPlace += 1
        }
    }

    private mutating func removeFirst() -> Entry? {
        guard let entry = entries.removeFirst() else { return nil }
        firstPlace += 1
        count -= 1
        forget(entry, at: firstPlace - 1)
        dropSettled()
        return entry
    }

    private mutating func forget(_ entry: Entry, at place: Int) {
        for text in Set(entry.keys.map(\.text)) {
            places[text]?.removeAll { $0 == place }
            if places[text]?.isEmpty == true { places[text] = nil }
        }
        for number in entry.numbers {
            numbers[number]?.remove(place)
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
