import Synchronization

/// A value that one side changes and other tasks wait for.
package final class Watched<Value: Sendable>: Sendable {
    private struct Waiter {
        let condition: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Value?, Never>
    }

    private struct State {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    private let state: Mutex<State>

    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    /// The value as it is now.
    package var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes those whose condition now holds.
    package func update(_ change: (inout Value) -> Void) {
        let (value, woken) = state.withLock { state in
            change(&state.value)
            let value = state.value
            let ready = state.waiters.filter { $0.value.condition(value) }
            for key in ready.keys {
                state.waiters[key] = nil
            }
            return (value, ready.values.map(\.continuation))
        }
        for continuation in woken {
            continuation.resume(returning: value)
        }
    }

    /// The first value for which `condition` holds, or nil when `limit` is over.
    package func wait(atMost limit: Duration, until condition: @escaping @Sendable (Value) -> Bool) async -> Value? {
        await withCheckedContinuation { continuation in
            let key: Int? = state.withLock { state in
                guard !condition(state.value) else { return nil }
                let key = state.nextWaiter
                state.nextWaiter += 1
                state.waiters[key] = Waiter(condition: condition, continuation: continuation)
                return key
            }
            guard let key else {
                continuation.resume(returning: value)
                return
            }
            Task {
                try? await Task.sleep(for: limit)
                let late = state.withLock { $0.waiters.removeValue(forKey: key) }
                late?.continuation.resume(returning: nil)
            }
        }
    }
}
