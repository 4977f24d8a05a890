import SMPP
import Testing

@testable import LoadTest

@Suite struct ReceiptBookTests {
    private func receipt(_ id: String, _ state: ReceiptState = .delivered, at: UInt64) -> ReceiptNote {
        .receipt(ReceivedReceipt(DeliveryReceipt(messageID: id, state: state), source: "79160000001"), at: at)
    }

    @Test func matchesAndListsWhatIsMissing() {
        var book = ReceiptBook()
        // A receipt that came before the note of its segment, as from another event loop.
        book.read([
            receipt("b", at: 5_000_000),
            .accepted(id: "a", message: 1, segment: 0, recipient: "79160000001", at: 1_000_000),
            .accepted(id: "b", message: 1, segment: 1, recipient: "79160000001", at: 2_000_000),
            .accepted(id: "c", message: 2, segment: 0, recipient: "79160000002", at: 3_000_000),
        ])
        book.read([receipt("a", .enroute, at: 6_000_000), receipt("z", at: 7_000_000)])
        book.read([receipt("a", .expired, at: 8_000_000), receipt("a", .expired, at: 9_000_000)])
        #expect(book.missingCount == 1)
        book.finish(now: 10_000_000)
        #expect(book.expected == 3)
        #expect(book.matched == 2)
        #expect(book.duplicates == 1)
        #expect(book.unmatched == 1)
        #expect(book.intermediate == 1)
        #expect(book.states == [.delivered: 1, .expired: 1])
        #expect(book.missing(atMost: 10).map(\.message) == [2])
        #expect(book.missing(atMost: 10).map(\.segment) == [1])
        #expect(book.delays.count == 2)
        #expect((6_900_000...7_100_000).contains(book.delays.maximum))
    }

    @Test func convertsHexadecimalIDs() {
        var book = ReceiptBook()
        book.read([.accepted(id: "4095", message: 0, segment: 0, recipient: "79160000001", at: 1)])
        book.read([receipt("FFF", at: 2)])
        #expect(book.matched == 1)
    }
}
