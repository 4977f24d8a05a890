import Foundation
import GRDB
import Messaging
import TestPrograms
import Testing

@testable import Journal

/// The file as others see it: permissions, a second writer, what stands at its path.
@Suite struct JournalFileTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func whatIsMissingIsMadeForItsOwnerOnly() throws {
        let path = try TemporaryFolder.newFile("var/lib/journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        try store.append([.message(Sample.message(Sample.id()))])
        #expect(try mode((path as NSString).deletingLastPathComponent) == 0o700)
        for ending in ["", "-wal", "-shm", "-lock"] { #expect(try mode(path + ending) == 0o600) }
        store.close()
        // Whoever opens it to a group keeps it open.
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        try store.open()
        #expect(try mode(path) == 0o640)
        #expect(try mode(path + "-wal") == 0o640)
    }

    @Test func aSecondWriterIsRefusedAndReadersAreNot() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let first = SQLiteStore(path: path, durability: .processCrash)
        try first.open()
        let second = SQLiteStore(path: path, durability: .processCrash)
        let refusal = journalProblem { try second.open() }
        #expect(refusal?.kind == .failed)
        #expect(refusal?.words.contains("process \(getpid())") == true)
        // The refused one has taken nothing away from the first.
        try first.append([.message(Sample.message(Sample.id()))])
        #expect(try SQLiteReader(path: path).life(of: Sample.id()) != nil)
        #expect(journalProblem { try second.open() }?.kind == .failed)
        first.close()
        try second.open()
        #expect(journalProblem { try first.open() }?.kind == .failed)
    }

    /// Root looks at a journal of the service's: what that makes beside the file is the service's.
    @Test(.enabled(if: geteuid() == 0)) func whatRootMakesBesideTheFileIsItsOwners() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        store.close()
        for ending in ["", "-lock", "-wal", "-shm"] { _ = chown(path + ending, 12_345, 12_346) }
        try FileManager.default.removeItem(atPath: path + "-lock")
        LoggedStore.takeInLog(of: path, logger: LoggedStore.noLogger)
        var status = stat()
        #expect(stat(path + "-lock", &status) == 0)
        #expect(status.st_uid == 12_345 && status.st_gid == 12_346)
    }

    @Test func aRowThatCannotBeReadStandsInNobodysWay() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        let postings = (1...3).map { PostingRecord(id: Sample.id($0), at: Sample.now, target: "x/y", form: "") }
        try store.append(postings.map(JournalRecord.posting))
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: "UPDATE posting SET at = -1 WHERE id = ?", arguments: [JournalSchema.key(postings[1].id)])
        }
        let page = try SQLiteReader(path: path).postings(after: nil, limit: 10)
        #expect(page.records == [postings[0], postings[2]])
        #expect(page.unreadable == [postings[1].id])
    }

    @Test func aProgramThatHoldsTheFileLockedIsTold() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        let other = try DatabaseQueue(path: path)
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            let refusal = journalProblem { try store.append([.message(Sample.message(Sample.id()))]) }
            // It is no record's fault.
            #expect(refusal?.kind == .unreachable)
            #expect(refusal?.words.contains("locked") == true)
            try db.execute(sql: "ROLLBACK")
        }
        try store.append([.message(Sample.message(Sample.id()))])
    }

    @Test func aRemovedFileIsNoticedAndMadeAgain() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        let reader = SQLiteReader(path: path)
        try store.open()
        try store.append([.message(Sample.message(Sample.id(1)))])
        #expect(try reader.life(of: Sample.id(1)) != nil)
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        #expect(journalProblem { try store.append([.message(Sample.message(Sample.id(2)))]) }?.isLost == true)
        #expect(journalProblem { _ = try reader.life(of: Sample.id(1)) }?.kind == .unreachable)
        try store.open()
        try store.append([.message(Sample.message(Sample.id(3)))])
        #expect(try reader.life(of: Sample.id(3)) != nil)
        #expect(try reader.life(of: Sample.id(1)) == nil)
    }

    @Test func aReaderWaitsForTheFile() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let reader = SQLiteReader(path: path)
        #expect(journalProblem { _ = try reader.messages(JournalFilter()) }?.kind == .unreachable)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        #expect(journalProblem { _ = try reader.messages(JournalFilter()) }?.kind == .unreachable)
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        #expect(try reader.messages(JournalFilter()).isEmpty)
        store.close()
        // Also without its writer, which took the log away.
        #expect(try reader.messages(JournalFilter()).isEmpty)
        #expect(try SQLiteReader(path: path).messages(JournalFilter()).isEmpty)
    }

    @Test func whatIsNotOursIsLeftAlone() throws {
        let folder = try TemporaryFolder.newFile("a-folder")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(journalProblem { try SQLiteStore(path: folder, durability: .processCrash).open() }?.kind == .failed)

        let text = try TemporaryFolder.newFile("text.db")
        let words = Data(String(repeating: "not a database at all\n", count: 300).utf8)
        try words.write(to: URL(fileURLWithPath: text))
        #expect(journalProblem { try SQLiteStore(path: text, durability: .processCrash).open() }?.kind == .corrupt)
        #expect(journalProblem { _ = try SQLiteReader(path: text).messages(JournalFilter()) }?.kind == .corrupt)
        #expect(FileManager.default.contents(atPath: text) == words)

        let other = try TemporaryFolder.newFile("other.db")
        let queue = try DatabaseQueue(path: other)
        try queue.write { try $0.execute(sql: "CREATE TABLE message (id INTEGER PRIMARY KEY)") }
        #expect(journalProblem { try SQLiteStore(path: other, durability: .processCrash).open() }?.kind == .corrupt)
        #expect(journalProblem { _ = try SQLiteReader(path: other).messages(JournalFilter()) }?.kind == .corrupt)
        #expect(try queue.read { try !$0.tableExists("outcome") })
    }

    @Test func aNewerSchemaIsRefused() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        store.close()
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            #expect(
                try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations")
                    == (1...JournalTable.steps).map { "v\($0)" })
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('v\(JournalTable.steps + 1)')")
        }
        try queue.close()
        #expect(journalProblem { try store.open() }?.kind == .incompatible)
        #expect(journalProblem { _ = try SQLiteReader(path: path).life(of: Sample.id()) }?.kind == .incompatible)
    }

    @Test func readersSeeWholeCommits() async throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        let reader = SQLiteReader(path: path)
        let readers = Task.detached {
            var most = 0
            while most < 4_000 {
                var filter = JournalFilter()
                filter.limit = 50
                let lives = try reader.messages(filter)
                // A message and its outcome are of one commit.
                #expect(lives.allSatisfy { $0.outcome != nil })
                most = max(most, lives.first.map { Int(JournalSchema.key($0.message.id) & 0x3F_FFFF) } ?? 0)
                await Task.yield()
            }
        }
        for start in stride(from: Int64(1), through: 4_001, by: 20) {
            let ids = (start..<start + 20).map { Sample.id($0) }
            try store.append(ids.map { .message(Sample.message($0)) } + ids.map { .outcome(Sample.outcome($0)) })
        }
        try await readers.value
    }
}
