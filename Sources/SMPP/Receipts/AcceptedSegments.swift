internal import DequeModule

/// The accepted segments that receipts may still name, each found by its id in constant time. Where there are more than the bound, those go
/// first whose final receipts have come, about, and then the oldest ones.
struct AcceptedSegments: Sendable {
    /// A segment that a carrier accepted.
    struct Entry: Sendable {
        var tag: UInt64
        var segment: Int
        var at: MonotonicTime
        /// Nil where the response had none.
        var id: CarrierMessageID?
        /// By which a segment without id is found once a receipt has named it.
        var learntID: CarrierMessageID?
        var destination: String?
        /// The final states that receipts told, a bit each.
        var finals: UInt16 = 0

        /// Read when it is needed: nearly all segments are found by their ids.
        var recipient: RecipientNumber? { destination.flatMap { RecipientNumber($0) } }
    }

    let capacity: Int
    let keptFor: Duration

    /// So many that still wait for their receipts are passed over, at most, to find one that does not.
    private static let passedOver = 4

    private var entries = Deque<Entry>()
    /// How many have had their final receipts.
    private var settled = 0
    /// The index of the first entry: indices count on for ever, so that one names one entry only.
    private var firstIndex = 0
    private var byID = HashTable()
    /// Whether a final receipt has ever come: a carrier without receipts has nothing to be kept for them.
    private var hasReceipts = false
    /// Those that went while they waited for their receipts; no more of them than are known.
    private var forgotten: [ForgottenSegment] = []
    /// Segments without id, by recipient, oldest first.
    private var withoutID: [RecipientNumber: Deque<Int>] = [:]

    init(capacity: Int, keptFor: Duration) {
        self.capacity = max(1, capacity)
        self.keptFor = keptFor
    }

    var count: Int { entries.count }

    subscript(index: Int) -> Entry {
        get { entries[index - firstIndex] }
        _modify { yield &entries[index - firstIndex] }
    }

    /// Adds a segment; the oldest one and those that are too old go. Returns its index.
    mutating func add(_ entry: Entry) -> Int {
        removeOld(now: entry.at)
        if entries.count == capacity { makeRoom() }
        return append(entry)
    }

    /// A final receipt has come.
    mutating func settle(at index: Int, _ final: UInt16) {
        guard final != 0 else { return }
        if self[index].finals == 0 { settled += 1 }
        hasReceipts = true
        self[index].finals |= final
    }

    /// Of the oldest, one that is settled goes; those before it take a new place at the end.
    private mutating func makeRoom() {
        for _ in 0..<Self.passedOver {
            guard settled > 0, let oldest = entries.first, oldest.finals == 0, entries.count > 1 else { break }
            removeFirst()
            _ = append(oldest)
        }
        if hasReceipts, forgotten.count < capacity, let oldest = entries.first, oldest.finals == 0,
            let id = oldest.id ?? oldest.learntID
        {
            forgotten.append(ForgottenSegment(tag: oldest.tag, segment: oldest.segment, id: id.folded))
        }
        removeFirst()
    }

    /// Those that went while they waited for their receipts, since the last time.
    mutating func takeForgotten() -> [ForgottenSegment] {
        guard !forgotten.isEmpty else { return [] }
        defer { forgotten = [] }
        return forgotten
    }

    private mutating func append(_ entry: Entry) -> Int {
        let index = firstIndex + entries.count
        entries.append(entry)
        if let id = entry.id {
            enter(id, at: index)
        } else if let learnt = entry.learntID {
            enter(learnt, at: index)
        } else if let recipient = entry.recipient {
            withoutID[recipient, default: []].append(index)
        }
        return index
    }

    /// Forgets segments that were accepted too long ago.
    mutating func removeOld(now: MonotonicTime) {
        // Not `first`: that copies an entry for every message.
        while !entries.isEmpty, now - entries[entries.startIndex].at > keptFor { removeFirst() }
    }

    func index(ofKey key: String) -> Int? {
        byID.index(of: HashTable.hash(of: key)) { isID(key, of: $0) }
    }

