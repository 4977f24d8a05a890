internal import DequeModule

/// Puts the parts of inbound messages together. Bounded in number and time.
///
///     add ──▶ kept ──(confirm: committed)──▶ safe ─┐
///      │        └──(withdraw: not committed)──▶ gone │
///      └──▶ whole (all parts are there) ──(settle)──▶ done: repeats are known for a while
///
/// A message whose parts do not all come in time is given up with what there is. Moments are milliseconds since 1970, so that
/// they go on over a restart.
package struct InboundAssembler: Sendable {
    /// What the parts of one message have in common.
    package struct Key: Hashable, Sendable {
        package var from: String
        package var to: String
        /// A reference of another kind is another message's, though its value be the same.
        package var kind: PartNumbering.Kind
        package var reference: UInt16
        /// 2 to 255.
        package var parts: UInt8

        package init(from: String, to: String, kind: PartNumbering.Kind, reference: UInt16, parts: UInt8) {
            self.from = from
            self.to = to
            self.kind = kind
            self.reference = reference
            self.parts = parts
        }
    }

    /// Bounds.
    package struct Limits: Hashable, Sendable {
        /// Messages that are not whole; beyond it the oldest one is given up.
        package var open = 10_000
        /// For so long the parts of a message are waited for, from the first one.
        package var waits: UInt64 = 3_600_000
        /// Whole messages whose parts are known as repeats.
        package var remembered = 10_000
        /// For so long.
        package var remembers: UInt64 = 600_000

        package init() {}
    }

    /// What a part was.
    package enum Step: Hashable, Sendable {
        /// A new part, of the message with this id.
        case kept(MessageID)
        /// The last one that was missing.
        case whole(AssembledMessage)
        /// It came before. `isSafe`: and is committed; if not, nobody knows yet.
        case repeated(isSafe: Bool)
    }

    private struct Entry {
        var id: MessageID
        var at: UInt64
        var contents: [UInt8: InboundContent] = [:]
        var safe: Set<UInt8> = []
        /// Of a message that is done: what its parts were, by their hashes.
        var done: [UInt8: Int]?
    }

    /// When something becomes of a message, if it is still the same one.
    private struct Expiry {
        var key: Key
        var id: MessageID
        var until: UInt64
    }

    private let limits: Limits
    private let read: CharsetReader
    private var entries: [Key: Entry] = [:]
    private var opened = Deque<Expiry>()
    private var finished = Deque<Expiry>()
    private var givenUp: [AssembledMessage] = []
    /// Messages that are not whole.
    package private(set) var openCount = 0

    /// - Parameter read: what reads character sets whose tables are not ours.
    package init(limits: Limits = Limits(), read: @escaping CharsetReader) {
        self.limits = limits
        self.read = read
    }

    /// When `expire` has something to do; nil while nothing is open.
    package var nextDeadline: UInt64? { opened.first?.until }

    /// A part came.
    ///
    /// - Parameters:
    ///   - part: which, from 1.
    ///   - id: what its message is called where this is its first part.
    package mutating func add(
        _ part: UInt8, of key: Key, _ content: InboundContent, id: @autoclosure () -> MessageID, at now: UInt64
    ) -> Step {
        expire(at: now)
        if let entry = entries[key] {
            if let hashes = entry.done {
                if hashes[part] == content.hashValue { return .repeated(isSafe: true) }
                // The reference is used again.
                entries[key] = nil
            } else if let known = entry.contents[part] {
                if known == content { return .repeated(isSafe: entry.safe.contains(part)) }
                giveUp(key)
            }
        }
        var entry = entries[key] ?? open(key, id: id(), at: now)
        entry.contents[part] = content
        entries[key] = entry
        guard entry.contents.count == Int(key.parts) else { return .kept(entry.id) }
        return .whole(AssembledMessage(key, entry.id, at: entry.at, entry.contents, read))
    }

    /// A part that was committed before this process began.
    package mutating func restore(
        _ part: UInt8, of key: Key, _ content: InboundContent, id: MessageID, at moment: UInt64
    ) {
        var entry = entries[key] ?? open(key, id: id, at: moment)
        guard entry.done == nil else { return }
        entry.contents[part] = content
        entry.safe.insert(part)
        entries[key] = entry
    }

    /// A part is committed.
    package mutating func confirm(_ part: UInt8, of key: Key, id: MessageID) {
        guard entries[key]?.id == id else { return }
        entries[key]?.safe.insert(part)
    }

    /// A part could not be committed: somebody brings it again.
    package mutating func withdraw(_ part: UInt8, of key: Key, id: MessageID) {
        guard var entry = entries[key], entry.id == id, entry.done == nil else { return }
        entry.contents[part] = nil
        entry.safe.remove(part)
        entries[key] = entry
        if entry.contents.isEmpty { close(key) }
    }

    /// A whole message is committed.
    package mutating func settle(_ key: Key, id: MessageID, at now: UInt64) {
        guard var entry = entries[key], entry.id == id, entry.done == nil else { return }
        openCount -= 1
        entry.done = entry.contents.mapValues(\.hashValue)
        entry.contents = [:]
        entry.safe = []
        entries[key] = entry
        finished.append(Expiry(key: key, id: id, until: now + limits.remembers))
        if finished.count > limits.remembered, let oldest = finished.popFirst() { forget(oldest) }
    }

    /// Gives up what was waited for long enough, and forgets what was done long ago.
    package mutating func expire(at now: UInt64) {
        while let first = opened.first, first.until <= now || !isOpen(first) {
            _ = opened.popFirst()
            if isOpen(first) { giveUp(first.key) }
        }
        while let first = finished.first, first.until <= now {
            _ = finished.popFirst()
            forget(first)
        }
    }

    /// The messages that were given up since the last time: each is told once.
    package mutating func takeGivenUp() -> [AssembledMessage] {
        defer { givenUp = [] }
        return givenUp
    }

    private func isOpen(_ expiry: Expiry) -> Bool {
        guard let entry = entries[expiry.key] else { return false }
        return entry.id == expiry.id && entry.done == nil
    }

    private mutating func open(_ key: Key, id: MessageID, at now: UInt64) -> Entry {
        while openCount >= max(1, limits.open), let oldest = opened.popFirst() {
            if isOpen(oldest) { giveUp(oldest.key) }
        }
        openCount += 1
        opened.append(Expiry(key: key, id: id, until: now + limits.waits))
        return Entry(id: id, at: now)
    }

    private mutating func giveUp(_ key: Key) {
        guard let entry = entries[key] else { return }
        // With all parts it is being committed.
        if entry.contents.count < Int(key.parts) {
            givenUp.append(AssembledMessage(key, entry.id, at: entry.at, entry.contents, read))
        }
        close(key)
    }

    private mutating func close(_ key: Key) {
        if entries.removeValue(forKey: key) != nil { openCount -= 1 }
    }

    private mutating func forget(_ expiry: Expiry) {
        guard let entry = entries[expiry.key], entry.id == expiry.id, entry.done != nil else { return }
        entries[expiry.key] = nil
    }
}

