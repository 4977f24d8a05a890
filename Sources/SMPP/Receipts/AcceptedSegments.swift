internal import DequeModule

/// The accepted segments that receipts may still name: the newest ones, each found by its id in constant time.
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

    private var entries = Deque<Entry>()
    /// The place of the first entry: places count on for ever, so that a place names one entry only.
    private var firstPlace = 0
    private var places = PlaceTable()
    /// Segments without id, by recipient, oldest first.
    private var withoutID: [RecipientNumber: Deque<Int>] = [:]

    init(capacity: Int, keptFor: Duration) {
        self.capacity = max(1, capacity)
        self.keptFor = keptFor
    }

    var count: Int { entries.count }

    subscript(place: Int) -> Entry {
        get { entries[place - firstPlace] }
        _modify { yield &entries[place - firstPlace] }
    }

    /// Adds a segment; the oldest one and those that are too old go. Returns its place.
    mutating func add(_ entry: Entry) -> Int {
        removeOld(now: entry.at)
        if entries.count == capacity { removeFirst() }
        let place = firstPlace + entries.count
        entries.append(entry)
        if let id = entry.id {
            index(id, at: place)
        } else if let recipient = entry.recipient {
            withoutID[recipient, default: []].append(place)
        }
        return place
    }

    /// Forgets segments that were accepted too long ago.
    mutating func removeOld(now: MonotonicTime) {
        // Not `first`: that copies an entry for every message.
        while !entries.isEmpty, now - entries[entries.startIndex].at > keptFor { removeFirst() }
    }

    func place(ofKey key: String) -> Int? {
        places.place(of: PlaceTable.hash(of: key)) { isID(key, of: $0) }
    }

    /// The oldest segment for this recipient that neither a response nor a receipt has named.
    func place(withoutIDFor recipient: RecipientNumber) -> Int? {
        withoutID[recipient]?.first
    }

    /// The oldest segment without id for this recipient is no longer found by number, but by `id` if there is one.
    mutating func settleFirst(withoutIDFor recipient: RecipientNumber, id: CarrierMessageID?) {
        guard let place = withoutID[recipient]?.popFirst() else { return }
        if withoutID[recipient]?.isEmpty == true { withoutID[recipient] = nil }
        guard let id else { return }
        self[place].learntID = id
        index(id, at: place)
    }

    private mutating func index(_ id: CarrierMessageID, at place: Int) {
        // A carrier that gives an id again means the newer message.
        point(id.raw, to: place)
        guard id.folded != id.raw else { return }
        // An id as it was written goes before one that only folds to it.
        if let other = self.place(ofKey: id.folded), isWritten(id.folded, at: other) { return }
        point(id.folded, to: place)
    }

    private mutating func point(_ key: String, to place: Int) {
        let (entries, first) = (entries, firstPlace)
        places.set(PlaceTable.hash(of: key), to: place) { Self.isID(key, of: entries[$0 - first]) }
    }

    /// Whether an entry is found by this key.
    private func isID(_ key: String, of place: Int) -> Bool { Self.isID(key, of: self[place]) }

    private static func isID(_ key: String, of entry: Entry) -> Bool {
        entry.id.map { $0.raw == key || $0.folded == key } ?? false
            || entry.learntID.map { $0.raw == key || $0.folded == key } ?? false
    }

    /// Whether an id of this segment was written exactly so.
    func isWritten(_ key: String, at place: Int) -> Bool {
        self[place].id?.raw == key || self[place].learntID?.raw == key
    }

    private mutating func removeFirst() {
        let entry = entries.removeFirst()
        let place = firstPlace
        firstPlace += 1
        for id in [entry.id, entry.learntID] {
            guard let id else { continue }
            places.remove(PlaceTable.hash(of: id.raw), at: place)
            if id.folded != id.raw { places.remove(PlaceTable.hash(of: id.folded), at: place) }
        }
        guard entry.id == nil, let recipient = entry.recipient, withoutID[recipient]?.first == place else { return }
        withoutID[recipient]?.removeFirst()
        if withoutID[recipient]?.isEmpty == true { withoutID[recipient] = nil }
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
        for place in octets.indices {
            let digit = octets[place] &- 0x30
            guard digit < 10, value < 100_000_000_000_000 else {
                if place == 0, octets[place] == 0x2B { continue }
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
