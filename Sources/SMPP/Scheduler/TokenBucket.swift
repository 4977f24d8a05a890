/// The pace of a carrier in PDUs per second: the generic cell rate algorithm, as arithmetic on one number.
///
/// The number is the time at which the next PDU is due by the pace. `reserve` always gives a time at which the caller may
/// write one PDU, and moves the number on; several binds share it through one atomic and are served in the order in
/// which they ask.
///
/// An SMSC counts arrivals, which jitter. PDUs are therefore spaced 2 % wider than `1/rate`, and a late caller may catch
/// up by at most `catchUp`; so as long as arrivals are shifted against each other by less than
/// 20 ms − `catchUp`, no second anywhere holds more than `rate` PDUs, while 98 % of the rate is reached.
package struct TokenBucket: Hashable, Sendable {
    /// How far a caller that comes late may lag behind the pace and still catch up.
    package static let catchUp: UInt64 = 5_000_000
    /// A reservation used later than this is void: the pace has gone on without it.
    package static let staleAfter: Duration = .milliseconds(5)

    /// Nanoseconds between PDUs.
    package let interval: UInt64

    /// - Parameter rate: PDUs per second, above 0; rates outside of 0.001 to 1,000,000 count as the nearest of these.
    package init(rate: Double) {
        let bounded = rate.isNaN ? 0.001 : min(max(rate, 0.001), 1_000_000)
        interval = UInt64((1_020_000_000 / bounded).rounded(.up))
    }

    /// Takes the next turn.
    ///
    /// - Parameter state: nanoseconds at which the next PDU is due; 0 at the start.
    /// - Returns: when the caller may write (in the past or `now` = at once), and the state after it.
    package func reserve(state: UInt64, now: MonotonicTime) -> (due: MonotonicTime, state: UInt64) {
        let floor = now.nanoseconds > Self.catchUp ? now.nanoseconds - Self.catchUp : 0
        let due = max(state, floor)
        let (next, overflow) = due.addingReportingOverflow(interval)
        return (MonotonicTime(nanoseconds: due), overflow ? .max : next)
    }
}
