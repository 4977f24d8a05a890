import Foundation
import TestPrograms
import Testing

/// `smppost certificate`.
@Suite struct CertificateTests {
    @Test func oneIsMadeWhereNoneIs() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let files = (certificate: folder.file("tls/a.crt"), key: folder.file("tls/a.key"))
        let arguments = [
            "certificate", "--self-signed", "sms.example.net", "--certificate", files.certificate, "--key", files.key,
        ]
        let made = try await run(Repository.smppost, arguments)
        #expect(made.exitCode == 0, "\(made.everything)")
        let told = try await run(
            "openssl", ["x509", "-in", files.certificate, "-noout", "-text", "-checkhost", "sms.example.net"])
        #expect(told.everything.contains("does match certificate"))
        let mode = try FileManager.default.attributesOfItem(atPath: files.key)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let again = try await run(Repository.smppost, arguments)
        #expect(again.exitCode == 1 && again.standardError.contains("is there already"))
        let wrong = try await run(
            Repository.smppost, Array(arguments.dropLast(4)) + ["--days", "0", "--key", folder.file("x")])
        #expect(wrong.exitCode == 1)
    }
}
