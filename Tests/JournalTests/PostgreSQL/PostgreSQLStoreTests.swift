import Foundation
import Messaging
import TestPrograms
import Testing

@testable import Journal

/// The schema, the key and the session, on a server that behaves. What all stores do is in `StoreSuite`.
@Suite(.enabled(if: PostgreSQLServer.isThere)) struct PostgreSQLStoreTests {
    /// Nodes that start at the same time, on a database that is empty.
    @Test func nodesThatStartTogetherMakeOneSchemaAndOneKey() async throws {
        let server = try await PostgreSQLServer.shared()
        for _ in 0..<5 {
            let url = server.url(of: try server.makeDatabase())
            let keys = Watched<[[UInt8]]>([])
            for _ in 0..<8 {
                Thread.detachNewThread {
                    let store = PostgreSQLStore(url: url, use: .open)
                    let key = try? store.openedKey()
                    keys.update { $0.append(key ?? []) }
                }
            }
            let all = try #require(await keys.wait(atMost: .seconds(30)) { $0.count == 8 })
            #expect(Set(all).count == 1)
            #expect(all.first?.count == 32)
        }
    }

    /// Each process has a ledger of its own: two would send a repeat twice.
    @Test func aSecondProcessIsKeptOut() async throws {
        let server = try await PostgreSQLServer.shared()
        let url = server.url(of: try server.makeDatabase())
        let first = PostgreSQLStore(url: url)
        try first.open()
        let second = PostgreSQLStore(url: url)
        let problem = #expect(throws: JournalProblem.self) { try second.open() }
        #expect(problem?.words.contains("another smppost writes the journal") == true)
        #expect(PostgreSQLSamples.kind { try second.append(PostgreSQLSamples.batch(1)) } == .unreachable)
        // The first one opens it again as often as it has to, and nobody takes it meanwhile.
        try first.open()
        try first.append(PostgreSQLSamples.batch(1))
        first.close()
        try await eventually("free") { PostgreSQLSamples.kind { try second.open() } == nil }
        #expect(PostgreSQLSamples.kind { try first.open() } == .failed)
    }

    @Test func receiptsAndLateResponsesAddedAgainAreNotDoubled() async throws {
        let server = try await PostgreSQLServer.shared()
        let url = server.url(of: try server.makeDatabase())
        let store = PostgreSQLStore(url: url)
        try store.open()
        let batch = PostgreSQLSamples.batch(1)
        try store.append(batch)
        try store.append(batch)
        // A batch may also come again together with what came after it.
        try store.append(batch + PostgreSQLSamples.batch(2))
        let whole = PostgreSQLSamples.whole([batch, PostgreSQLSamples.batch(2)])
        #expect(try PostgreSQLSamples.everything(in: url) == whole)
    }

    @Test func newerSchemaIsLeftAlone() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let store = PostgreSQLStore(url: server.url(of: database))
        try store.open()
        try server.sql(["INSERT INTO smppost.version (version) VALUES (999)"], in: database)
        let problem = #expect(throws: JournalProblem.self) { try store.open() }
        #expect(problem?.kind == .incompatible)
        #expect(problem?.words.contains("999") == true)
        #expect(PostgreSQLSamples.kind { try store.append(PostgreSQLSamples.batch(1)) } == .unreachable)
        let reader = PostgreSQLReader(url: server.url(of: database))
        #expect(PostgreSQLSamples.kind { _ = try reader.messages(JournalFilter()) } == .incompatible)
    }

    /// A migration is whole or not at all.
    @Test func failedMigrationLeavesNothing() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        try server.sql(["CREATE SCHEMA smppost", "CREATE TABLE smppost.late (mine text)"], in: database)
        let store = PostgreSQLStore(url: server.url(of: database))
        #expect(PostgreSQLSamples.kind { try store.open() } == .incompatible)
        let tables = try server.sql(
            ["SELECT relname FROM pg_class WHERE relnamespace = 'smppost'::regnamespace AND relkind = 'r'"],
            in: database)
        #expect(tables == ["late"])
        try server.sql(["DROP TABLE smppost.late"], in: database)
        try store.open()
    }

    @Test func droppedTablesAreMadeAgain() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let store = PostgreSQLStore(url: server.url(of: database))
        try store.open()
        try server.sql(["DROP SCHEMA smppost CASCADE"], in: database)
        let problem = #expect(throws: JournalProblem.self) { try store.append(PostgreSQLSamples.batch(1)) }
        #expect(problem?.isLost == true)
        try store.open()
        try store.append(PostgreSQLSamples.batch(1))
    }

    @Test func roleWithoutRightsIsToldAtTheOpening() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let owner = PostgreSQLStore(url: server.url(of: database))
        try owner.open()
        owner.close()
        let role = "r" + database
        try server.sql(
            [
                "CREATE ROLE \(role) LOGIN", "GRANT USAGE ON SCHEMA smppost TO \(role)",
                "GRANT SELECT ON ALL TABLES IN SCHEMA smppost TO \(role)",
                "GRANT INSERT, UPDATE ON smppost.setting TO \(role)",
            ], in: database)
        let url = server.url(of: database).replacing("//postgres@", with: "//\(role)@")
        let store = PostgreSQLStore(url: url)
        #expect(PostgreSQLSamples.kind { try store.open() } == .readOnly)
        try server.sql(
            ["GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA smppost TO \(role)"], in: database)
        try store.open()
        try store.append(PostgreSQLSamples.batch(1))

        // Without even the right to make the schema.
        let empty = try server.makeDatabase()
        let stranger = PostgreSQLStore(
            url: server.url(of: empty).replacing("//postgres@", with: "//\(role)@"))
        #expect(PostgreSQLSamples.kind { try stranger.open() } == .readOnly)
    }

    /// What the server asks for stays, unless it is too little.
    @Test(arguments: [
        (JournalDurability.processCrash, "off", "local"), (.processCrash, "on", "on"),
        (.processCrash, "remote_write", "remote_write"), (.powerCut, "local", "on"),
        (.powerCut, "remote_write", "on"), (.powerCut, "remote_apply", "remote_apply"),
    ])
    func durabilityIsTheSessions(durability: JournalDurability, asked: String, setting: String) async throws {
        let server = try await PostgreSQLServer.shared()
        let session = try server.session(in: "postgres")
        var found = ""
        try session.run(
            [.sql("SET synchronous_commit = \(asked)")]
                + PostgreSQLSchema.session(durability: durability, statement: .seconds(3))
                + [.sql("SELECT current_setting('synchronous_commit') || current_setting('statement_timeout')")],
            within: .seconds(5)
        ) { found = $1.text(0, 0) }
        #expect(found == setting + "3s")
    }

    /// Claims that are as they have to be are not written again.
    @Test func claimsAreSetByWhatIsAnother() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let store = PostgreSQLStore(url: server.url(of: database))
        try store.open()
        let claims: [LedgerClaim] = (1...4).map { number in
            LedgerClaim(
                id: Sample.id(at: Sample.now, Int64(number)),
                fingerprint: Fingerprint(high: .max - UInt64(number), low: UInt64(number)))
        }
        func rows() throws -> [String] {
            try server.sql(["SELECT xmin || ' ' || id FROM smppost.ledger ORDER BY id"], in: database)
        }
        try store.setClaims(Array(claims[..<3]))
        let before = try rows()
        #expect(before.count == 3)
        try store.setClaims(Array(claims[..<3]))
        #expect(try rows() == before)
        try store.setClaims(Array(claims[1...]))
        #expect(try rows().prefix(2) == before.suffix(2))
        #expect(try rows().last?.hasSuffix(" \(JournalSchema.key(claims[3].id))") == true)
        // A node leaves alone what others may have claimed.
        store.close()
        let node = PostgreSQLStore(url: server.url(of: database), use: .nodes)
        try node.open()
        let all = try rows()
        try node.setClaims([claims[1]])
        #expect(try rows() == all)
        node.close()
        try store.open()
        try store.setClaims([])
        #expect(try rows() == [])
    }

    /// Of a group one command fails: none has had an effect, and the connection goes on.
    @Test func groupIsWholeOrNothing() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let session = try server.session(in: database)
        try session.run([.sql("CREATE TABLE t (n integer PRIMARY KEY)")], within: .seconds(5))
        #expect(
            PostgreSQLSamples.kind {
                try session.run(
                    [.sql("INSERT INTO t VALUES (1)"), .sql("SELECT 1 / 0"), .sql("INSERT INTO t VALUES (2)")],
                    within: .seconds(5))
            } == .failed)
        #expect(try server.sql(["SELECT count(*) FROM t"], in: database) == ["0"])
        var count = -1
        try session.run([.sql("SELECT count(*) FROM t")], within: .seconds(5)) { count = Int($1.integer(0, 0)) }
        #expect(count == 0)
    }

    /// More than the sockets' buffers hold in either direction, in one group.
    @Test func largeBatchGoesThrough() async throws {
        let server = try await PostgreSQLServer.shared()
        let url = server.url(of: try server.makeDatabase())
        let store = PostgreSQLStore(url: url)
        try store.open()
        var generator = MessageIDGenerator(node: 1)
        let text = String(repeating: "длинный текст ", count: 200)
        let messages = (0..<5_000).map { _ in
            var message = PostgreSQLSamples.message(generator.next(unixMilliseconds: PostgreSQLSamples.start))
            message.text = text
            return message
        }
        try store.append(messages.map(JournalRecord.message))
        #expect(try store.everything().count == messages.count)
        let session = try PostgreSQLConnection(url: url, bounds: .init())
        var echoed: Int64 = 0
        let long = PostgreSQLCommand.sql("SELECT repeat('x', 1000000)")
        try session.run(Array(repeating: long, count: 30), within: .seconds(20)) {
            echoed += Int64($1.text(0, 0).utf8.count)
        }
        #expect(echoed == 30_000_000)
    }

    @Test func readerWaitsForNobodyAndMendsItself() async throws {
        let server = try await PostgreSQLServer()
        let database = try server.makeDatabase()
        let reader = PostgreSQLReader(url: server.url(of: database))
        // Before the service has ever run.
        #expect(PostgreSQLSamples.kind { _ = try reader.messages(JournalFilter()) } == .incompatible)
        let store = PostgreSQLStore(url: server.url(of: database))
        try store.open()
        try store.append(PostgreSQLSamples.batch(1))
        #expect(try reader.messages(JournalFilter()).count == 3)
        try await server.stop()
        #expect(PostgreSQLSamples.kind { _ = try reader.messages(JournalFilter()) } == .unreachable)
        try await server.start()
        #expect(try reader.messages(JournalFilter()).count == 3)
        // Restarted between two questions: nobody notices.
        try await server.stop()
        try await server.start()
        #expect(try reader.inbound(JournalFilter()).count == 1)
        // A search that takes too long is refused, and the next one answered.
        var bounds = PostgreSQLBounds()
        bounds.answer = .milliseconds(500)
        let hasty = PostgreSQLReader(url: server.url(of: database), bounds: bounds)
        _ = try hasty.messages(JournalFilter())
        let locker = try server.session(in: database)
        try locker.run(
            [.sql("BEGIN"), .sql("LOCK TABLE smppost.message IN ACCESS EXCLUSIVE MODE")], within: .seconds(5))
        #expect(PostgreSQLSamples.kind { _ = try hasty.messages(JournalFilter()) } == .failed)
        try locker.run([.sql("ROLLBACK")], within: .seconds(5))
        #expect(try hasty.messages(JournalFilter()).count == 3)
        try await server.remove()
    }
}

extension PostgreSQLStore {
    fileprivate func openedKey() throws -> [UInt8] {
        try open()
        return try fingerprintKey()
    }
}
