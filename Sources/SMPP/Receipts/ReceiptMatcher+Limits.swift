extension ReceiptMatcher {
    /// Bounds of a matcher.
    package struct Limits: Hashable, Sendable {
        /// How many accepted segments are known at most, at least 1; then one of the oldest is forgotten.
        package var segments: Int
        /// For how long a segment is known: a receipt comes when the message's validity ends at the latest.
        package var knownFor: Duration
        /// How many segments whose response did not come are known at most.
        package var lost: Int
        /// How many receipts wait at most, at least 1.
        package var parked: Int
        /// For how long a receipt waits for the response with its id.
        package var parkedFor: Duration
        /// How many wait at most for what others teach, at least 1, and for how long.
        package var undecided: Int
        package var undecidedFor: Duration
        /// For how long answers are under way at most.
        package var answeredFor: Duration
        /// For how long the carrier is not told that a receipt is kept while answers are under way that may be its message's: it sends
        /// it again where this process dies meanwhile.
        package var heldFor: Duration

        package init(
            segments: Int = 200_000, knownFor: Duration = .seconds(3 * 86_400), lost: Int = 10_000,
            parked: Int = 10_000, parkedFor: Duration = .seconds(60), undecided: Int = 1_000,
            undecidedFor: Duration = .seconds(6 * 3600), answeredFor: Duration = .seconds(10),
            heldFor: Duration = .seconds(4)
        ) {
            self.segments = segments
            self.knownFor = knownFor
            self.lost = lost
            self.parked = parked
            self.parkedFor = parkedFor
            self.undecided = undecided
            self.undecidedFor = undecidedFor
            self.answeredFor = answeredFor
            self.heldFor = heldFor
        }
    }
}
