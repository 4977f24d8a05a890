import Foundation
import Messaging
import SMPP
import TestPrograms
import Testing

@testable import Journal

@Suite struct RecordLogTests {
    private static let size = 64 << 10

    private func log(_ path: String, _ durability: JournalDurability = .processCrash) -> RecordLog {
        RecordLog(of: path, size: Self.size, durability: durability)
    }

    private func records(_ numbers: ClosedRange<Int64>) -> [JournalRecord] {
        numbers.map { .message(Sample.message(Sample.id($0))) }
    }

    @Test(arguments: [JournalDurability.processCrash, .powerCut])
    func whatWasWrittenIsThere(_ durability: JournalDurability) throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let log = log(path, durability)
        #expect(try log.frames(after: 0).isEmpty)
        #expect(journalProblem { _ = try log.write(records(1...1)) }?.kind == .unreachable)
        try log.begin(after: 7)
        #expect(try log.write(records(1...3)) == 8...8)
        #expect(try log.write(records(4...4)) == 9...9)
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "-log.000001")
        #expect(attributes[.size] as? Int == Self.size / 2)
        #expect(attributes[.posixPermissions] as? Int == 0o600)

        log.close()
        let again = self.log(path)
        let frames = try again.frames(after: 7)
        #expect(frames.map(\.position) == [8, 9])
        #expect(try frames.map { try $0.records() } == [records(1...3), records(4...4)])
        #expect(try again.frames(after: 8).map(\.position) == [9])
        #expect(try again.frames(after: 9).isEmpty)
        try again.begin(after: 9)
        #expect(try again.frames(after: 0).isEmpty)
        #expect(again.segments.paths == [path + "-log.000002"])
    }

    /// A file goes when its rows are in the database, and not before.
    @Test func aFullFileIsFollowedByTheNextAndGoesWhenItsRowsAreThere() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let log = log(path)
        try log.begin(after: 0)
        // Nobody has made the next file yet: nobody waits for it.
        while try FileManager.default.attributesOfItem(atPath: path + "-log.000001")[.size] as? Int == Self.size / 2 {
            _ = try log.write(records(1...20))
        }
        log.segments.tend(moved: 0)
        let first = log.position
        _ = try log.write(records(1...20))
        #expect(log.segments.paths.count == 2)
        #expect(try log.frames(after: 0).map(\.position) == Array(1...first + 1))
        log.segments.tend(moved: first - 1)
        #expect(log.segments.paths.count == 3)
        log.segments.tend(moved: first)
        #expect(log.segments.paths.map { $0.suffix(6) } == ["000002", "000003"])
        #expect(try log.frames(after: 0).map(\.position) == [first + 1])
        log.remove()
        #expect(log.segments.paths.isEmpty)
    }

    @Test func aTurnOfAnySizeFits() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let log = log(path)
        try log.begin(after: 0)
        let many = records(1...20_000)
        let text = String(repeating: "Я", count: 200_000)
        let long = (1...40).map { JournalRecord.message(Sample.message(Sample.id($0), text: text)) }
        let positions = try log.write(many)
        #expect(positions.count > 10)
        _ = try log.write(long)
        #expect(try log.frames(after: 0).flatMap { try $0.records() } == many + long)
    }

    @Test func aFileThatIsGoneIsTold() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let log = log(path)
        try log.begin(after: 0)
        try log.segments.check()
        try FileManager.default.removeItem(atPath: path + "-log.000001")
        #expect(journalProblem { try log.segments.check() }?.kind == .unreachable)
    }

    /// What a kill in the middle of a write leaves, and what a disk spoils.
    @Test func aFrameCountsWholeOrNotAtAll() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let log = log(path)
        try log.begin(after: 0)
        for number in 1...20 { _ = try log.write(records(Int64(number)...Int64(number + 3))) }
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path + "-log.000001")))
        let end = try #require(whole.lastIndex { $0 != 0 })
        var chance = SplitMix64(seed: 5)
        var counts: Set<Int> = []
        for round in 0..<300 {
            var spoilt = whole
            if round % 2 == 0 {
                let cut = Int.random(in: 0..<end, using: &chance)
                for index in cut..<spoilt.count { spoilt[index] = 0 }
            } else {
                for _ in 0..<3 {
                    spoilt[Int.random(in: 0..<end, using: &chance)] ^= UInt8.random(in: 1...255, using: &chance)
                }
            }
            let frames = LogFrame.all(in: spoilt[...])
            #expect(frames.map(\.position) == (0..<frames.count).map { UInt64($0) + 1 })
            for frame in frames {
                #expect(try frame.records() == records(Int64(frame.position)...Int64(frame.position) + 3))
            }
            counts.insert(frames.count)
        }
        #expect(counts.count > 5)
    }

    /// A newer version's kinds of record matter only where the database does not have them.
    @Test func kindsThatAreNotKnown() throws {
        var octets = LogFrame.header + [200, 1, 2, 3]
        LogFrame.seal(&octets, position: 5)
        let frames = LogFrame.all(in: octets[...])
        #expect(frames.map(\.position) == [5])
        #expect(journalProblem { _ = try frames.first?.records() }?.kind == .incompatible)
        let path = try TemporaryFolder.newFile("journal.db")
        try Data(octets).write(to: URL(fileURLWithPath: path + "-log.000001"))
        #expect(journalProblem { try LoggedStore.quiet(path).open() }?.words.contains("newer version") == true)
        // It is in the database: whatever it is.
        let store = LoggedStore.quiet(path)
        let rows = SQLiteStore(path: path, durability: .processCrash)
        try rows.open()
        try rows.append([], upTo: 5)
        rows.close()
        try store.open()
        try store.append([.receipt(Sample.receipt(Sample.id(1)))])
        store.close()
    }
}
