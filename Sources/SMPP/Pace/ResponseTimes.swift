/// How long a carrier's answers take, lately: their mean and 95th percentile.
///
/// Times are counted in buckets, four to each doubling, of two generations: the current one and the one before. A
/// generation lasts at least ten seconds and twenty answers, or a minute. Adding allocates nothing.
struct ResponseTimes: Sendable {
    /// In nanoseconds.
    private static let generation: Int64 = 10_000_000_000
    private static let longestGeneration: Int64 = 60_000_000_000
    private static let enough: UInt32 = 20
    /// Up to 2^32 µs.
    private static let buckets = 132
    /// The percentile is looked up anew after so many answers.
    private static let staleAfter = 32

    private var counts = ContiguousArray<UInt32>(repeating: 0, count: 2 * Self.buckets)
    private var totals: (current: UInt32, before: UInt32) = (0, 0)
    private var sums: (current: UInt64, before: UInt64) = (0, 0)
    private var since = MonotonicTime(nanoseconds: 0)
    private var stale = 0

    /// The 95th percentile in nanoseconds, up to a fifth too high; 0 before the first answer.
    private(set) var percentile95: Int64 = 0

    /// The mean in seconds; nil before the first answer.
    var mean: Double? {
        let count = UInt64(totals.current) + UInt64(totals.before)
        guard count > 0 else { return nil }
        return Double(sums.current + sums.before) / Double(count) / 1e9
    }

    /// One answer.
    ///
    /// - Parameter time: what it took, in nanoseconds.
    mutating func add(_ time: UInt64, now: MonotonicTime) {
        if totals.current >= Self.enough || totals.current == 0 { turn(now: now) }
        counts[Self.bucket(time)] &+= 1
        totals.current &+= 1
        sums.current &+= time
        stale += 1
        if stale >= Self.staleAfter || totals.current < Self.enough { lookUp() }
    }

    /// Begins a new generation where it is time.
    private mutating func turn(now: MonotonicTime) {
        let age = since.nanoseconds(until: now)
        let isFull = totals.current >= Self.enough && age >= Self.generation
        guard isFull || age >= Self.longestGeneration else { return }
        since = now
        guard totals.current > 0 else { return }
        for index in 0..<Self.buckets {
            counts[Self.buckets + index] = counts[index]
            counts[index] = 0
        }
        totals = (0, totals.current)
        sums = (0, sums.current)
    }

    private mutating func lookUp() {
        stale = 0
        let count = totals.current &+ totals.before
        var above = count / 20
        var bucket = Self.buckets - 1
        while bucket > 0 {
            let here = counts[bucket] &+ counts[Self.buckets + bucket]
            guard here <= above else { break }
            above -= here
            bucket -= 1
        }
        percentile95 = Self.upperBound(bucket)
    }

    private static func bucket(_ time: UInt64) -> Int {
        let units = max(4, time / 1000)
        let octave = 63 - units.leadingZeroBitCount
        let quarter = Int(truncatingIfNeeded: units >> UInt64(octave - 2)) & 3
        return min(buckets - 1, octave * 4 + quarter)
    }

    private static func upperBound(_ bucket: Int) -> Int64 {
        let octave = bucket / 4
        let quarter = Int64(bucket % 4)
        guard octave >= 2 else { return 4000 }
        return ((5 + quarter) << Int64(octave - 2)) * 1000
    }
}
