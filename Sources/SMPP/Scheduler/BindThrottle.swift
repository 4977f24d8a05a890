/// What the carrier says about our speed: ESME_RTHROTTLED and ESME_RMSGQFUL stop the bind, then it recovers gradually;
/// `congestion_state` (SMPP 5.0 §4.8.4.18) of 80 and more narrows the window.
///
/// ```
///            throttled                    pause over                each second: limit + step
///   free ───────────────▶ paused ─────────────────▶ recovering ──────────────────────────────▶ free
///                           ▲                           │ throttled: half the limit,    (twice the rate
///                           └───────────────────────────┘ a longer pause                 that was refused)
/// ```
package struct BindThrottle: Hashable, Sendable {
    /// The first pause; each one without an accepted message in between is twice as long.
    package static let firstPause = Duration.seconds(1)
    package static let longestPause = Duration.seconds(30)
    /// From this `congestion_state` on the window is narrowed, down to one request at 100.
    package static let congestedFrom: UInt32 = 80
    /// A `congestion_state` older than this says nothing any more.
    package static let congestionKept = Duration.seconds(10)

    private static let second = Duration.seconds(1)

    private var pausedUntil: MonotonicTime?
    private var pausesInRow = 0
    /// PDUs per second while recovering.
    private var limit: Double?
    /// What the carrier bore when it first refused, in PDUs per second.
    private var borne = 1.0
    private var raisedAt = MonotonicTime(nanoseconds: 0)
    private var nextWrite = MonotonicTime(nanoseconds: 0)

    private var secondStart = MonotonicTime(nanoseconds: 0)
    private var acceptedThisSecond = 0
    private var acceptedLastSecond = 0

    private var congestion: UInt32 = 0
    private var congestionAt = MonotonicTime(nanoseconds: 0)

    package init() {}

    /// The end of the pause, if there is one now.
    package func pauseEnd(now: MonotonicTime) -> MonotonicTime? {
        guard let pausedUntil, pausedUntil > now else { return nil }
        return pausedUntil
    }

    /// The limit while recovering, in PDUs per second.
    package var recoveringLimit: Double? { limit }

    /// The last `congestion_state`, 0 to 100; 0 where the carrier does not send it.
    package func congestionState(now: MonotonicTime) -> UInt32 {
        congestion > 0 && now - congestionAt < Self.congestionKept ? congestion : 0
    }

    /// The carrier refused for speed. Answers to what was written before the pause began do not lengthen it.
    ///
    /// - Returns: when the bind may write again.
    package mutating func throttled(now: MonotonicTime) -> MonotonicTime {
        if let end = pauseEnd(now: now) { return end }
        let pause = min(Self.longestPause, Self.firstPause * (1 << min(pausesInRow, 10)))
        pausesInRow += 1
        let end = now + pause
        pausedUntil = end
        if let limit {
            self.limit = max(1, limit / 2)
        } else {
            borne = Double(max(1, acceptedThisSecond, acceptedLastSecond))
            limit = max(1, borne / 2)
        }
        raisedAt = end
        nextWrite = end
        return end
    }

    /// The carrier accepted a segment.
    package mutating func accepted(now: MonotonicTime) {
        pausesInRow = 0
        if now - secondStart >= Self.second {
            acceptedLastSecond = now - secondStart < .seconds(2) ? acceptedThisSecond : 0
            acceptedThisSecond = 0
            secondStart = now
        }
        acceptedThisSecond += 1
    }

    /// The carrier told its load.
    package mutating func congested(_ level: UInt32, now: MonotonicTime) {
        congestion = min(level, 100)
        congestionAt = now
    }

    /// When the bind may write its next `submit_sm`; nil = at once.
    package mutating func earliestWrite(now: MonotonicTime) -> MonotonicTime? {
        if let end = pauseEnd(now: now) { return end }
        pausedUntil = nil
        recover(now: now)
        guard limit != nil, nextWrite > now else { return nil }
        return nextWrite
    }

    /// A `submit_sm` was written.
    package mutating func wrote(now: MonotonicTime) {
        guard let limit else { return }
        nextWrite = max(nextWrite, now) + .nanoseconds(Int64(1e9 / limit))
    }

    /// How much of a window of `size` may be used.
    package func usableWindow(_ size: Int, now: MonotonicTime) -> Int {
        let level = congestionState(now: now)
        guard level >= Self.congestedFrom else { return size }
        return max(1, size * Int(100 - level) / Int(100 - Self.congestedFrom))
    }

    private mutating func recover(now: MonotonicTime) {
        while let current = limit, now - raisedAt >= Self.second {
            raisedAt = raisedAt + Self.second
            let raised = current + max(1, borne / 20)
            limit = raised >= borne * 2 ? nil : raised
        }
    }
}
