import Testing

@testable import Messaging

struct MessageIDTests {
    private static let now: UInt64 = 1_800_000_000_123

    @Test func `13 characters that sort as the ids do and read back`() throws {
        var generator = MessageIDGenerator(node: 7)
        var last = try #require(MessageID(rawValue: 0))
        for step in 0..<1000 as Range<UInt64> {
            let id = generator.next(unixMilliseconds: Self.now + step / 100)
            #expect(id.description.utf8.count == 13)
            #expect(MessageID(parsing: id.description) == id)
            #expect(MessageID(parsing: id.description.uppercased()) == id)
            #expect(last < id && last.description < id.description)
            #expect(id.node == 7 && id.rawValue <= UInt64(Int64.max))
            last = id
        }
    }

    @Test func `the first id of a millisecond tells it`() {
        var generator = MessageIDGenerator(node: .max)
        #expect(generator.next(unixMilliseconds: Self.now).unixMilliseconds == Self.now)
    }

    @Test(arguments: [0, 1, Self.now - 3_600_000, Self.now, Self.now + 1, .max - 1, .max] as [UInt64])
    func `ids grow and differ when the clock stands still or jumps`(later: UInt64) {
        var generator = MessageIDGenerator(node: 1)
        var ids = (0..<200).map { _ in generator.next(unixMilliseconds: Self.now) }
        ids += (0..<60).map { _ in generator.next(unixMilliseconds: later) }
        #expect(Set(ids).count == ids.count)
        #expect(ids == ids.sorted())
    }

    @Test func `nodes never share an id`() {
        var one = MessageIDGenerator(node: 1)
        var other = MessageIDGenerator(node: 2)
        let ids = (0..<500).flatMap { _ in
            [one.next(unixMilliseconds: Self.now), other.next(unixMilliseconds: Self.now)]
        }
        #expect(Set(ids).count == ids.count)
    }

    @Test(arguments: [
        "", "0", "000000000000", "00000000000000", "8000000000000", "zzzzzzzzzzzzz", "000000000000u", "00000000000-0",
        "000000000000ё",
    ])
    func `what is no id is refused`(text: String) {
        #expect(MessageID(parsing: text) == nil)
    }

    @Test func `letters that look like digits are read as them`() throws {
        #expect(MessageID(parsing: "000000000OIL1")?.rawValue == 0b00001_00001_00001)
        #expect(MessageID(parsing: "7zzzzzzzzzzzz")?.rawValue == UInt64(Int64.max))
        #expect(MessageID(rawValue: 1 << 63) == nil)
        #expect(try #require(MessageID(rawValue: UInt64(Int64.max))).description == "7zzzzzzzzzzzz")
    }
}
