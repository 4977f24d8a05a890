import Foundation
import TestPrograms
import Testing

/// The journal in PostgreSQL while that is stopped, killed, started and failed over under load.
@Suite(.enabled(if: PostgreSQLServer.isThere), .timeLimit(.minutes(10))) struct PostgreSQLJournalTests {
    /// Nothing is sent twice, nothing is accepted that the database does not have, and the bridge goes on by itself.
    @Test func stoppedUnderLoadLosesNothing() async throws {
        let server = try await PostgreSQLServer()
        let database = try await server.newDatabase()
        try await PlanFixClients.post(journal: server.url(of: database)) { bridge, smsc in
            for round in 0..<JournalTrouble.times(4) {
                try await (round.isMultiple(of: 2) ? server.stop() : server.crash())
                try await expectRefused(bridge, "\(round)")
                try await server.start()
                try await bridge.awaitReady()
                try await smsc.goOn()
            }
        }
        try await server.remove()
    }

    /// The primary is killed and its synchronous standby takes its place. The URL names both; the server says what a commit
    /// waits for.
    @Test func failedOverToAStandbyLosesNothing() async throws {
        var primary = try await PostgreSQLServer()
        let database = try await primary.newDatabase()
        var standby = try await PostgreSQLServer(standbyOf: primary)
        let url = PostgreSQLServer.url(of: database, at: [primary, standby])
        try await PlanFixClients.post(journal: url) { bridge, smsc in
            for round in 0..<JournalTrouble.times(2, share: 5) {
                try await primary.crash()
                try await expectRefused(bridge, "\(round)")
                try await standby.promote()
                try await bridge.awaitReady()
                try await smsc.goOn()
                (primary, standby) = (standby, primary)
                try await standby.makeStandby(of: primary)
            }
        }
        for server in [primary, standby] { try await server.remove() }
    }

    /// A message is refused, truly.
    private func expectRefused(_ bridge: Bridge, _ text: String) async throws {
        try await eventually("noticed") { try await bridge.monitor("/readyz").status == 503 }
        let key = try await TestSecrets.shared().key
        let refused = try await bridge.post(.keyed(key, text: text), headers: ["Accept: application/json"])
        #expect(refused.status == 503)
        #expect(refused.outcome == "not-sent")
        #expect(try refused.json().error == "no_journal")
    }
}
