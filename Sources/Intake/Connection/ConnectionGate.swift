package import Logging
package import NIOCore
import Synchronization

/// Counts connections against their bounds, in all and for each address, and tells the log when one is reached: once in a while, not
/// each time. An IPv6 peer's address is its /64.
package final class ConnectionGate: Sendable {
    /// Why a connection is closed at once; the raw values are stable names.
    package enum Refusal: String, Sendable, Hashable, CaseIterable {
        /// `max_connections`.
        case all = "max_connections"
        /// `max_connections_per_address`.
        case address = "max_connections_per_address"
        /// `allow_from`.
        case notAllowed = "address_not_allowed"
    }

    private struct State {
        var count = 0
        var ofAddress: [SourceAddress: Int] = [:]
        var refusals: [Refusal: Int] = [:]
        var crowding = Crowding()
    }

    /// Connections at one time.
    package let limit: Int
    private let limitOfAddress: Int
    private let allowed: [AddressBlock]
    private let logger: Logger
    private let budget = LogBudget(lines: 1)
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: connections at one time.
    ///   - limitOfAddress: of one address.
    ///   - allowed: where they may come from; empty = from everywhere.
    package init(limit: Int, limitOfAddress: Int = .max, allowed: [AddressBlock] = [], logger: Logger) {
        self.limit = limit
        self.limitOfAddress = limitOfAddress
        self.allowed = allowed
        self.logger = logger
    }

    /// Connections inside.
    package var open: Int { state.withLock { $0.count } }

    /// Addresses of which connections are inside.
    var addresses: Int { state.withLock { $0.ofAddress.count } }

    /// Connections turned away; every reason is there.
    package var refused: [Refusal: Int] {
        let refusals = state.withLock { $0.refusals }
        return Dictionary(uniqueKeysWithValues: Refusal.allCases.map { ($0, refusals[$0, default: 0]) })
    }

    /// For how many seconds there has been no place to speak of; nil: there is one, or was not long ago.
    package func fullFor(now: NIODeadline) -> Double? {
        state.withLock { $0.crowding.seconds(now: now, isFull: $0.count >= limit) }
    }

    /// Takes a place in all; false: there is none, and `leave` must not be called. The address is counted by `admit`.
    ///
    /// - Parameter now: the time; asked for only where no place is left.
    package func enter(now: @autoclosure () -> NIODeadline = .now()) -> Bool {
        let isIn = state.withLock { state in
            guard state.count < limit else {
                state.crowding.goesOn(now())
                return false
            }
            state.count += 1
            if state.count == limit { state.crowding.begins(now()) }
            return true
        }
        if !isIn { refuse(.all, nil) }
        return isIn
    }

    /// Gives a place back.
    package func leave(now: @autoclosure () -> NIODeadline = .now()) {
        state.withLock { state in
            if state.count == limit { state.crowding.goesOn(now()) }
            state.count -= 1
        }
    }

    /// Takes a place of an address, once it is known whose the connection is; false: it has none, and `dismiss` must not be called.
    package func admit(_ source: SourceAddress) -> Bool {
        guard allowed.isEmpty || allowed.contains(where: { $0.contains(source) }) else {
            refuse(.notAllowed, source)
            return false
        }
        let network = source.network
        let isIn = state.withLock { state in
            guard state.ofAddress[network, default: 0] < limitOfAddress else { return false }
            state.ofAddress[network, default: 0] += 1
            return true
        }
        if !isIn { refuse(.address, source) }
        return isIn
    }

    /// Gives the place of an address back.
    package func dismiss(_ source: SourceAddress) {
        state.withLock { state in
            let left = state.ofAddress[source.network, default: 1] - 1
            state.ofAddress[source.network] = left > 0 ? left : nil
        }
    }

    private func refuse(_ refusal: Refusal, _ source: SourceAddress?) {
        let total = state.withLock { state in
            state.refusals[refusal, default: 0] += 1
            return state.refusals[refusal, default: 0]
        }
        guard let more = budget.take() else { return }
        let words =
            switch refusal {
            case .all: "too many connections (max_connections \(limit))"
            case .address: "too many connections of one address (max_connections_per_address \(limitOfAddress))"
            case .notAllowed: "a connection from an address that intake.allow_from does not have"
            }
        let peer = source.map { ", the last one of \($0.text)" } ?? ""
        logger.warning("\(words): \(total) closed at once so far\(peer)\(more)")
    }
}
