import Carriers
import DequeModule
import SMPP

/// A bind's last hour, a sample each ten seconds, for the page's charts; and its last minutes, for percentiles.
struct BindChart: Sendable {
    /// One sample.
    struct Sample: Hashable, Sendable {
        /// Segments a second that were decided.
        var rate: Double
        var windowInUse: Int
        /// Mean time of the carrier's answers, in seconds; nil = none came.
        var response: Double?
        var light: TrafficLight
    }

    /// What is remembered of a moment to tell what came after it.
    private struct Mark {
        var at: MonotonicTime
        var decided: UInt64
        var times: TimeHistogram
    }

    /// Samples kept: one hour.
    static let kept = 360
    /// Marks kept, so many samples back: five minutes.
    static let recentSamples = 30

    /// Oldest first.
    private(set) var samples: Deque<Sample> = []
    private var marks: Deque<Mark> = []

    mutating func add(_ bind: BindStatus, at now: MonotonicTime) {
        let mark = Mark(at: now, decided: bind.decided, times: bind.times.responses)
        if let last = marks.last, now > last.at {
            if samples.count == Self.kept { samples.removeFirst() }
            let times = mark.times.since(last.times)
            samples.append(
                Sample(
                    rate: Self.rate(from: last, to: mark), windowInUse: bind.window.inUse,
                    response: times.count == 0 ? nil : times.sum / Double(times.count), light: bind.light))
        }
        if marks.count > Self.recentSamples { marks.removeFirst() }
        marks.append(mark)
    }

    /// The last minutes of a bind that is like this now.
    func recent(_ bind: BindStatus, now: MonotonicTime) -> BindRecent {
        guard let oldest = marks.first else { return BindRecent() }
        let mark = Mark(at: now, decided: bind.decided, times: bind.times.responses)
        // The last mark may be a moment old: the one before it gives a rate over ten seconds or more.
        let before = marks.count > 1 ? marks[marks.count - 2] : oldest
        let times = mark.times.since(oldest.times)
        return BindRecent(
            rate: Self.rate(from: before, to: mark), answers: times.count, p50: times.quantile(0.5),
            p95: times.quantile(0.95), p99: times.quantile(0.99))
    }

    private static func rate(from first: Mark, to last: Mark) -> Double {
        let seconds = (last.at - first.at).inSeconds
        // A bind that was made anew counts from 0.
        let decided = last.decided >= first.decided ? last.decided - first.decided : last.decided
        return seconds > 0 ? Double(decided) / seconds : 0
    }
}

/// The last minutes of a bind.
package struct BindRecent: Hashable, Sendable {
    /// Segments a second that were decided, over the last ten to twenty seconds.
    package var rate: Double = 0
    /// Answers of the carrier in the last five minutes.
    package var answers: UInt64 = 0
    /// So many seconds or less half of them took; nil = there were none.
    package var p50: Double?
    package var p95: Double?
    package var p99: Double?

    package init(
        rate: Double = 0, answers: UInt64 = 0, p50: Double? = nil, p95: Double? = nil, p99: Double? = nil
    ) {
        self.rate = (rate * 10).rounded() / 10
        self.answers = answers
        self.p50 = p50
        self.p95 = p95
        self.p99 = p99
    }
}

extension BindStatus {
    /// Segments whose outcome is known, or known to be unknown.
    fileprivate var decided: UInt64 {
        totals.segments.accepted + totals.segments.refused + totals.segments.unknown
    }
}

/// A part of a `TimeHistogram`.
struct TimesBetween {
    let bounds: [Double]
    let buckets: [UInt64]
    let sum: Double

    var count: UInt64 { buckets.reduce(0, &+) }

    /// The time in seconds that this share (0 to 1) of the times keeps, read within its bucket on a straight line; nil
    /// without any. What is above the last bound counts as the last bound.
    func quantile(_ share: Double) -> Double? {
        guard count > 0 else { return nil }
        let wanted = share * Double(count)
        var seen = 0.0
        var lower = 0.0
        for (bound, inBucket) in zip(bounds, buckets) {
            let next = seen + Double(inBucket)
            if next >= wanted, inBucket > 0 { return lower + (bound - lower) * (wanted - seen) / Double(inBucket) }
            seen = next
            lower = bound
        }
        return lower
    }
}

extension TimeHistogram {
    /// What was added since `before`; everything, where that is not an earlier state of this one.
    func since(_ before: TimeHistogram) -> TimesBetween {
        let isEarlier = bounds == before.bounds && zip(buckets, before.buckets).allSatisfy { $0 >= $1 }
        guard isEarlier else { return TimesBetween(bounds: bounds, buckets: buckets, sum: sum) }
        return TimesBetween(
            bounds: bounds, buckets: zip(buckets, before.buckets).map { $0 - $1 }, sum: max(0, sum - before.sum))
    }
}
