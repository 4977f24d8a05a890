import Foundation
import TestPrograms

extension BridgeSetup {
    /// A SQLite file in the bridge's own folder.
    static let ownJournal = "sqlite:../var/smppost.db"

    /// - Parameter lines: further ones under `journal`.
    init(replyWithin: String = "10s", journal url: String, _ lines: [String] = []) {
        self.init(replyWithin: replyWithin)
        self.lines = ["journal:", "  url: \"\(url)\""] + lines.map { "  " + $0 }
    }
}

/// The database that the ledger's tests try: `SMPPOST_JOURNAL` is `sqlite` (default) or `postgresql`.
enum TriedJournal {
    private static let isPostgreSQL = ProcessInfo.processInfo.environment["SMPPOST_JOURNAL"] == "postgresql"

    /// Of a new, empty database.
    static func url() async throws -> String {
        guard isPostgreSQL else { return BridgeSetup.ownJournal }
        let server = try await PostgreSQLServer.shared()
        return server.url(of: try await server.newDatabase())
    }
}

extension PostgreSQLServer {
    /// An empty database's name.
    func newDatabase() async throws -> String {
        let name = Self.newName
        _ = try await psql("CREATE DATABASE \(name)", in: "postgres")
        return name
    }
}
