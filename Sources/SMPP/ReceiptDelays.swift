/// How long receipts took, from the carrier's acceptance of a segment on.
package struct ReceiptDelays: Hashable, Sendable {
    /// Upper bounds of the buckets in seconds; one more bucket holds what is longer.
    package static let bounds: [Double] = [1, 2, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400]

    package private(set) var count: UInt64 = 0
    /// Of all delays, in seconds.
    package private(set) var sum: Double = 0
    /// In seconds.
    package private(set) var longest: Double = 0
    /// How many delays are in each bucket and in no lower one.
    package private(set) var buckets = [UInt64](repeating: 0, count: bounds.count + 1)

    package init() {}

    /// Negative delays count as 0.
    package mutating func add(_ delay: Duration) {
        let seconds = max(0, delay.inSeconds)
        count += 1
        sum += seconds
        longest = max(longest, seconds)
        buckets[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    }

    /// In seconds; nil before the first.
    package var mean: Double? { count == 0 ? nil : sum / Double(count) }

    /// The bound in seconds that at least this share (0 to 1) of the delays keeps; the longest delay where no bound
    /// is low enough; nil before the first.
    package func bound(ofShare share: Double) -> Double? {
        guard count > 0 else { return nil }
        let wanted = share * Double(count)
        var seen: UInt64 = 0
        for (bound, inBucket) in zip(Self.bounds, buckets) {
            seen += inBucket
            if Double(seen) >= wanted { return min(bound, longest) }
        }
        return longest
    }
}
