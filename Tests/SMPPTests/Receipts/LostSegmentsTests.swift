import Testing

@testable import SMPP

@Suite struct LostSegmentsTests {
    private let now = MonotonicTime(nanoseconds: 1_000)
    private let number = "79161234567"

    private func lost(_ tags: [UInt64], capacity: Int = 10) -> LostSegments {
        var lost = LostSegments(capacity: capacity, keptFor: .seconds(60))
        for tag in tags {
            lost.add(LostSegments.Entry(tag: tag, segment: 0, recipient: number, sender: .unknown, at: now))
        }
        return lost
    }

    private func take(_ recipient: RecipientNumber, _ reference: UInt16?, _ lost: inout LostSegments) -> LostSegments
        .Entry?
    {
        lost.take(recipient, reference: reference, at: now, missedUpTo: now) { _ in true }
    }

    /// Of several to one number the receipt's reference tells which it is.
    @Test func aReferenceTellsWhichIsMeant() throws {
        let recipient = try #require(RecipientNumber(number))
        var lost = lost([1, 2, 3])
        #expect(take(recipient, nil, &lost) == nil)
        // A carrier's own one says nothing.
        let strange = (0...UInt16.max).first { reference in
            [1, 2, 3].allSatisfy { MessageReference.of(tag: $0, segment: 0) != reference }
        }
        #expect(take(recipient, strange, &lost) == nil)
        let reference = MessageReference.of(tag: 2, segment: 0)
        #expect(take(recipient, reference, &lost)?.tag == 2)
        #expect(take(recipient, reference, &lost) == nil)
        lost.remove(tag: 1, segment: 0)
        #expect(take(recipient, nil, &lost)?.tag == 3)
        #expect(lost.count == 0)
    }

    @Test func noMoreThanTheBoundAreKnown() throws {
        let recipient = try #require(RecipientNumber(number))
        var lost = lost([1, 2, 3], capacity: 1)
        #expect(lost.count == 1)
        #expect(take(recipient, nil, &lost)?.tag == 1)
    }

    @Test func aReceiptsReferenceIsRead() {
        let message = ShortMessage(
            source: SMPPAddress(number), destination: SMPPAddress("Firm"), esmClass: 4,
            shortMessage: Array("id:1 stat:DELIVRD".utf8), tlvs: [TLV(.userMessageReference, UInt16(0x1234))])
        #expect(DeliveryReceipt(parsing: message)?.reference == 0x1234)
    }
}
