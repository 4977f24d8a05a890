/// Segments whose response was lost: nobody knows whether the carrier has them, until a receipt names their recipient. Bounded in number
/// and time.
struct LostSegments: Sendable {
    struct Entry: Hashable, Sendable {
        var tag: UInt64
        var segment: Int
        /// As `SentNumber` reads it.
        var recipient: String
        var sender: SenderKey
        /// When the answer was missed.
        var at: MonotonicTime
    }

    /// More are not remembered, but for those whose time is over.
    private let capacity: Int
    private let keptFor: Duration

    private var byRecipient: [RecipientNumber: [Entry]] = [:]
    /// The recipient of each message that has some.
    private var recipients: [UInt64: RecipientNumber] = [:]
    private(set) var count = 0

    init(capacity: Int, keptFor: Duration) {
        self.capacity = capacity
        self.keptFor = keptFor
    }

    mutating func add(_ entry: Entry) {
        if count >= capacity { for number in Array(byRecipient.keys) { removeOld(of: number, at: entry.at) } }
        guard count < capacity, let number = RecipientNumber(entry.recipient) else { return }
        byRecipient[number, default: []].append(entry)
        recipients[entry.tag] = number
        count += 1
    }

    /// The number of a message of which a segment's response is missing, and whom it came from.
    func addresses(of tag: UInt64) -> (recipient: String, sender: SenderKey)? {
        guard count > 0, let number = recipients[tag] else { return nil }
        return byRecipient[number]?.first { $0.tag == tag }.map { ($0.recipient, $0.sender) }
    }

    /// The response has come after all.
    mutating func remove(tag: UInt64, segment: Int) {
        guard count > 0, let number = recipients[tag],
            let place = byRecipient[number]?.firstIndex(where: { $0.tag == tag && $0.segment == segment })
        else { return }
        remove(place, of: number)
    }

    /// The only one of this recipient that a receipt can mean; it is lost no more. Of the parts of one message the first, as each has a
    /// receipt. Nil also where there are several messages: then nobody could say which, unless the receipt has the reference of one.
    ///
    /// - Parameters:
    ///   - latest: what was missed later was written after the receipt came.
    ///   - isMeant: whether the receipt may be of a message from this sender.
    mutating func take(
        _ recipient: RecipientNumber, reference: UInt16?, at now: MonotonicTime, missedUpTo latest: MonotonicTime,
        isMeant: (Entry) -> Bool
    ) -> Entry? {
        removeOld(of: recipient, at: now)
        guard let entries = byRecipient[recipient] else { return nil }
        let meant = entries.indices.filter { isMeant(entries[$0]) && entries[$0].at <= latest }
        let named = meant.filter {
            MessageReference.of(tag: entries[$0].tag, segment: entries[$0].segment) == reference
        }
        let candidates = named.isEmpty ? meant : named
        guard let first = candidates.min(by: { entries[$0].segment < entries[$1].segment }),
            candidates.allSatisfy({ entries[$0].tag == entries[first].tag })
        else { return nil }
        remove(first, of: recipient)
        return entries[first]
    }

    private mutating func removeOld(of recipient: RecipientNumber, at now: MonotonicTime) {
        guard let entries = byRecipient[recipient] else { return }
        for place in entries.indices.reversed() where now - entries[place].at > keptFor { remove(place, of: recipient) }
    }

    private mutating func remove(_ place: Int, of recipient: RecipientNumber) {
        guard let gone = byRecipient[recipient]?.remove(at: place) else { return }
        if byRecipient[recipient]?.isEmpty == true { byRecipient[recipient] = nil }
        if byRecipient[recipient]?.contains(where: { $0.tag == gone.tag }) != true { recipients[gone.tag] = nil }
        count -= 1
    }
}

/// The `user_message_reference` of a segment (TLV 0x0204, SMPP 3.4 §5.3.2.17), which some carriers write into its receipt: by it a
/// segment is found whose response, and so its id, never came. It follows from the message's id, so that a restart knows it.
package enum MessageReference {
    /// - Parameters:
    ///   - tag: `MessageID.rawValue` of the message.
    ///   - segment: its index in the message, from 0.
    package static func of(tag: UInt64, segment: Int) -> UInt16 {
        let mixed = (tag &* 0x9E37_79B9_7F4A_7C15) ^ (UInt64(segment) &* 0xBF58_476D_1CE4_E5B9)
        return UInt16(truncatingIfNeeded: mixed >> 48)
    }
}
