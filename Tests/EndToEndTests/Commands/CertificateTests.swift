import Foundation
import TestPrograms
import Testing

/// `smppost certificate`.
@Suite struct CertificateTests {
    /// A renewal that went wrong: clients go on with the old one, and whoever asks is told.
    @Test func anExpiredOneDoesNotReplaceAGoodOne() async throws {
        let good = try await TestCertificate.shared()
        let setup = BridgeSetup(carriers: [CarrierSetup(port: try Ports.free())])
        let bridge = try await Bridge.start(setup) { folder in
            for (file, name) in [(good.certificate, "a.crt"), (good.key, "a.key")] {
                try FileManager.default.copyItem(atPath: file, toPath: folder.file("config/\(name)"))
            }
            let yaml = try String(contentsOfFile: folder.file("config/smppost.yaml"), encoding: .utf8)
            try folder.write(
                yaml.replacing(good.certificate, with: "a.crt").replacing(good.key, with: "a.key"),
                to: "config/smppost.yaml")
        }
        defer { bridge.discard() }
        try bridge.folder.write(ExpiredCertificate.certificate, to: "config/a.crt")
        try bridge.folder.write(ExpiredCertificate.key, to: "config/a.key")
        try await bridge.process.waitForOutput(containing: "the intake's new certificate is refused, the old one stays")
        let check = try await run(
            Repository.smppost, ["binds", "--check", "--config", bridge.folder.file("config"), "--language", "ru"])
        #expect(check.standardOutput.contains("WARNING: новый сертификат приёма не принят, действует прежний; "))
        #expect(check.standardOutput.contains("a.crt (intake.tls.certificate) истёк"), "\(check.everything)")
        #expect(try await bridge.post(.message()).status == 503, "no carrier is there, but TLS is as it was")
    }

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
