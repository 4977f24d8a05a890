import DequeModule
import NIOCore
import Synchronization

/// The largest number of messages that came within any one second, from one `system_id` over all its binds.
///
/// A second is half open: a message exactly one second after another is not within the same one. The time is that at
/// which the simulator takes a message from its connection. All event loops share a meter, so it has a lock, which is
/// held for a few nanoseconds a message; the clock is read inside it, so that times never go back.
final class PaceMeter: Sendable {
    /// More messages than this within one second are counted as so many. 8 MB.
    static let maximum = 1 << 20
    private static let second = TimeAmount.seconds(1)

    private struct State {
        /// When the messages of the last second came, oldest first.
        var times = Deque<NIODeadline>()
        var largest = 0
    }

    private let state = Mutex(State())

    /// Counts one message.
    func count(clock: () -> NIODeadline = NIODeadline.now) {
        state.withLock { state in
            let now = clock()
            while let oldest = state.times.first, now - oldest >= Self.second { state.times.removeFirst() }
            if state.times.count == Self.maximum { state.times.removeFirst() }
            state.times.append(now)
            state.largest = max(state.largest, state.times.count)
        }
    }

    var largest: Int { state.withLock { $0.largest } }

    /// Starts anew and gives the memory back.
    func reset() {
        state.withLock { $0 = State() }
    }
}
