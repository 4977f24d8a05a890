import SMPP
import Synchronization

/// How long the requests of one event loop took, from their last octet to their reply. Only that loop writes; any thread
/// may read.
final class LoopTimes: Sendable {
    /// Each of `TimeHistogram.answers`, in nanoseconds.
    private static let bounds = TimeHistogram.answers.map { Int64($0 * 1e9) }

    /// One more than bounds: the last one holds what is longer.
    private let buckets = (0...LoopTimes.bounds.count).map { _ in LoopCounters.Counter() }
    private let microseconds = LoopCounters.Counter()

    /// On the loop that owns it.
    func add(nanoseconds: Int64) {
        var index = 0
        while index < Self.bounds.count, nanoseconds > Self.bounds[index] { index += 1 }
        buckets[index].add()
        microseconds.add(Int(clamping: max(0, nanoseconds) / 1_000))
    }

    func add(to total: inout TimeHistogram) {
        total.add(buckets: buckets.map { UInt64($0.current) }, sum: Double(microseconds.current) / 1e6)
    }
}
