package import Logging
import NIOCore
import Synchronization

/// Counts connections against their bound, and tells the log when it is reached: once in a while, not each time.
package final class ConnectionGate: Sendable {
    /// How long the log is silent after a line.
    static let logPeriod = TimeAmount.seconds(10)

    private let limit: Int
    private let logger: Logger
    private let count = Atomic<Int>(0)
    private let refusals = Atomic<Int>(0)
    private let silentUntil = Atomic<UInt64>(0)

    /// - Parameter limit: connections at one time.
    package init(limit: Int, logger: Logger) {
        self.limit = limit
        self.logger = logger
    }

    /// Connections inside.
    package var open: Int { count.load(ordering: .relaxed) }

    /// Connections turned away.
    package var refused: Int { refusals.load(ordering: .relaxed) }

    /// Takes a slot; false: there is none, and `leave` must not be called.
    package func enter() -> Bool {
        if count.wrappingAdd(1, ordering: .relaxed).newValue <= limit { return true }
        count.wrappingSubtract(1, ordering: .relaxed)
        let total = refusals.wrappingAdd(1, ordering: .relaxed).newValue
        let now = NIODeadline.now()
        let silent = silentUntil.load(ordering: .relaxed)
        if now.uptimeNanoseconds >= silent,
            silentUntil.compareExchange(
                expected: silent, desired: (now + Self.logPeriod).uptimeNanoseconds, ordering: .relaxed
            ).exchanged
        {
            logger.warning("too many connections (max_connections \(limit)): \(total) closed at once so far")
        }
        return false
    }

    /// Gives a slot back.
    package func leave() {
        count.wrappingSubtract(1, ordering: .relaxed)
    }
}
