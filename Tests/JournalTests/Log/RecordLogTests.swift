import Foundation
import Messaging
import SMPP
import TestPrograms
import Testing

@testable import Journal

@Suite struct RecordLogTests {
    private static let size = 64 << 10

    private func log(_ path: String, size: Int = size) throws -> RecordLog {
        let log = RecordLog(path: path, size: size, durability: .processCrash)
        try log.open()
        return log
    }

    private func records(_ numbers: ClosedRange<Int64>) -> [JournalRecord] {
        numbers.map { .message(Sample.message(Sample.id($0))) }
    }

    private func write(_ records: [JournalRecord], to log: RecordLog, moved: UInt64 = 0) throws -> UInt64 {
        guard case .written(let positions) = try log.write(records, moved: moved) else {
            throw JournalProblem(.failed, "the log is full")
        }
        return positions.upperBound
    }

    @Test func whatWasWrittenIsThere() throws {
        let path = try TemporaryFolder.newFile("log")
        let log = try log(path)
        #expect(try log.frames(after: 0).isEmpty)
        try log.begin(after: 7)
        #expect(try write(records(1...3), to: log) == 8)
        #expect(try write(records(4...4), to: log) == 9)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == Self.size)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)

        log.close()
        let again = try self.log(path)
        let frames = try again.frames(after: 7)
        #expect(frames.map(\.position) == [8, 9])
        #expect(frames.map(\.records) == [records(1...3), records(4...4)])
        #expect(try again.frames(after: 8).map(\.position) == [9])
        #expect(try again.frames(after: 9).isEmpty)
    }

    @Test func aHalfIsWrittenOverOnlyWhenItIsInTheDatabase() throws {
        let log = try log(try TemporaryFolder.newFile("log"))
        try log.begin(after: 0)
        var position: UInt64 = 0
        var until: UInt64?
        while until == nil {
            switch try log.write(records(1...20), moved: 0) {
            case .written(let positions): position = positions.upperBound
            case .full(let first): until = first
            }
        }
        // Both halves are full, and the first one's last frame is about in the middle.
        let middle = try #require(until)
        #expect(abs(Int(middle) - Int(position) / 2) <= 1)
        #expect(try log.frames(after: 0).map(\.position) == Array(1...position))
        if case .written = try log.write(records(1...20), moved: middle - 1) { Issue.record("it was not full") }
        #expect(try write(records(21...40), to: log, moved: middle) == position + 1)
        // What the half held before does not come back.
        let frames = try log.frames(after: 0)
        #expect(frames.map(\.position) == Array(middle + 1...position + 1))
        #expect(frames.last?.records == records(21...40))
    }

    @Test func aTurnOfManyRecordsIsSeveralFramesOrNone() throws {
        let log = try log(try TemporaryFolder.newFile("log"), size: 1 << 20)
        try log.begin(after: 0)
        guard case .written(let positions) = try log.write(records(1...3_000), moved: 0) else {
            Issue.record("there was room")
            return
        }
        #expect(positions.count > 2)
        #expect(try log.frames(after: 0).flatMap(\.records) == records(1...3_000))
        // Of one that has no room nothing is written.
        let before = try log.frames(after: 0).map(\.position)
        if case .written = try log.write(records(1...20_000), moved: 0) { Issue.record("there was no room") }
        #expect(try write(records(5...5), to: log) == positions.upperBound + 1)
        #expect(try log.frames(after: 0).map(\.position) == before + [positions.upperBound + 1])
    }

    /// What a kill in the middle of a write leaves, and what a disk spoils.
    @Test func aFrameCountsWholeOrNotAtAll() throws {
        let path = try TemporaryFolder.newFile("log")
        let log = try log(path)
        try log.begin(after: 0)
        for number in 1...20 { _ = try write(records(Int64(number)...Int64(number + 3)), to: log) }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let end = 20 * (whole.count / 2) / 40
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
            let copy = try TemporaryFolder.newFile("log")
            try spoilt.write(to: URL(fileURLWithPath: copy))
            let frames = try self.log(copy).frames(after: 0)
            #expect(frames.map(\.position) == (0..<frames.count).map { UInt64($0) + 1 })
            for frame in frames {
                #expect(frame.records == records(Int64(frame.position)...Int64(frame.position) + 3))
            }
            counts.insert(frames.count)
        }
        #expect(counts.count > 5)
    }

    @Test func aRecordThatIsTooLongIsRefusedAndTheLogGoesOn() throws {
        let log = try log(try TemporaryFolder.newFile("log"))
        try log.begin(after: 0)
        let long = String(repeating: "x", count: Self.size)
        #expect { try log.write([.message(Sample.message(Sample.id(), text: long))], moved: 0) } throws: { error in
            (error as? JournalProblem)?.kind == .failed
        }
        #expect(try write(records(1...1), to: log) == 1)
    }
}
