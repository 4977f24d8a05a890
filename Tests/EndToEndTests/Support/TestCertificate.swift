import Foundation
import TestPrograms

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
