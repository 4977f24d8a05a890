import Foundation
import TestPrograms

/// A folder of a test's own, removed with it.
struct TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "smppost-e2e-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// The full path of `name` in this folder.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, with the folders above it.
    func write(_ text: String, to name: String) throws {
        let url = URL(filePath: file(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A self-signed certificate for `localhost` and 127.0.0.1, made once per test run by `openssl`.
struct TestCertificate: Sendable {
    let certificate: String
    let key: String

    private static let made = Task { try await make() }

    static func shared() async throws -> TestCertificate { try await made.value }

    private static func make() async throws -> TestCertificate {
        let name = "smppost-e2e-\(ProcessInfo.processInfo.processIdentifier)"
        let base = FileManager.default.temporaryDirectory.appending(path: name).path()
        let result = try await run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", base + ".key", "-out", base + ".crt",
            ])
        guard result.exitCode == 0 else { throw HarnessError("openssl req: \(result.everything)") }
        return TestCertificate(certificate: base + ".crt", key: base + ".key")
    }
}
