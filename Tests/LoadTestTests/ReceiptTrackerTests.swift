import SMPP
import Testing

@testable import LoadTest

@Suite struct ReceiptTrackerTests {
    private func receipt(_ id: String, _ state: ReceiptState = .delivered, at: UInt64) -> DeliveryEvent {
        .receipt(ReceivedReceipt(DeliveryReceipt(messageID: id, state: state), source: "79160000001"), at: at)
    }

    @Test func matchesAndListsWhatIsMissing() {
        var tracker = ReceiptTracker()
        // A receipt that came before its segment, as from another event loop.
        tracker.read([
            receipt("b", at: 5_000_000),
            .accepted(id: "a", message: 1, segment: 0, recipient: "79160000001", at: 1_000_000),
            .accepted(id: "b", message: 1, segment: 1, recipient: "79160000001", at: 2_000_000),
            .accepted(id: "c", message: 2, segment: 0, recipient: "79160000002", at: 3_000_000),
        ])
        tracker.read([receipt("a", .enroute, at: 6_000_000), receipt("z", at: 7_000_000)])
        tracker.read([receipt("a", .expired, at: 8_000_000), receipt("a", .expired, at: 9_000_000)])
        #expect(tracker.missingCount == 1)
        tracker.finish(now: 10_000_000)
        #expect(tracker.expected == 3)
        #expect(tracker.matched == 2)
        #expect(tracker.duplicates == 1)
        #expect(tracker.unmatched == 1)
        #expect(tracker.intermediate == 1)
        #expect(tracker.states == [.delivered: 1, .expired: 1])
        #expect(tracker.missing(atMost: 10).map(\.message) == [2])
        #expect(tracker.missing(atMost: 10).map(\.segment) == [1])
        #expect(tracker.delays.count == 2)
        #expect((6_900_000...7_100_000).contains(tracker.delays.maximum))
    }

    @Test func convertsHexadecimalIDs() {
        var tracker = ReceiptTracker()
        tracker.read([.accepted(id: "4095", message: 0, segment: 0, recipient: "79160000001", at: 1)])
        tracker.read([receipt("FFF", at: 2)])
        #expect(tracker.matched == 1)
    }
}
