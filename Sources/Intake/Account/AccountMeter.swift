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

    /// Nanoseconds between messages at the full rate; 0 = no limit.
    private let interval = Atomic<UInt64>(0)
    private let maxInFlight = Atomic<Int>(.max)
    private let arrival = Atomic<UInt64>(0)
    private let inFlight = Atomic<Int>(0)

    /// - Parameters:
    ///   - rate: messages per second, above 0; nil = no limit.
    ///   - inFlight: messages waiting for a reply at one time; nil = no limit.
    package init(rate: Double?, inFlight: Int?) {
        limit(rate: rate, inFlight: inFlight)
    }

    /// Sets other limits, as `init` takes them. What was counted stays counted. From any thread.
    package func limit(rate: Double?, inFlight: Int?) {
        let nanoseconds = rate.map { $0 > 0 ? UInt64(min(max(1_000_000_000 / $0, 1), 1e15)) : 0 }
        interval.store(nanoseconds ?? 0, ordering: .relaxed)
        maxInFlight.store(inFlight ?? .max, ordering: .relaxed)
    }

    /// Messages in flight.
    package var current: Int { inFlight.load(ordering: .relaxed) }

    /// Takes a slot for one message.
    package func admit(now: NIODeadline) -> Admission {
        if let retryAfter = waitForRate(now.uptimeNanoseconds) { return .limited(retryAfter: retryAfter) }
        guard inFlight.wrappingAdd(1, ordering: .relaxed).newValue <= maxInFlight.load(ordering: .relaxed) else {
            release()
            return .limited(retryAfter: 1)
        }
        return .admitted
    }

    /// Gives the slot back: exactly once for each `.admitted`.
    package func release() {
        inFlight.wrappingSubtract(1, ordering: .relaxed)
    }

    /// Takes a token; or the seconds until there is one, rounded up.
    private func waitForRate(_ now: UInt64) -> Int? {
        let interval = interval.load(ordering: .relaxed)
        guard interval > 0 else { return nil }
        // How far the arrival time may run ahead: one second's worth of messages, at least one message.
        let tolerance = max(1_000_000_000, interval) - interval
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
