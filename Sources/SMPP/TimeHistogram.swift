/// How long something took, counted in fixed buckets: adding allocates nothing, and the cost never grows.
package struct TimeHistogram: Hashable, Sendable {
    /// Bounds for answers of a machine: 1 ms to 30 s, in seconds.
    package static let answers: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30,
    ]

    /// Upper bounds of the buckets in seconds, ascending; one more bucket holds what is longer.
    package let bounds: [Double]
    /// How many times are in each bucket and in no lower one.
    package private(set) var buckets: [UInt64]
    /// Of all times, in seconds.
    package private(set) var sum: Double = 0

    /// - Parameter bounds: in seconds, ascending.
    package init(bounds: [Double] = answers) {
        self.bounds = bounds
        buckets = [UInt64](repeating: 0, count: bounds.count + 1)
    }

    /// How many times were added.
    package var count: UInt64 { buckets.reduce(0, &+) }

    /// Negative times count as 0.
    package mutating func add(_ time: Duration) {
        add(seconds: time.inSeconds)
    }

    /// The time from one moment to a later one.
    package mutating func add(from start: MonotonicTime, to end: MonotonicTime) {
        // Without a Duration: this is on the path of every message.
        guard end > start else { return add(seconds: 0) }
        add(seconds: Double(end.nanoseconds - start.nanoseconds) / 1e9)
    }

    /// Everything of another histogram with the same bounds.
    package mutating func add(_ other: TimeHistogram) {
        precondition(bounds == other.bounds, "histograms of different bounds are added")
        add(buckets: other.buckets, sum: other.sum)
    }

    /// What was counted elsewhere in buckets of the same bounds, and its sum in seconds.
    package mutating func add(buckets counts: [UInt64], sum seconds: Double) {
        precondition(counts.count == buckets.count, "counts for other bounds are added")
        for index in buckets.indices { buckets[index] &+= counts[index] }
        sum += seconds
    }

    mutating func add(seconds: Double) {
        let seconds = max(0, seconds)
        var index = 0
        while index < bounds.count, seconds > bounds[index] { index += 1 }
        buckets[index] &+= 1
        sum += seconds
    }
}
