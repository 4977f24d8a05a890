import NIOCore
import Synchronization

/// The binds of one `system_id` as its contract counts them: those that are open, and those whose connection was cut
/// without a word (RST, where a FIN or `unbind` would have been one) until they have been silent for so long that the
/// SMSC forgets them.
///
/// All event loops share it. The lock is taken when a bind comes or goes, not for messages.
final class BindCount: Sendable {
    /// Cut binds that are remembered; one more forgets the first of them.
    static let maximumCut = 10_000

    private struct State {
        var open = 0
        /// Until when each cut one counts.
        var cut: [NIODeadline] = []
        var largest = 0

        /// Those that count now.
        mutating func count(_ now: NIODeadline) -> Int {
            cut.removeAll { $0 <= now }
            return open + cut.count
        }
    }

    private let state = Mutex(State())

    /// Counts one more bind; false where there are `limit` already. Nil is no limit.
    func take(limit: Int?, _ now: NIODeadline) -> Bool {
        state.withLock { state in
            let count = state.count(now)
            if let limit, count >= limit { return false }
            state.open += 1
            state.largest = max(state.largest, count + 1)
            return true
        }
    }

    /// An open bind has ended: it counts no more, or `until` then where its connection was cut.
    func leave(until time: NIODeadline? = nil) {
        state.withLock { state in
            state.open -= 1
            guard let time else { return }
            if state.cut.count == Self.maximumCut { state.cut.removeFirst() }
            state.cut.append(time)
        }
    }

    /// Those that count now.
    func current(_ now: NIODeadline) -> Int { state.withLock { $0.count(now) } }

    /// The most that counted at any instant.
    var largest: Int { state.withLock { $0.largest } }

    /// The largest count begins anew, with those that count now.
    func reset(_ now: NIODeadline) {
        state.withLock { $0.largest = $0.count(now) }
    }
}
