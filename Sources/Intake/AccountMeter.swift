package import NIOCore
import Synchronization

/// An account's rate and in-flight limits: two atomics shared by all event loops, no lock.
///
/// The rate is GCRA (ITU-T I.371), a token bucket kept as one time: the theoretical arrival time of the next message.
package final class AccountMeter: Sendable {
    /// What a message meets.
    package enum Admission: Sendable, Hashable {
        /// It may go; `release` must be called once.
        case admitted
        /// Too many messages per second, or in flight; seconds until it makes sense to try again.
        case limited(retryAfter: Int)
    }

    /// Nanoseconds between messages at the full rate; nil = no limit.
    private let interval: UInt64?
    /// How far, in nanoseconds, the arrival time may run ahead: one second's worth of messages, at least one message.
    private let tolerance: UInt64
    private let maxInFlight: Int
    private let arrival = Atomic<UInt64>(0)
    private let inFlight = Atomic<Int>(0)

    /// - Parameters:
    ///   - rate: messages per second, above 0; nil = no limit.
    ///   - inFlight: messages waiting for a reply at one time; nil = no limit.
    package init(rate: Double?, inFlight: Int?) {
        if let rate, rate > 0 {
            let interval = UInt64(min(max(1_000_000_000 / rate, 1), 1e15))
            self.interval = interval
            self.tolerance = max(1_000_000_000, interval) - interval
        } else {
            self.interval = nil
            self.tolerance = 0
        }
        self.maxInFlight = inFlight ?? .max
    }

    /// Messages in flight.
    package var current: Int { inFlight.load(ordering: .relaxed) }

    /// Takes a place for one message.
    package func admit(now: NIODeadline) -> Admission {
        if let retryAfter = waitForRate(now.uptimeNanoseconds) { return .limited(retryAfter: retryAfter) }
        guard inFlight.wrappingAdd(1, ordering: .relaxed).newValue <= maxInFlight else {
            release()
            return .limited(retryAfter: 1)
        }
        return .admitted
    }

    /// Gives the place back: exactly once for each `.admitted`.
    package func release() {
        inFlight.wrappingSubtract(1, ordering: .relaxed)
    }

    /// Takes a token; or the seconds until there is one, rounded up.
    private func waitForRate(_ now: UInt64) -> Int? {
        guard let interval else { return nil }
        var expected = arrival.load(ordering: .relaxed)
        while true {
            let start = max(expected, now)
            if start - now > tolerance {
                return Int((start - now - tolerance + 999_999_999) / 1_000_000_000)
            }
            let (exchanged, original) = arrival.compareExchange(
                expected: expected, desired: start + interval, ordering: .relaxed)
            if exchanged { return nil }
            expected = original
        }
    }
}
