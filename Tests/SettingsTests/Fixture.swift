import Foundation
import TLS

@testable import Settings

/// A configuration in a directory of its own, valid until a test changes it; removed with the value.
final class Fixture {
    /// The directory, without a slash at its end.
    let root: String

    /// The files that are there at the beginning, by path.
    static let valid: [String: String] = [
        "config/smppost.yaml": """
        intake:
          listen: ["127.0.0.1:8443"]
          tls: { certificate: server.crt, key: server.key }
        """,
        "config/accounts.yaml": """
        accounts:
          - name: acme
            login: acme
            password: "\(hash)"
            senders: [ACME, "Acme Shop"]
            default_sender: ACME
            carriers: [main]
            country: RU
        """,
        "carriers/main.yaml": """
        hosts: ["smsc.example.net:2775"]
        system_id: acme
        password: "passw rd"
        """,
    ]

    /// A hash of some password, cheap.
    static let hash = ScryptHash.make(password: "pass word", logN: 10).description
    /// A pair for one year.
    static let certificate = try? SelfSignedCertificate.make(
        commonName: "localhost", subjectAltNames: ["localhost"], days: 365)

    init(_ files: [String: String] = [:]) throws {
        root = NSTemporaryDirectory() + "smppost-settings-" + UUID().uuidString
        for (path, text) in Self.valid.merging(files, uniquingKeysWith: { $1 }) { try write(path, text) }
        try write("config/server.crt", Self.certificate?.certificatePEM ?? "")
        try write("config/server.key", Self.certificate?.keyPEM ?? "", mode: 0o600)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    func write(_ path: String, _ text: String, mode: Int = 0o600) throws {
        try write(path, Array(text.utf8), mode: mode)
    }

    func write(_ path: String, _ bytes: [UInt8], mode: Int = 0o600) throws {
        let url = URL(fileURLWithPath: "\(root)/\(path)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
    }

    func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: "\(root)/\(path)")
    }

    /// Loads everything; `now` is in Unix seconds.
    func load(environment: [String: String] = [:], now: Int64? = nil, log: ProblemLog = ProblemLog())
        throws(ConfigurationProblems) -> Settings
    {
        let now = now ?? Int64(Date().timeIntervalSince1970)
        return try Settings.load(
            configDirectory: "\(root)/config", carriersDirectory: "\(root)/carriers",
            context: LoadContext(environment: environment, now: now, log: log))
    }

    /// The problems of a load, one a line, relative to the directory.
    func problems(environment: [String: String] = [:], now: Int64? = nil) -> [String] {
        do throws(ConfigurationProblems) {
            _ = try load(environment: environment, now: now)
            return []
        } catch {
            return error.problems.map(relative)
        }
    }

    /// The warnings of a load, whether it succeeds or not.
    func warnings(now: Int64? = nil) -> [String] {
        do throws(ConfigurationProblems) {
            return try load(now: now).warnings.map(doubt)
        } catch {
            return error.warnings.map(doubt)
        }
    }

    /// Without the word that each warning has.
    private func doubt(_ problem: ConfigurationProblem) -> String {
        relative(problem).replacingOccurrences(of: ": warning: ", with: ": ")
    }

    private func relative(_ problem: ConfigurationProblem) -> String {
        problem.description.replacingOccurrences(of: root + "/", with: "")
    }
}
