package import SMPP

/// What the simulator has seen since its start or the last reset. Gauges say so; the rest only grows.
/// How many messages came within one second stands in `SimulatorServer.maxInOneSecond`, how many binds there were at
/// once in `BindCount`.
package struct SimulatorStatistics: Hashable, Sendable {
    package var connections = 0
    /// Open now (a gauge, which a reset leaves alone).
    package var openConnections = 0
    package var binds = 0
    package var refusedBinds = 0
    /// Refused for the limit of binds; also in `refusedBinds`.
    package var excessBinds = 0
    /// Ended because their peers said nothing for `SimulatorOptions.forgetAfter`.
    package var silentBinds = 0
    /// Bound now (a gauge, which a reset leaves alone).
    package var openBinds = 0
    /// Every `submit_sm`, whatever became of it.
    package var submits = 0
    /// Every `data_sm`, whatever became of it.
    package var dataMessages = 0
    /// Answered with status 0, or about to be.
    package var accepted = 0
    /// Answered with another status, or by `generic_nack` where a fault says so.
    package var refused = 0
    /// Taken and never answered, by a fault.
    package var unanswered = 0
    /// Refused for the rate limit; also in `refused`.
    package var throttled = 0
    /// Refused for the window limit; also in `refused`.
    package var windowExceeded = 0
    /// The most messages that waited for their answers on one bind at once, the newest included. What a fault leaves
    /// without an answer does not wait.
    package var maxUnanswered = 0
    /// From each bind's first message to its last, added up.
    var nanosecondsInUse: Int64 = 0
    package var queries = 0
    package var cancels = 0
    package var enquireLinks = 0
    /// Unbinds that peers sent.
    package var unbinds = 0
    /// PDUs answered with `generic_nack` because they were unknown or broken.
    package var brokenPDUs = 0
    /// Connections closed because their octets were not SMPP.
    package var brokenStreams = 0
    /// How often the habit of a `Scenario` was played, how often the peer did then what it must, and how often it did
    /// what this SMSC does not allow.
    package var habitsPlayed = 0
    package var habitsKept = 0
    package var habitsBroken = 0
    var receipts = DeliveryCounts()
    /// Those of `receipts` that are about messages of the run under way (`POST /run`).
    var runReceipts = DeliveryCounts()
    var inbound = DeliveryCounts()
    /// How often each `command_status` but 0 answered a `submit_sm` or `data_sm`.
    package var statuses: [CommandStatus: Int] = [:]

    package init() {}

    /// Both together, event loop by event loop: sums, and the larger `maxUnanswered`.
    static func + (left: Self, right: Self) -> Self {
        var sum = left
        for path in counters.map(\.path) { sum[keyPath: path] += right[keyPath: path] }
        sum.maxUnanswered = max(left.maxUnanswered, right.maxUnanswered)
        sum.nanosecondsInUse += right.nanosecondsInUse
        sum.statuses.merge(right.statuses, uniquingKeysWith: +)
        return sum
    }

    /// What became of the deliveries of one kind.
    subscript(kind: Delivery.Kind) -> DeliveryCounts {
        _read {
            switch kind {
            case .receipt: yield receipts
            case .inbound: yield inbound
            }
        }
        _modify {
            switch kind {
            case .receipt: yield &receipts
            case .inbound: yield &inbound
            }
        }
    }

    /// Zeroes everything but the gauges.
    mutating func reset() {
        var fresh = SimulatorStatistics()
        for counter in Self.counters where counter.isGauge {
            fresh[keyPath: counter.path] = self[keyPath: counter.path]
        }
        self = fresh
    }
}
