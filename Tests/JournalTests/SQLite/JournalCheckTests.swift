import Foundation
import GRDB
import Messaging
import TestPrograms
import Testing

@testable import Journal

/// What `journal check` says, and pages without a limit.
@Suite struct JournalCheckTests {
    private func database(_ count: Int) throws -> String {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = LoggedStore.quiet(path)
        try store.open()
        try store.append((1...count).map { .message(Sample.message(Sample.id(Int64($0)))) })
        store.close()
        return path
    }

    @Test func aWholeOne() throws {
        let path = try database(10)
        let check = try JournalCheck.run(path: path)
        #expect(check.problems == [])
        #expect(check.rows.first.map { $0.table == "message" && $0.count == 10 } == true)
        #expect(check.logged == 0)
        #expect(journalProblem { _ = try JournalCheck.run(path: path + "x") }?.words.contains("no such file") == true)
    }

    /// With rows of every kind, as Debian's SQLite reads it.
    @Test func oneOfAllTables() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = LoggedStore.quiet(path)
        try store.open()
        try store.append(PostgreSQLSamples.batch(1))
        store.close()
        let check = try JournalCheck.run(path: path)
        #expect(check.problems == [])
        #expect(check.rows.contains { $0.table == "receipt" && $0.count == 2 })
    }

    /// While it is written, with records that are in the log only, and after a kill.
    @Test func itsLogToo() throws {
        let path = try database(10)
        let store = LoggedStore.quiet(path)
        try store.open()
        try DatabaseQueue(path: path).writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            for number in 11...13 { try store.append([.message(Sample.message(Sample.id(Int64(number))))]) }
            let check = try JournalCheck.run(path: path)
            #expect(check.problems == [])
            #expect(check.unmoved == 3 && check.logged == 3)
            // A file of the log is lost.
            let log = RecordLog(of: path, size: 0, durability: .processCrash)
            let file = try #require(log.segments.paths.first)
            var octets = try Data(contentsOf: URL(fileURLWithPath: file))
            let first = LogFrame.headerLength + Int(octets[0])
            octets.removeFirst(first)
            try octets.write(to: URL(fileURLWithPath: file))
            #expect(try JournalCheck.run(path: path).problems.contains { $0.contains("are missing") })
            try db.execute(sql: "ROLLBACK")
        }
    }

    @Test func rowsThatCannotBeRead() throws {
        let path = try database(10)
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: "INSERT INTO outcome VALUES (7, 1, 'accepted', 200, NULL, NULL, '%%%', NULL)")
        }
        let problems = try JournalCheck.run(path: path).problems
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("outcome: the row of ") == true)
    }

    @Test(arguments: StoreBackend.all) func allOfThemOldestFirst(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let ids = (1...5_000).map { Sample.id(Int64($0)) }
        try journal.store.append(ids.map { .message(Sample.message($0)) })
        var found: [MessageID] = []
        try journal.reader.all(JournalFilter()) { found.append($0.message.id) }
        #expect(found == ids)
        var filter = JournalFilter()
        filter.since = ids[10].unixMilliseconds
        filter.account = "nobody"
        try journal.reader.all(filter) { _ in Issue.record("nobody has one") }
    }
}
