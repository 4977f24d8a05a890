import DequeModule
import NIOCore
import Synchronization

/// Who was sent how much in the last hour, by account and number: one table for all accounts, from any thread. The hour is the
/// monotonic clock's.
package final class RecentRecipients: Sendable {
    /// Nanoseconds.
    private static let hour: Int64 = 3_600_000_000_000

    private struct Key: Hashable {
        var account: ObjectIdentifier
        var number: UInt64
    }

    private struct State {
        /// When each was sent to, in nanoseconds of the monotonic clock; before the machine's start these are negative.
        var times: [Key: [Int64]] = [:]
        /// Every message that `times` has, in the order in which they came.
        var order: Deque<(key: Key, at: Int64)> = []
        var forgotten = 0

        mutating func add(_ key: Key, at: Int64, capacity: Int) {
            if order.count >= capacity {
                dropFirst()
                forgotten += 1
            }
            order.append((key, at))
            times[key, default: []].append(at)
        }

        mutating func expire(before: Int64) {
            while let first = order.first, first.at <= before { dropFirst() }
        }

        mutating func remove(_ key: Key, at: Int64) {
            guard let index = times[key]?.lastIndex(of: at) else { return }
            times[key]?.remove(at: index)
            if times[key]?.isEmpty == true { times[key] = nil }
        }

        private mutating func dropFirst() {
            guard let first = order.popFirst() else { return }
            remove(first.key, at: first.at)
        }
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: messages of the last hour that are remembered, of all accounts; of more the oldest are forgotten.
    package init(capacity: Int = 200_000) {
        self.capacity = max(1, capacity)
    }

    /// Messages that are remembered now.
    var count: Int { state.withLock { $0.order.count } }

    /// Messages that were forgotten before their hour was over, since the start.
    var forgotten: Int { state.withLock { $0.forgotten } }

    /// Counts a message to a number, unless it has had `limit` of them within the hour.
    ///
    /// - Returns: nil = it is counted; else the seconds until it could be.
    func take(_ account: ObjectIdentifier, number: UInt64, limit: Int, now: NIODeadline) -> Int? {
        let (key, now) = (Key(account: account, number: number), Int64(now.uptimeNanoseconds))
        return state.withLock { state in
            state.expire(before: now - Self.hour)
            // What an earlier process sent may stand behind later messages.
            let recent = (state.times[key] ?? []).filter { $0 > now - Self.hour }
            if recent.count >= limit, let first = recent.sorted().dropLast(limit - 1).last {
                return Int((first + Self.hour - now + 999_999_999) / 1_000_000_000)
            }
            state.add(key, at: now, capacity: capacity)
            return nil
        }
    }

    /// A message that was counted at this time was not sent.
    func giveBack(_ account: ObjectIdentifier, number: UInt64, at: NIODeadline) {
        let key = Key(account: account, number: number)
        state.withLock { $0.remove(key, at: Int64(at.uptimeNanoseconds)) }
    }

    /// A message of an earlier process.
    /// - Parameter ago: in milliseconds.
    func restore(_ account: ObjectIdentifier, number: UInt64, ago: UInt64, now: NIODeadline) {
        let age = Int64(clamping: ago).multipliedReportingOverflow(by: 1_000_000)
        guard !age.overflow, age.partialValue < Self.hour else { return }
        let key = Key(account: account, number: number)
        state.withLock {
            $0.add(key, at: Int64(now.uptimeNanoseconds) - age.partialValue, capacity: capacity)
        }
    }
}
