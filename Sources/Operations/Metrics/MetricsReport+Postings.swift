import HTTPService
import Journal

/// What `/metrics` tells of postings to URLs.
extension MetricsReport {
    /// - Parameter postings: nil = no journal: the family has no samples.
    static func writePostings(_ postings: PostingTotals?, to metrics: inout MetricsWriter) {
        metrics.family(
            "smppost_postings_total", .counter,
            "Postings of inbound messages and receipts: taken, attempts that failed, and given up.")
        guard let postings else { return }
        metrics.sample(postings.posted, ["result": "taken"])
        metrics.sample(postings.failedAttempts, ["result": "failed"])
        metrics.sample(postings.givenUp, ["result": "given_up"])
    }
}
