import Journal
import Messaging
import NIOCore
import Testing

@testable import Operations

struct InDoubtListTests {
    private static func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(UInt64(seconds) * 1_000_000_000) }

    private static func note(_ board: InDoubtList, _ number: UInt64, segments: Set<Int> = [0], at seconds: Int64 = 0)
        throws
    {
        board.note(
            try #require(MessageID(rawValue: number)), account: "acme", carrier: "main",
            recipient: try PhoneNumber("79161234567", rules: NumberRules()), reason: "carrier_timeout",
            segments: segments, now: at(seconds))
    }

    @Test func newestFirstAndMasked() throws {
        let board = InDoubtList()
        try Self.note(board, 1, at: 10)
        try Self.note(board, 2, at: 20)
        let list = board.list(now: Self.at(30))
        #expect(list.map(\.ago) == [10, 20])
        #expect(list.allSatisfy { $0.maskedNumber == "7916*****67" && $0.reason == "carrier_timeout" })
    }

    /// Until the carrier has answered for each of its segments.
    @Test func lateResponsesSettle() throws {
        let board = InDoubtList()
        try Self.note(board, 1, segments: [0, 2])
        board.settle(tag: 1, segment: 0)
        board.settle(tag: 2, segment: 2)
        #expect(board.list(now: Self.at(1)).count == 1)
        board.settle(tag: 1, segment: 2)
        #expect(board.list(now: Self.at(1)).isEmpty)
        board.settle(tag: 1, segment: 2)
    }

    /// A restart does not hide them.
    @Test func whatEarlierProcessesLeftIsShown() throws {
        let board = InDoubtList()
        try Self.note(board, 9, at: 50)
        func doubt(_ number: UInt64, _ recipient: String, at seconds: UInt64) throws -> RestoredDoubt {
            RestoredDoubt(
                message: try #require(MessageID(rawValue: number)), account: "acme", recipient: recipient,
                carrier: "main", reason: "carrier_timeout", at: seconds * 1_000, segments: [0])
        }
        let many = try (1...40).map { try doubt($0, "7916*****67", at: $0) } + [doubt(41, "79161234567", at: 90)]
        board.restore(many, now: Self.at(100), time: 100_000)
        let list = board.list(now: Self.at(100))
        #expect(list.count == MonitorSnapshot.maximumInDoubt)
        #expect(list[1].maskedNumber == "7916*****67" && list[1].ago == 10)
        #expect(list.allSatisfy { $0.maskedNumber == "7916*****67" })
        board.settle(tag: 41, segment: 0)
        try Self.note(board, 10, at: 100)
        #expect(board.list(now: Self.at(100)).count == MonitorSnapshot.maximumInDoubt)
    }

    @Test func hasAnEnd() throws {
        let board = InDoubtList()
        for number in 1...100 { try Self.note(board, UInt64(number)) }
        #expect(board.list(now: Self.at(1)).count == MonitorSnapshot.maximumInDoubt)
        #expect(board.list(now: Self.at(3 * 3600 + 1)).isEmpty)
    }
}
