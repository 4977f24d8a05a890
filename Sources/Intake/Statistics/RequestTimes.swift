import Synchronization

/// How long requests took, from their last octet to their reply, in fixed buckets.
package struct RequestTimes: Hashable, Sendable {
    /// Upper bounds of the buckets in seconds, ascending; one more bucket holds what is longer.
    package static let bounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30,
    ]

    /// How many requests are in each bucket and in no lower one.
    package var buckets = [UInt64](repeating: 0, count: bounds.count + 1)
    /// Of all requests, in seconds.
    package var sum: Double = 0

    package init() {}
}

/// The `RequestTimes` of one event loop. Only that loop writes; any thread may read.
final class LoopTimes: Sendable {
    /// Each of `RequestTimes.bounds`, in nanoseconds.
    private static let bounds = RequestTimes.bounds.map { Int64($0 * 1e9) }

    private let buckets: [LoopCounters.Counter] = RequestTimes().buckets.map { _ in LoopCounters.Counter() }
    private let microseconds = LoopCounters.Counter()

    /// On the loop that owns it.
    func add(nanoseconds: Int64) {
        var index = 0
        while index < Self.bounds.count, nanoseconds > Self.bounds[index] { index += 1 }
        buckets[index].add()
        microseconds.add(Int(clamping: max(0, nanoseconds) / 1_000))
    }

    func add(to total: inout RequestTimes) {
        for (index, bucket) in buckets.enumerated() { total.buckets[index] += UInt64(bucket.current) }
        total.sum += Double(microseconds.current) / 1e6
    }
}
