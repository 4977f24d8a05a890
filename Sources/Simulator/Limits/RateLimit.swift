import DequeModule
import NIOCore

/// Which second a rate limit counts by.
package enum RateSecond: String, Hashable, Sendable, CaseIterable {
    /// One begins with the first request after the last one's end: twice the limit fits around the border of two.
    case fixed
    /// Any: no second, wherever it begins, has more than the limit.
    case sliding
}

/// Counts requests by the second: more than `limit` within one are refused.
struct RateLimit {
    /// Requests per second; at least 1.
    let limit: Int
    private let second: RateSecond
    /// Of fixed seconds: when this one began, and what came in it.
    private var start = NIODeadline.uptimeNanoseconds(0)
    private var count = 0
    /// Of sliding ones: when the last `limit` came, oldest first.
    private var times = Deque<NIODeadline>()

    init(limit: Int, second: RateSecond = .fixed) {
        self.limit = limit
        self.second = second
    }

    /// Whether a request that comes `now` is within the limit. A refused one does not count against it.
    mutating func admits(_ now: NIODeadline) -> Bool {
        switch second {
        case .fixed: admitsByFixedSecond(now)
        case .sliding: admitsBySlidingSecond(now)
        }
    }

    private mutating func admitsByFixedSecond(_ now: NIODeadline) -> Bool {
        if now - start >= .seconds(1) {
            start = now
            count = 0
        }
        guard count < limit else { return false }
        count += 1
        return true
    }

    private mutating func admitsBySlidingSecond(_ now: NIODeadline) -> Bool {
        if times.count == limit, let oldest = times.first {
            guard now - oldest >= .seconds(1) else { return false }
            times.removeFirst()
        }
        times.append(now)
        return true
    }
}
