import DequeModule
package import Journal
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
        /// Masked.
        var number: String
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
            if entries.count >= MonitorSnapshot.maximumInDoubt { entries.removeFirst() }
            entries.append(
                Entry(
                    id: id, account: account, carrier: carrier, number: recipient.masked, reason: reason, at: now,
                    segments: segments))
        }
    }

    /// What earlier processes left in doubt.
    ///
    /// - Parameters:
    ///   - doubts: oldest first.
    ///   - now: the same moment as `time`, which is in milliseconds since 1970.
    package func restore(_ doubts: [RestoredDoubt], now: NIODeadline, time: UInt64) {
        let restored = doubts.suffix(MonitorSnapshot.maximumInDoubt).map { doubt in
            let isMasked = doubt.recipient.contains("*")
            return Entry(
                id: doubt.message, account: doubt.account, carrier: doubt.carrier,
                number: isMasked ? doubt.recipient : PhoneNumber.mask(doubt.recipient), reason: doubt.reason,
                at: now - .milliseconds(Int64(clamping: time - min(time, doubt.at))), segments: doubt.segments)
        }
        entries.withLock { entries in
            entries.prepend(contentsOf: restored.suffix(max(0, MonitorSnapshot.maximumInDoubt - entries.count)))
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
                    maskedNumber: entry.number, ago: Double((now - entry.at).nanoseconds) / 1e9,
                    reason: entry.reason)
            }
        }
    }
}
