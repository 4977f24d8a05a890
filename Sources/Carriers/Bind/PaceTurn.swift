import SMPP

/// A bind's turn at its carrier's pace and at its own. Of the carrier's turns at most one is held, and only once the
/// bind's own pace allows a write: none is taken that cannot be used.
///
/// ```
///   own pace ──allows──▶ the carrier's turn is taken ──it comes──▶ a write
///      ▲                        │ the bind has nothing to write any more: given back
///      └────────────────────────┴─────────────────────────────────────┘
/// ```
struct PaceTurn {
    private let shared: SharedPace?
    private let own: TokenBucket?
    /// When the bind's own pace allows the next write.
    private var ownDue: UInt64 = 0
    /// The carrier's turn that is held.
    private var due: MonotonicTime?

    /// - Parameters:
    ///   - shared: the carrier's pace; nil = no limit.
    ///   - rate: the bind's own, in PDUs per second; nil = no limit.
    init(shared: SharedPace?, rate: Double? = nil) {
        self.shared = shared
        own = rate.map(TokenBucket.init(rate:))
    }

    /// Whether the bind's own pace allows a write.
    func ownAllows(now: MonotonicTime) -> Bool { ownDue <= now.nanoseconds }

    /// When the next write is allowed, as far as it is known: by the bind's own pace, or by the turn that is held.
    func nextWrite(now: MonotonicTime) -> MonotonicTime? {
        ownAllows(now: now) ? due : MonotonicTime(nanoseconds: ownDue)
    }

    /// Uses up a turn if one has come; otherwise holds the next one.
    mutating func take(now: MonotonicTime) -> Bool {
        guard ownAllows(now: now) else { return false }
        if let shared {
            if let due, now - due > TokenBucket.staleAfter { self.due = nil }
            let turn = due ?? shared.reserve(now: now)
            due = turn <= now ? nil : turn
            guard due == nil else { return false }
        }
        if let own { ownDue = own.reserve(state: ownDue, now: now).state }
        return true
    }

    /// There is nothing to write for now: the turn that is held goes to whoever asks next.
    mutating func giveBack() {
        guard let due else { return }
        shared?.giveBack(due)
        self.due = nil
    }
}
