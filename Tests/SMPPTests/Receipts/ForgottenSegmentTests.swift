import Testing

@testable import SMPP

@Suite struct ForgottenSegmentTests {
    private func entry(_ tag: UInt64, _ id: String?) -> AcceptedSegments.Entry {
        AcceptedSegments.Entry(
            tag: tag, segment: 0, at: MonotonicTime(nanoseconds: tag), id: id.flatMap { CarrierMessageID($0) },
            destination: nil)
    }

    /// A carrier that sends no receipts has nothing kept for them.
    @Test func whatWaitsAndGoesIsTold() {
        var segments = AcceptedSegments(capacity: 3, keptFor: .seconds(60))
        for tag: UInt64 in 1...5 { _ = segments.add(entry(tag, "00A\(tag)")) }
        #expect(segments.takeForgotten() == [])
        let settled = segments.add(entry(6, "00A6"))
        segments.settle(at: settled, 1)
        // Of 4, 5 and 6 the last is settled: it goes first, and nobody asks for it.
        _ = segments.add(entry(7, "00A7"))
        #expect(segments.takeForgotten() == [])
        _ = segments.add(entry(8, nil))
        #expect(segments.takeForgotten() == [ForgottenSegment(tag: 4, segment: 0, id: "a4")])
        for tag: UInt64 in 9...11 { _ = segments.add(entry(tag, "00A\(tag)")) }
        // 8 has no id by which it could be found.
        #expect(segments.takeForgotten().map(\.tag) == [5, 7])
        #expect(segments.takeForgotten() == [])
    }

    @Test(arguments: [
        (ReceiptIDForm.same, ["ff10"]), (.hex, ["65296"]), (.decimal, ["ff10"]), (.auto, ["ff10", "65296"]),
    ])
    func aReceiptNamesWhatTheResponseMayHaveHad(form: ReceiptIDForm, ids: [String]) {
        #expect(DeliveryReceipt(messageID: "00FF10", state: .delivered).foldedIDs(form) == ids)
        #expect(DeliveryReceipt(messageID: nil, state: .delivered).foldedIDs(form) == [])
    }
}
