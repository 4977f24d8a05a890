import SMPP
import Testing

@testable import LoadTest

@Suite struct AwaitedReceiptsTests {
    private func receipt(_ id: String, _ state: ReceiptState = .delivered, at: UInt64) -> DeliveryEvent {
        .receipt(ReceivedReceipt(DeliveryReceipt(messageID: id, state: state), source: "79160000001"), at: at)
    }

    @Test func matchesAndListsWhatIsMissing() {
        var receipts = AwaitedReceipts()
        // A receipt that came before its segment, as from another event loop.
        receipts.read(
            [
                receipt("b", at: 5_000_000),
                .accepted(id: "a", message: 1, segment: 0, recipient: "79160000001", at: 1_000_000),
                .accepted(id: "b", message: 1, segment: 1, recipient: "79160000001", at: 2_000_000),
                .accepted(id: "c", message: 2, segment: 0, recipient: "79160000002", at: 3_000_000),
            ], now: 5_000_000)
        receipts.read([receipt("a", .enroute, at: 6_000_000), receipt("z", at: 7_000_000)], now: 7_000_000)
        receipts.read(
            [receipt("a", .expired, at: 8_000_000), receipt("a", .expired, at: 9_000_000)], now: 9_000_000)
        #expect(receipts.missingCount == 1)
        receipts.finish(now: 10_000_000)
        #expect(receipts.expected == 3)
        #expect(receipts.matched == 2)
        #expect(receipts.duplicates == 1)
        #expect(receipts.unmatched == 1)
        #expect(receipts.intermediate == 1)
        #expect(receipts.states == [.delivered: 1, .expired: 1])
        #expect(receipts.missing(atMost: 10).map(\.message) == [2])
        #expect(receipts.missing(atMost: 10).map(\.segment) == [1])
        #expect(receipts.delays.count == 2)
        #expect((6_900_000...7_100_000).contains(receipts.delays.maximum))
    }

    @Test func convertsHexadecimalIDs() {
        var receipts = AwaitedReceipts()
        receipts.read([.accepted(id: "4095", message: 0, segment: 0, recipient: "79160000001", at: 1)], now: 1)
        receipts.read([receipt("FFF", at: 2)], now: 2)
        #expect(receipts.matched == 0)
        receipts.read([], now: 3, allAnswered: true)
        #expect(receipts.matched == 1)
    }
}
