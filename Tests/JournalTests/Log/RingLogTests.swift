import Foundation
import GRDB
import Glibc
import Messaging
import TestPrograms
import Testing

@testable import Journal

/// What a version with a log of two halves left is taken in at the first start of this one.
@Suite struct RingLogTests {
    /// A ring as that version wrote it, round its end: the half that is filled now comes first.
    private func ring(_ path: String) throws {
        let half = 8 << 10
        var octets = [UInt8](repeating: 0, count: 2 * half)
        for (place, position) in [(0, UInt64(4)), (half, 2)] {
            var offset = place
            for position in position...position + 1 {
                var encoder = RecordEncoder(after: LogFrame.header)
                encoder.add(.receipt(Sample.receipt(Sample.id(Int64(position)))))
                var frame = encoder.finish()
                LogFrame.seal(&frame, position: position)
                octets.replaceSubrange(offset..<offset + frame.count, with: frame)
                offset += frame.count
            }
        }
        try Data(octets).write(to: URL(fileURLWithPath: path))
    }

    /// A database of that version that has come to position 2, and names its log where that is elsewhere.
    private func database(log: String?) throws -> String {
        let path = try TemporaryFolder.newFile("journal.db")
        let rows = SQLiteStore(path: path, durability: .processCrash)
        try rows.open()
        try rows.append([[.receipt(Sample.receipt(Sample.id(1))), .receipt(Sample.receipt(Sample.id(2)))]], upTo: 2)
        rows.close()
        if let log {
            try DatabaseQueue(path: path).write { db in
                try db.execute(sql: "INSERT INTO setting VALUES ('log', CAST(? AS BLOB))", arguments: [log])
            }
        }
        return path
    }

    private func receipts(_ path: String) throws -> Int {
        try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM receipt") } ?? 0
    }

    @Test func itIsTakenInOnce() throws {
        let path = try database(log: nil)
        try ring(path + "-log")
        for _ in 0..<2 {
            let store = LoggedStore.quiet(path)
            try store.open()
            store.close()
            #expect(try receipts(path) == 5)
            #expect(!FileManager.default.fileExists(atPath: path + "-log"))
        }
    }

    /// The database may be a copy: its original, which has not taken the log in, still needs it.
    @Test func oneThatIsElsewhereIsTakenInAndStays() throws {
        let log = try TemporaryFolder.newFile("smppost-1.log")
        try ring(log)
        let path = try database(log: log)
        let copy = try TemporaryFolder.newFile("copy.db")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        for path in [copy, path] {
            LoggedStore.takeInLog(of: path, logger: LoggedStore.noLogger)
            #expect(try receipts(path) == 5)
            let store = LoggedStore.quiet(path)
            try store.open()
            store.close()
            #expect(try receipts(path) == 5)
        }
        #expect(FileManager.default.fileExists(atPath: log))
        // Nobody looks for it again.
        try FileManager.default.removeItem(atPath: log)
        let store = LoggedStore.quiet(path)
        try store.open()
        #expect(try receipts(path) == 5)
    }

    /// The original runs: what it has in its log is its own matter.
    @Test func oneThatIsInUseIsLeftAlone() throws {
        let log = try TemporaryFolder.newFile("smppost-1.log")
        try ring(log)
        let descriptor = open(log, O_RDWR)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let path = try database(log: log)
        let store = LoggedStore.quiet(path)
        try store.open()
        #expect(try receipts(path) == 2)
    }
}
