import Journal
import Messaging
import SMPP
import Testing

@testable import Delivery

/// A receipt on its way into the journal.
@Suite struct ReceiptRecordTests {
    private func event(_ outcome: ReceiptOutcome, _ change: (inout DeliveryReceipt) -> Void = { _ in }) -> ReceiptEvent
    {
        var receipt = DeliveryReceipt(messageID: "00AB", state: .undeliverable)
        change(&receipt)
        return ReceiptEvent(carrier: "main", bind: "1", receipt: receipt, outcome: outcome)
    }

    private let match = ReceiptMatch(tag: 42, segment: 1, form: .folded, delay: .milliseconds(1500))

    @Test func matchedNamesItsMessage() {
        let record = ReceiptRecord(event(.matched(match)) { $0.error = "045" }, at: 7)
        #expect(record.message?.rawValue == 42)
        #expect(record.segment == 1)
        #expect(record.delay == 1500)
        #expect(record.carrierID == "00AB")
        #expect(record.state == "undeliverable")
        #expect(record.error == "045")
        #expect(!record.isDuplicate)
        #expect(record.at == 7)
    }

    @Test func duplicateSaysSo() {
        #expect(ReceiptRecord(event(.duplicate(match)), at: 0).isDuplicate)
    }

    @Test func unmatchedIsKeptToo() {
        let record = ReceiptRecord(
            event(.unmatched(.noID)) {
                $0.messageID = nil
                $0.networkError = NetworkErrorCode([3, 0, 9])
            }, at: 0)
        #expect(record.message == nil)
        #expect(record.segment == nil)
        #expect(record.delay == nil)
        #expect(record.carrierID == "")
        #expect(record.error == "9")
    }
}
