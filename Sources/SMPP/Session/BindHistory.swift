/// One change of a bind's state.
package struct BindChange: Hashable, Sendable {
    /// `BindState.name` of the new state.
    package var state: String
    /// Why, where there is something to say.
    package var failure: BindFailure?
    /// The index of the host that it has to do with.
    package var host: Int
    package var at: MonotonicTime

    package init(state: String, failure: BindFailure? = nil, host: Int = 0, at: MonotonicTime) {
        self.state = state
        self.failure = failure
        self.host = host
        self.at = at
    }
}

/// What changes are counted by.
package struct BindChangeKey: Hashable, Sendable {
    /// `BindState.name` of the new state.
    package var to: String
    package var reason: BindFailure.Code?

    package init(to: String, reason: BindFailure.Code? = nil) {
        self.to = to
        self.reason = reason
    }
}

/// The last changes of a bind, and how often there was each kind of change.
struct BindHistory: Sendable {
    /// How many changes are kept.
    static let kept = 20

    /// Oldest first.
    private(set) var changes: [BindChange] = []
    /// States and reasons are few: so are the keys.
    private(set) var counts: [BindChangeKey: UInt64] = [:]

    mutating func record(_ state: BindState, _ failure: BindFailure?, host: Int, now: MonotonicTime) {
        if changes.count == Self.kept { changes.removeFirst() }
        changes.append(BindChange(state: state.name, failure: failure, host: host, at: now))
        counts[BindChangeKey(to: state.name, reason: failure?.code), default: 0] += 1
    }
}
