import Foundation
import Journal
import Messaging
import TestPrograms
import Testing

/// The disk that a journal takes, and gives back.
@Suite struct SQLiteSizeTests {
    private func size(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }

    @Test func pruningGivesTheDiskBack() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        for start in stride(from: Int64(0), to: 30_000, by: 500) {
            let ids = (start..<start + 500).map { Sample.id($0) }
            try store.append(ids.map { .message(Sample.message($0)) } + ids.map { .outcome(Sample.outcome($0)) })
        }
        store.close()
        let full = try size(path)
        #expect(full > 3_000_000)

        try store.open()
        while try store.prune(before: .max, limit: 2_000) > 0 {}
        // A step gives a few pages back; a journal that nobody writes gets there by its regular steps.
        for _ in 0..<100 { _ = try store.prune(before: .max, limit: 2_000) }
        store.close()
        #expect(try size(path) < full / 2)
    }

    @Test func theLogStaysShort() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        // Some 100 MB of changed pages, without a moment's rest.
        for start in stride(from: Int64(0), to: 60_000, by: 20) {
            let ids = (start..<start + 20).map { Sample.id($0) }
            try store.append(ids.map { .message(Sample.message($0)) } + ids.map { .outcome(Sample.outcome($0)) })
        }
        #expect(try size(path + "-wal") < 64 << 20)
        store.close()
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
    }
}
