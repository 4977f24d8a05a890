import Foundation
import Messaging
import TestPrograms
import Testing

@testable import Journal

/// What happens to the store when the server, or the way to it, does not behave.
@Suite(.enabled(if: PostgreSQLServer.isThere)) struct PostgreSQLOutageTests {
    /// Short bounds, so that tests of them are short.
    static let short: PostgreSQLBounds = {
        var bounds = PostgreSQLBounds()
        bounds.connect = .seconds(2)
        bounds.answer = .seconds(1)
        return bounds
    }()

    /// What ends within its bounds has ended by now also on a busy machine; without them it would never end.
    static let longer = Duration.seconds(15)

    @Test(arguments: ["stopped", "crashed"])
    func serverEndsAndComesBackUnderAppends(how: String) async throws {
        let server = try await PostgreSQLServer()
        let database = try server.makeDatabase()
        let writer = PostgreSQLPersistentWriter(url: server.url(of: database))
        let stop = Watched(false)
        let written = writer.start(until: stop)
        for _ in 0..<3 {
            try await Task.sleep(for: .milliseconds(500))
            if how == "stopped" { try await server.stop() } else { try await server.crash() }
            try await server.start()
        }
        try await Task.sleep(for: .milliseconds(500))
        stop.update { $0 = true }
        let batches = try #require(await written.wait(atMost: .seconds(60)) { $0 != nil } ?? nil).get()
        #expect(batches.failures > 0)
        #expect(try PostgreSQLSamples.everything(in: server.url(of: database)) == batches.records)
        try await server.remove()
    }

    /// Also while nothing is written.
    @Test func endedSessionIsToldAndOpenedAgain() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let store = PostgreSQLStore(url: server.url(of: database))
        try store.open()
        try store.check()
        try server.endSessions(of: database)
        #expect(PostgreSQLSamples.kind { try store.check() } == .unreachable)
        try store.open()
        try server.endSessions(of: database)
        let batch = PostgreSQLSamples.batch(1)
        let problem = #expect(throws: JournalProblem.self) { try store.append(batch) }
        #expect(problem?.kind == .unreachable)
        #expect(problem?.words.contains("57P01") == true, "\(String(describing: problem))")
        try store.open()
        try store.append(batch)
        #expect(try PostgreSQLSamples.everything(in: server.url(of: database)) == PostgreSQLSamples.whole([batch]))
    }

    /// The commit is done, its answer is lost: the same batch again changes nothing.
    @Test(arguments: [false, true])
    func lostAnswerOfACommit(cut: Bool) async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let proxy = try PostgreSQLProxy(to: server.socket)
        let store = PostgreSQLStore(url: proxy.url(of: database), bounds: Self.short)
        try store.open()
        let batch = PostgreSQLSamples.batch(1)
        proxy.swallowAnswers(true)
        if cut {
            Task {
                defer { proxy.cut() }
                try await eventually("committed") {
                    try PostgreSQLSamples.everything(in: server.url(of: database)) == PostgreSQLSamples.whole([batch])
                }
            }
        }
        let start = ContinuousClock.now
        let problem = #expect(throws: JournalProblem.self) { try store.append(batch) }
        #expect(problem?.isLost == true)
        #expect(start.duration(to: .now) < Self.longer)
        #expect(try PostgreSQLSamples.everything(in: server.url(of: database)) == PostgreSQLSamples.whole([batch]))

        proxy.swallowAnswers(false)
        // The server has not noticed that the session is gone: it is ended, and its lock is free a moment later.
        try await eventually("opened") { PostgreSQLSamples.kind { try store.open() } == nil }
        try store.append(batch)
        try store.append(PostgreSQLSamples.batch(2))
        #expect(
            try PostgreSQLSamples.everything(in: server.url(of: database))
                == PostgreSQLSamples.whole([batch, PostgreSQLSamples.batch(2)]))
    }

    @Test func silentServerIsNoticedWithinTheBound() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let proxy = try PostgreSQLProxy(to: server.socket)
        proxy.swallowAnswers(true)
        let store = PostgreSQLStore(url: proxy.url(of: database), bounds: Self.short)
        let start = ContinuousClock.now
        let problem = #expect(throws: JournalProblem.self) { try store.open() }
        #expect(problem?.kind == .unreachable)
        #expect(start.duration(to: .now) < Self.longer)
    }

    @Test func lockedTableHoldsAnAppendNoLongerThanItsBound() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let store = PostgreSQLStore(url: server.url(of: database), bounds: Self.short)
        try store.open()
        let locker = try server.session(in: database)
        try locker.run(
            [.sql("BEGIN"), .sql("LOCK TABLE smppost.outcome IN ACCESS EXCLUSIVE MODE")], within: .seconds(5))
        let batch = PostgreSQLSamples.batch(1)
        let start = ContinuousClock.now
        let problem = #expect(throws: JournalProblem.self) { try store.append(batch) }
        // Another attempt may mend it, and no record is the reason of it.
        #expect(problem?.kind == .unreachable)
        #expect(start.duration(to: .now) < Self.longer)
        try locker.run([.sql("ROLLBACK")], within: .seconds(5))
        // The batch is a whole or nothing: its messages were not added before the lock was met.
        #expect(try PostgreSQLSamples.everything(in: server.url(of: database)) == [])
        try store.open()
        try store.append(batch)
        #expect(try PostgreSQLSamples.everything(in: server.url(of: database)) == PostgreSQLSamples.whole([batch]))
    }

    @Test func failureOfTheCommitItselfIsAFailure() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let store = PostgreSQLStore(url: server.url(of: database))
        try store.open()
        try server.sql(
            [
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'no commit today'; END $$
                """,
                """
                CREATE CONSTRAINT TRIGGER late AFTER INSERT ON smppost.outcome DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION refuse()
                """,
            ], in: database)
        let problem = #expect(throws: JournalProblem.self) { try store.append(PostgreSQLSamples.batch(1)) }
        #expect(problem?.kind == .failed)
        try server.sql(["DROP TRIGGER late ON smppost.outcome"], in: database)
        // The connection goes on.
        let batch = PostgreSQLSamples.batch(2)
        try store.append(batch)
        #expect(try PostgreSQLSamples.everything(in: server.url(of: database)) == PostgreSQLSamples.whole([batch]))
    }

    @Test func readOnlyIsToldAndMendsWithoutOpeningAgain() async throws {
        let server = try await PostgreSQLServer()
        let database = try server.makeDatabase()
        let store = PostgreSQLStore(url: server.url(of: database))
        try store.open()
        func set(_ value: String) throws {
            try server.sql(
                [
                    "SET default_transaction_read_only = off",
                    "ALTER SYSTEM SET default_transaction_read_only = \(value)", "SELECT pg_reload_conf()",
                ], in: "postgres")
        }
        // The server's processes hear of it one by one; until then the batch is added, and the same again changes nothing.
        try set("on")
        let batch = PostgreSQLSamples.batch(1)
        try await eventually("told") { PostgreSQLSamples.kind { try store.append(batch) } == .readOnly }
        let other = PostgreSQLStore(url: server.url(of: database), use: .open)
        try await eventually("told to others") { PostgreSQLSamples.kind { try other.open() } == .readOnly }
        try set("off")
        try await eventually("added") { PostgreSQLSamples.kind { try store.append(batch) } == nil }
        #expect(try PostgreSQLSamples.everything(in: server.url(of: database)) == PostgreSQLSamples.whole([batch]))

        // A standby, until it is promoted.
        try await server.stop()
        #expect(PostgreSQLSamples.kind { try store.open() } == .unreachable)
        try await server.makeStandby()
        try await server.start()
        #expect(PostgreSQLSamples.kind { try store.open() } == .readOnly)
        try server.sql(["SELECT pg_promote()"], in: "postgres")
        try store.open()
        try store.append(PostgreSQLSamples.batch(2))
        try await server.remove()
    }
}
