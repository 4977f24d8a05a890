/// Segments whose response was lost: nobody knows whether the carrier has them, until a receipt names their recipient. Bounded in number
/// and time.
struct LostSegments: Sendable {
    struct Entry: Hashable, Sendable {
        var tag: UInt64
        var segment: Int
        /// When the answer was missed.
        var at: MonotonicTime
    }

    /// More are not remembered, but for those whose time is over.
    private static let capacity = 10_000
    private let keptFor: Duration

    private var byRecipient: [RecipientNumber: [Entry]] = [:]
    /// The recipient of each message that has some.
    private var recipients: [UInt64: RecipientNumber] = [:]
    private(set) var count = 0

    init(keptFor: Duration) {
        self.keptFor = keptFor
    }

    mutating func add(_ entry: Entry, recipient: String) {
        if count >= Self.capacity { for number in Array(byRecipient.keys) { removeOld(of: number, at: entry.at) } }
        guard count < Self.capacity, let number = RecipientNumber(recipient) else { return }
        byRecipient[number, default: []].append(entry)
        recipients[entry.tag] = number
        count += 1
    }

    /// The number of a message of which a segment's response is missing.
    func recipient(of tag: UInt64) -> RecipientNumber? { count > 0 ? recipients[tag] : nil }

    /// The response has come after all.
    mutating func remove(tag: UInt64, segment: Int) {
        guard count > 0, let number = recipients[tag],
            let place = byRecipient[number]?.firstIndex(where: { $0.tag == tag && $0.segment == segment })
        else { return }
        remove(place, of: number)
    }

    /// The only one of this recipient that a receipt of this moment can mean; it is lost no more. Nil also where there are several: nobody
    /// could say which.
    mutating func take(_ recipient: RecipientNumber, at now: MonotonicTime) -> Entry? {
        removeOld(of: recipient, at: now)
        guard let only = byRecipient[recipient]?.first, byRecipient[recipient]?.count == 1, only.at <= now else {
            return nil
        }
        remove(0, of: recipient)
        return only
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
