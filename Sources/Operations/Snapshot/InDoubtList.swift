import DequeModule
package import Messaging
package import NIOCore
import SMPP
import Synchronization

/// The last messages that were answered as unknown and are so still, for people to look at. The journal decides; this only shows.
/// From any thread; a message whose outcome is known never comes here.
package final class InDoubtList: Sendable {
    /// Older ones are not shown: their clients have stopped repeating.
    private static let shownFor = TimeAmount.hours(3)

    package init() {}

    private struct Entry {
        var id: MessageID
        var account: String
        var carrier: String
        var recipient: PhoneNumber
        var reason: String
        var at: NIODeadline
        /// Segments of which nobody knows.
        var segments: Set<Int>
    }

    /// Oldest first.
    private let entries = Mutex<Deque<Entry>>([])

    /// A message was answered as unknown.
    ///
    /// - Parameters:
    ///   - reason: the reply's code.
    ///   - segments: indices of those whose outcome is not known.
    package func note(
        _ id: MessageID, account: String, carrier: String, recipient: PhoneNumber, reason: String, segments: Set<Int>,
        now: NIODeadline
    ) {
        entries.withLock { entries in
            if entries.count == MonitorSnapshot.maximumInDoubt { entries.removeFirst() }
            entries.append(
                Entry(
                    id: id, account: account, carrier: carrier, recipient: recipient, reason: reason, at: now,
                    segments: segments))
        }
    }

    /// The carrier answered for a segment after all.
    package func settle(tag: UInt64, segment: Int) {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.id.rawValue == tag }) else { return }
            entries[index].segments.remove(segment)
            if entries[index].segments.isEmpty { entries.remove(at: index) }
        }
    }

    /// Newest first.
    func list(now: NIODeadline) -> [InDoubtStatus] {
        entries.withLock { entries in
            while let oldest = entries.first, now - oldest.at > Self.shownFor { entries.removeFirst() }
            return entries.reversed().map { entry in
                InDoubtStatus(
                    id: "\(entry.id)", account: entry.account, carrier: entry.carrier,
                    maskedNumber: entry.recipient.masked, ago: Double((now - entry.at).nanoseconds) / 1e9,
                    reason: entry.reason)
            }
        }
    }
}
