import Journal
import Messaging
import SMPP
import Testing

@Suite struct SegmentCodingTests {
    @Test(
        arguments: [
            ([], ""),
            ([.accepted(id: "1A2B")], "+1A2B"),
            ([.accepted(id: "")], "+"),
            ([.accepted(id: "a,b\\c\0d")], "+a\\,b\\\\c\\0d"),
            ([.refused(status: 0xB), .refused(status: .max), .refused(status: 0)], "!b,!ffffffff,!0"),
            ([.accepted(id: "-"), .unknown(reason: "carrier_timeout"), .notSent], "+-,?carrier_timeout,-"),
            ([.accepted(id: "é,🙂")], "+é\\,🙂"),
        ] as [([SegmentRecord], String)])
    func textsSayWhatBecameOfSegments(_ segments: [SegmentRecord], _ text: String) {
        #expect(SegmentCoding.text(of: segments) == text)
        #expect(SegmentCoding.segments(in: text) == segments)
        #expect(!text.utf8.contains(0))
    }

    @Test(arguments: [
        ",", "+a,", ",+a", "x", "!", "!g", "!100000000", "!-1", "!+1", "-a", "+a\\", "+a\\b", "+a,,+b", "*",
    ])
    func whatNobodyWroteIsNoCoding(_ text: String) {
        #expect(SegmentCoding.segments(in: text) == nil)
    }

    @Test func everyTextOfSpecialCharactersComesBack() {
        var chance = SplitMix64(seed: 4)
        let alphabet = Array("+!?-,\\0\0a é".unicodeScalars)
        for _ in 0..<2_000 {
            let segments = (0..<Int.random(in: 0...4, using: &chance)).map { _ -> SegmentRecord in
                var id = ""
                for _ in 0..<Int.random(in: 0...6, using: &chance) {
                    id.unicodeScalars.append(alphabet.randomElement(using: &chance) ?? "a")
                }
                return Bool.random(using: &chance) ? .accepted(id: id) : .unknown(reason: id)
            }
            #expect(SegmentCoding.segments(in: SegmentCoding.text(of: segments)) == segments)
        }
    }

    @Test func keysFollowTimeAndStayInBounds() {
        #expect(JournalSchema.firstKey(at: 0) == 0)
        #expect(JournalSchema.firstKey(at: .max) == .max)
        let id = Sample.id(7)
        #expect(id.unixMilliseconds == Sample.now)
        #expect(JournalSchema.firstKey(at: Sample.now) <= JournalSchema.key(id))
        #expect(JournalSchema.key(id) < JournalSchema.firstKey(at: Sample.now + 1))
        #expect(JournalSchema.id(-1) == nil)
        #expect(JournalSchema.place(of: Sample.receipt(id, at: 5)) == JournalSchema.key(id))
        let place = JournalSchema.place(of: Sample.receipt(nil, at: Sample.now))
        #expect(place > JournalSchema.key(id))
        #expect(place < JournalSchema.firstKey(at: Sample.now + 1))
    }

    @Test func marksOfARowAreNearItsKey() {
        var chance = SplitMix64(seed: 5)
        let ids = (0..<500).map { _ in Sample.id(at: Sample.now + .random(in: 0...900_000, using: &chance)) }
        let rows = DeliveredMarks.rows(of: ids)
        for row in rows {
            let marked = DeliveredMarks.ids(in: row.ids)
            #expect(marked.map(JournalSchema.key).max() == row.last)
            #expect(marked.allSatisfy { row.last <= DeliveredMarks.end(of: JournalSchema.key($0)) })
        }
        #expect(rows.flatMap { DeliveredMarks.ids(in: $0.ids) }.sorted() == ids.sorted())
        #expect(rows.count < 20)
        #expect(DeliveredMarks.rows(of: []).isEmpty)
        #expect(DeliveredMarks.ids(in: [0, 0, 0, 0, 0, 0, 0, 5, 1, 2]) == [MessageID(rawValue: 5)!])
        #expect(DeliveredMarks.end(of: .max) == .max)
    }
}
