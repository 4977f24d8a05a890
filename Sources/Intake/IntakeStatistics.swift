import Synchronization

/// Counters of the intake since it started.
package struct IntakeStatistics: Sendable, Hashable {
    /// Requests answered, whatever the answer; those whose client had gone are included.
    package var requests = 0
    /// Messages handed to the handler.
    package var handed = 0
    /// Replies that no client was there to take.
    package var clientsGone = 0
    /// Replies of the handler that came twice or after the intake had given up on it.
    package var lateReplies = 0
    /// Handlers that did not reply in time.
    package var handlerTimeouts = 0
    /// Connections accepted and closed at once because there were too many.
    package var connectionsRefused = 0
    /// Connections open now.
    package var connections = 0
    /// Every event loop refuses new requests.
    package var isDraining = true
}

/// The counters of one event loop. Only that loop writes, so a write is a load and a store; any thread may read.
final class LoopCounters: Sendable {
    final class Counter: Sendable {
        private let value = Atomic<Int>(0)

        /// On the loop that owns it.
        func add(_ amount: Int = 1) {
            value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
        }

        var current: Int { value.load(ordering: .relaxed) }
    }

    let requests = Counter()
    let handed = Counter()
    let clientsGone = Counter()
    let lateReplies = Counter()
    let handlerTimeouts = Counter()
    /// 1 once the loop refuses new requests.
    let draining = Counter()

    /// Adds these counters to `total`.
    func add(to total: inout IntakeStatistics) {
        total.requests += requests.current
        total.handed += handed.current
        total.clientsGone += clientsGone.current
        total.lateReplies += lateReplies.current
        total.handlerTimeouts += handlerTimeouts.current
        total.isDraining = total.isDraining && draining.current > 0
    }
}