    /// The oldest segment for this recipient that neither a response nor a receipt has named.
    func index(withoutIDFor recipient: RecipientNumber) -> Int? {
        withoutID[recipient]?.first
    }

    /// The oldest segment without id for this recipient is no longer found by number, but by `id` if there is one.
    mutating func settleFirst(withoutIDFor recipient: RecipientNumber, id: CarrierMessageID?) {
        guard let index = withoutID[recipient]?.popFirst() else { return }
        if withoutID[recipient]?.isEmpty == true { withoutID[recipient] = nil }
        guard let id else { return }
        self[index].learntID = id
        enter(id, at: index)
    }

    private mutating func enter(_ id: CarrierMessageID, at index: Int) {
        // A carrier that gives an id again means the newer message.
        point(id.raw, to: index)
        guard id.folded != id.raw else { return }
        // An id as it was written goes before one that only folds to it.
        if let other = self.index(ofKey: id.folded), isWritten(id.folded, at: other) { return }
        point(id.folded, to: index)
    }

    private mutating func point(_ key: String, to index: Int) {
        let (entries, first) = (entries, firstIndex)
        byID.set(HashTable.hash(of: key), to: index) { Self.isID(key, of: entries[$0 - first]) }
    }

    /// Whether an entry is found by this key.
    private func isID(_ key: String, of index: Int) -> Bool { Self.isID(key, of: self[index]) }

    private static func isID(_ key: String, of entry: Entry) -> Bool {
        entry.id.map { $0.raw == key || $0.folded == key } ?? false
            || entry.learntID.map { $0.raw == key || $0.folded == key } ?? false
    }

    /// Whether an id of this segment was written exactly so.
    func isWritten(_ key: String, at index: Int) -> Bool {
        self[index].id?.raw == key || self[index].learntID?.raw == key
    }

    private mutating func removeFirst() {
        let entry = entries.removeFirst()
        let index = firstIndex
        firstIndex += 1
        if entry.finals != 0 { settled -= 1 }
        for id in [entry.id, entry.learntID] {
            guard let id else { continue }
            byID.remove(HashTable.hash(of: id.raw), at: index)
            if id.folded != id.raw { byID.remove(HashTable.hash(of: id.folded), at: index) }
        }
        guard entry.id == nil, let recipient = entry.recipient, withoutID[recipient]?.first == index else { return }
        withoutID[recipient]?.removeFirst()
        if withoutID[recipient]?.isEmpty == true { withoutID[recipient] = nil }
    }
}

/// A segment that waited for its receipt when there was no more room for it. What a carrier's receipts are for may be kept elsewhere.
package struct ForgottenSegment: Hashable, Sendable {
    /// `MessageID.rawValue` of the message.
    package var tag: UInt64
    /// Its index in the message, from 0.
    package var segment: Int
    /// The carrier's id in the form in which all ways to write it meet (`CarrierMessageID.folded`).
    package var id: String

    package init(tag: UInt64, segment: Int, id: String) {
        self.tag = tag
        self.segment = segment
        self.id = id
    }
}

/// A telephone number by its digits, for comparison only.
struct RecipientNumber: Hashable, Sendable {
    /// The digits without `+` and leading zeros, as a number.
    private let digits: UInt64
    /// So many last digits tell two numbers apart: national and international forms end alike.
    private static let compared: UInt64 = 10_000_000

    /// Nil for what has no digits, or something else beside them: 15 digits at most (E.164 §6).
    init?(_ address: String) {
        var value: UInt64 = 0
        let octets = address.utf8.span
        for offset in octets.indices {
            let digit = octets[offset] &- 0x30
            guard digit < 10, value < 100_000_000_000_000 else {
                if offset == 0, octets[offset] == 0x2B { continue }
                return nil
            }
            value = value * 10 + UInt64(digit)
        }
        guard value > 0 else { return nil }
        digits = value
    }

    /// Whether both end in the same seven digits.
    func agrees(with other: RecipientNumber) -> Bool {
        digits % Self.compared == other.digits % Self.compared
    }
}
