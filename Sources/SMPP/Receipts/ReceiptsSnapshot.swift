/// The receipts of one carrier since the start.
package struct ReceiptsSnapshot: Hashable, Sendable {
    package var carrier: String
    /// Receipts that came, by what they said; states that none had are left out.
    package var byState: [ReceiptState: UInt64] = [:]
    /// Receipts whose segment was found.
    package var matched: UInt64 = 0
    /// Receipts that said the same again.
    package var duplicates: UInt64 = 0
    /// Receipts of no segment that is still known.
    package var unmatched: UInt64 = 0
    /// Receipts that came before their response, whatever became of them then.
    package var early: UInt64 = 0
    /// `deliver_sm` and `data_sm` that were no receipts.
    package var otherMessages: UInt64 = 0
    /// Receipts that wait for their response now.
    package var parked = 0
    /// Accepted segments that a receipt may still name.
    package var known = 0
    /// How receipts write ids: "hexadecimal, learnt from 25 receipts".
    package var idForm = ""
    /// From the acceptance of a segment to its final receipt.
    package var delays = ReceiptDelays()

    package init(carrier: String) {
        self.carrier = carrier
    }
}
