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
    package var delays = TimeHistogram(bounds: [1, 2, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400])

    package init(carrier: String) {
        self.carrier = carrier
    }
}
