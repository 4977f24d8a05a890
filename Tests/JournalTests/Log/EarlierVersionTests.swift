import Foundation
import GRDB
import Journal
import TestPrograms
import Testing

/// A journal as the version before segment files left it, killed with kill -9 under load: a database, its write-ahead log, and a log of two
/// halves with frames that the database does not have. `accepted` are the numbers whose clients were told 200.
@Suite struct EarlierVersionTests {
    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/earlier-version.tar.gz").path

    @Test func everyMessageIsTakenOver() throws {
        let path = try TemporaryFolder.newFile("earlier/smppost.db")
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try #require(runSucceeds("tar", ["-xzf", Self.fixture, "-C", folder]))
        let accepted = try String(contentsOfFile: folder + "/accepted", encoding: .utf8).split(separator: "\n")
        // It is what it is meant to be: the database alone lacks some.
        let rows = try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM message") }
        #expect((rows ?? 0) > 0 && (rows ?? 0) < accepted.count)

        let store = LoggedStore.quiet(path)
        try store.open()
        #expect(!FileManager.default.fileExists(atPath: path + "-log"))
        var filter = JournalFilter()
        filter.limit = 10_000
        let lives = try SQLiteReader(path: path).messages(filter)
        let known = Set(lives.filter { $0.outcome?.outcome == "accepted" }.map(\.message.recipient))
        #expect(accepted.count == 60 && accepted.allSatisfy { known.contains(String($0)) })
        // What was under way at the kill is known to a restart.
        var found = 0
        try store.awaiting(since: 0, newest: .max, finals: []) { found += $0.count }
        #expect(found == lives.count && found >= accepted.count)
        #expect(lives.contains { !$0.receipts.isEmpty })
        store.close()
        #expect(try JournalCheck.run(path: path).problems == [])
        let new = try TemporaryFolder.newFile("new.db")
        let other = LoggedStore.quiet(new)
        try other.open()
        other.close()
        #expect(try Self.columns(path) == Self.columns(new))
    }

    /// Every column as it is declared, in the order of names: a table that was made earlier may have another.
    private static func columns(_ path: String) throws -> [String] {
        try DatabaseQueue(path: path).read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || (c."notnull" OR c.pk > 0) || ' ' || c.pk || ' ' || t.strict || t.wr
                    FROM sqlite_master m JOIN pragma_table_info(m.name) c JOIN pragma_table_list(m.name) t
                    WHERE m.type = 'table' AND m.name <> 'grdb_migrations' AND m.name NOT LIKE 'sqlite%' ORDER BY 1
                    """)
                + String.fetchAll(
                    db, sql: "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1")
        }
    }
}
