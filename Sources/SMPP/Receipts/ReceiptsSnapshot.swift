/// The receipts of one carrier since the start.
package struct ReceiptsSnapshot: Hashable, Sendable {
    package var carrier: String
    /// Receipts that came, by what they said; states that none had are left out.
    package var byState: [ReceiptState: UInt64] = [:]
    /// Receipts whose segment was found.
    package var matched: UInt64 = 0
    /// Receipts that said the same again.
    package var duplicates: UInt64 = 0
    /// Receipts of no message, by why; reasons that none had are left out.
    package var unmatchedReasons: [UnmatchedReason: UInt64] = [:]
    package var unmatched: UInt64 { unmatchedReasons.values.reduce(0, +) }
    /// Receipts that were read before the response with their id.
    package var early: UInt64 = 0
    /// `deliver_sm` and `data_sm` that were no receipts.
    package var otherMessages: UInt64 = 0
    /// Receipts that wait now: for the response with their id, or until it is clear which message they mean.
    package var parked = 0
    /// Accepted segments that a receipt may still name.
    package var known = 0
    /// How receipts write ids: "hexadecimal, learnt from 25 receipts".
    package var idForm: Phrase = ""
    /// From the acceptance of a segment to its final receipt.
    package var delays = ReceiptDelays()

    package init(carrier: String) {
        self.carrier = carrier
    }
}

/// How long receipts took, from the carrier's acceptance of a segment on.
package struct ReceiptDelays: Hashable, Sendable {
    /// Upper bounds of the buckets in seconds; one more bucket holds what is longer.
    package static let bounds: [Double] = [1, 2, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400]

    /// All delays.
    package private(set) var histogram = TimeHistogram(bounds: bounds)
    /// In seconds.
    package private(set) var longest: Double = 0

    package init() {}

    /// Negative delays count as 0.
    package mutating func add(_ delay: Duration) {
        let seconds = max(0, delay.inSeconds)
        histogram.add(seconds: seconds)
        longest = max(longest, seconds)
    }

    package var count: UInt64 { histogram.count }

    /// Of all delays, in seconds.
    package var sum: Double { histogram.sum }

    /// How many delays are in each bucket and in no lower one.
    package var buckets: [UInt64] { histogram.buckets }

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
