package import Histogram

/// Times in nanoseconds by HDR histogram (three digits, a microsecond to an hour).
package struct LatencyHistogram: Sendable {
    package typealias Counts = Histogram<UInt64>

    /// A microsecond.
    private static let lowest: UInt64 = 1_000
    /// An hour; more counts as an hour.
    private static let highest: UInt64 = 3_600_000_000_000

    package private(set) var counts: Counts

    package init() {
        counts = Counts(
            lowestDiscernibleValue: Self.lowest, highestTrackableValue: Self.highest,
            numberOfSignificantValueDigits: .three)
    }

    package var count: Int { Int(clamping: counts.totalCount) }

    package mutating func record(_ nanoseconds: UInt64) {
        counts.record(min(nanoseconds, Self.highest))
    }

    package mutating func add(_ other: LatencyHistogram) {
        counts.add(other.counts)
    }

    package mutating func reset() {
        counts.reset()
    }

    /// Nanoseconds below or at which so many percent are; 0 where there is nothing.
    package func percentile(_ percent: Double) -> UInt64 {
        counts.totalCount == 0 ? 0 : counts.valueAtPercentile(percent)
    }

    /// A figure in milliseconds; 0 where there is nothing.
    func milliseconds(_ statistic: Threshold.Statistic) -> Double {
        switch statistic {
        case .percentile(let percent): Double(percentile(percent)) / 1e6
        case .mean: mean / 1e6
        case .maximum: Double(maximum) / 1e6
        case .minimum: Double(minimum) / 1e6
        }
    }

    /// Nanoseconds; 0 where there is nothing.
    package var mean: Double { counts.totalCount == 0 ? 0 : counts.mean }
    package var maximum: UInt64 { counts.totalCount == 0 ? 0 : counts.max }
    package var minimum: UInt64 { counts.totalCount == 0 ? 0 : counts.min }
}
