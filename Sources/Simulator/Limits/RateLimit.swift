import NIOCore

/// Counts requests by the second, as most SMSCs do: more than `limit` within one are refused.
struct RateLimit {
    /// Requests per second; at least 1.
    let limit: Int
    private var windowStart: NIODeadline = .uptimeNanoseconds(0)
    private var count = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether a request that comes `now` is within the limit. A refused one does not count against it.
    mutating func admits(_ now: NIODeadline) -> Bool {
        if now - windowStart >= .seconds(1) {
            windowStart = now
            count = 0
        }
        guard count < limit else { return false }
        count += 1
        return true
    }
}
