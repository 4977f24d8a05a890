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

/// A database that a journal may be in.
enum JournalKind: String, CaseIterable {
    case sqlite, postgresql

    /// Those that are there.
    static let there = PostgreSQLServer.isThere ? allCases : [.sqlite]

    /// Of a new, empty database.
    func url() async throws -> String {
        guard self == .postgresql else { return BridgeSetup.ownJournal }
        let server = try await PostgreSQLServer.shared()
        return server.url(of: try await server.newDatabase())
    }
}

/// The database that the ledger's tests try: `SMPPOST_JOURNAL` is `sqlite` (default) or `postgresql`.
enum TriedJournal {
    private static let kind =
        ProcessInfo.processInfo.environment["SMPPOST_JOURNAL"].flatMap(JournalKind.init) ?? .sqlite

    /// Of a new, empty database.
    static func url() async throws -> String { try await kind.url() }
}

/// How often a journal's troubles come: as often as is good in each run, or as `SMPPOST_CRASHES` says.
enum JournalTrouble {
    private static let asked = ProcessInfo.processInfo.environment["SMPPOST_CRASHES"].flatMap(Int.init)

    /// - Parameter share: of the asked ones; for what takes long.
    static func times(_ usual: Int, share: Int = 1) -> Int { asked.map { max(1, $0 / share) } ?? usual }
}

extension PostgreSQLServer {
    /// An empty database's name.
    ///
    /// - Parameter folder: where its files are; nil = with the others.
    func newDatabase(in folder: String? = nil) async throws -> String {
        let name = Self.newName
        var place = ""
        if let folder {
            _ = try await psql("CREATE TABLESPACE \(name) LOCATION '\(folder)'", in: "postgres")
            place = " TABLESPACE \(name)"
        }
        _ = try await psql("CREATE DATABASE \(name)\(place)", in: "postgres")
        return name
    }
}
