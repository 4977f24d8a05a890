import NIOCore
import Synchronization

/// The fault that `POST /fault` has switched on for all messages.
final class FaultSwitch: Sendable {
    private struct State {
        var action: FaultAction
        /// Nil is until it is switched off.
        var until: NIODeadline?
    }

    /// So that nobody asks for the lock while there is nothing to see.
    private let isOn = Atomic(false)
    private let state = Mutex<State?>(nil)

    /// Switches it on, in place of the one before, or off.
    func set(_ action: FaultAction?, until: NIODeadline? = nil) {
        state.withLock { $0 = action.map { State(action: $0, until: until) } }
        isOn.store(action != nil, ordering: .releasing)
    }

    /// What is done with a message that comes `now`; nil where it is off.
    func action(_ now: NIODeadline) -> FaultAction? {
        guard isOn.load(ordering: .acquiring) else { return nil }
        return state.withLock { state in
            guard let current = state, current.until.map({ now < $0 }) ?? true else { return nil }
            return current.action
        }
    }
}