/// An inbound message of several parts, whole or given up.
package struct AssembledMessage: Hashable, Sendable {
    package var id: MessageID
    /// When its first part came, in milliseconds since 1970.
    package var at: UInt64
    package var from: String
    package var to: String
    package var parts: Int
    /// How many of them are there.
    package var received: Int
    /// `…` stands for what is missing. Empty where it is data.
    package var text: String
    /// The whole where it is no text, or none that can be read: what there is of its parts in their order.
    package var data: InboundContent?

    /// One that came in one piece.
    package init(
        id: MessageID, at moment: UInt64, from: String, to: String, content: InboundContent, read: CharsetReader
    ) {
        self.id = id
        at = moment
        self.from = from
        self.to = to
        parts = 1
        received = 1
        (text, data) = Self.read([content], read)
    }

    init(
        _ key: InboundAssembler.Key, _ id: MessageID, at moment: UInt64, _ contents: [UInt8: InboundContent],
        _ read: CharsetReader
    ) {
        self.id = id
        at = moment
        from = key.from
        to = key.to
        parts = Int(key.parts)
        received = contents.count
        (text, data) = Self.read((1...key.parts).map { contents[$0] }, read)
    }

    private static func read(_ parts: [InboundContent?], _ read: CharsetReader) -> (String, InboundContent?) {
        if let text = InboundContent.text(parts, read) { return (text, nil) }
        let there = parts.compactMap { $0 }
        guard let first = there.first else { return ("", nil) }
        return ("", InboundContent(alphabet: first.alphabet, octets: there.flatMap(\.octets)))
    }
}
