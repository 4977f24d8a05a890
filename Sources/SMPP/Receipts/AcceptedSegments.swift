internal import DequeModule

/// A segment that a carrier accepted, for its receipt.
package struct AcceptedSegment: Hashable, Sendable {
    /// `MessageID.rawValue` of the message.
    package var tag: UInt64
    /// Its index in the message, from 0.
    package var segment: Int
    /// As the response gave it; empty or `-` for none.
    package var carrierID: String
    /// The recipient's number, which the receipt's must agree with, as `SentNumber` reads it; nil where it is not known.
    package var destination: String?
    /// Whom it came from.
    package var sender: SenderKey
    /// What its last receipt has said; nil = none came yet.
    package var state: ReceiptState?
    /// When the response was read.
    package var at: MonotonicTime

    package init(
        tag: UInt64, segment: Int, carrierID: String, destination: String? = nil, sender: SenderKey = .unknown,
        state: ReceiptState? = nil, at: MonotonicTime
    ) {
        self.tag = tag
        self.segment = segment
        self.carrierID = carrierID
        self.destination = destination
        self.sender = sender
        self.state = state
        self.at = at
    }
}

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
        var sender = SenderKey.unknown
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

    /// Every segment that is found by this key: a carrier may give one id to several.
    func forEach(ofKey key: String, _ body: (Int) -> Void) {
        byID.forEach(HashTable.hash(of: key)) { if isID(key, of: $0) { body($0) } }
    }

    /// The oldest segment for this recipient that neither a response nor a receipt has named.
    ///
    /// - Parameter isMeant: whether it may be meant.
    func index(withoutIDFor recipient: RecipientNumber, isMeant: (Entry) -> Bool) -> Int? {
        withoutID[recipient]?.first { isMeant(self[$0]) }
    }

    /// A segment without id for this recipient is no longer found by number, but by `id` if there is one.
    mutating func settle(withoutIDFor recipient: RecipientNumber, at index: Int, id: CarrierMessageID?) {
        // Nearly always the first one.
        if withoutID[recipient]?.first == index {
            withoutID[recipient]?.removeFirst()
        } else {
            withoutID[recipient]?.removeAll { $0 == index }
        }
        if withoutID[recipient]?.isEmpty == true { withoutID[recipient] = nil }
        guard let id else { return }
        self[index].learntID = id
        enter(id, at: index)
    }

    private mutating func enter(_ id: CarrierMessageID, at index: Int) {
        point(id.raw, to: index)
        if id.folded != id.raw { point(id.folded, to: index) }
    }

    private mutating func point(_ key: String, to index: Int) {
        let (entries, first) = (entries, firstIndex)
        byID.add(HashTable.hash(of: key), index) { Self.isID(key, of: entries[$0 - first]) }
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
