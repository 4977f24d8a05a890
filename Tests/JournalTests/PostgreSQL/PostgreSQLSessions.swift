import CPostgreSQL
import TestPrograms

@testable import Journal

/// Databases and sessions of a test's own.
extension PostgreSQLServer {
    /// An empty database's name.
    func makeDatabase() throws -> String {
        let name = Self.newName
        try sql(["CREATE DATABASE \(name)"], in: "postgres")
        return name
    }

    /// Runs commands outside of any store.
    ///
    /// - Returns: the first field of each row of the last command.
    @discardableResult
    func sql(_ commands: [String], in database: String) throws -> [String] {
        let session = try session(in: database)
        var fields: [String] = []
        for command in commands {
            fields = []
            try session.run([.sql(command)], within: .seconds(20)) { _, rows in
                fields = (0..<rows.count).map { rows.text($0, 0) }
            }
        }
        return fields
    }

    /// As an administrator does it.
    func endSessions(of database: String) throws {
        try sql(
            ["SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database)'"], in: "postgres")
    }

    /// A session of the test's own.
    func session(in database: String) throws -> PostgreSQLConnection {
        try PostgreSQLConnection(url: url(of: database), bounds: .init())
    }
}
