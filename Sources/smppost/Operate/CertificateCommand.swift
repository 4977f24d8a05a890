import ArgumentParser
import Foundation
import Settings
import TLS

struct CertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Make a certificate that is signed by itself, where there is none yet.",
        discussion: """
            Writes tls/server.crt and tls/server.key, where smppost.yaml looks for them (in the folder of $SMPPOST_CONFIG, ./config or \
            /etc/smppost), and never over files that are there. For trying things out, or behind a proxy that has the real one: PlanFix wants a certificate of a public authority.

            Exit codes: 0 done, 1 the files are there or cannot be written, 64 usage.
            """)

    @Option(help: "The host's name or address that clients use.")
    var selfSigned: String

    @Option(help: "Where the certificate goes.")
    var certificate: String?

    @Option(help: "Where its key goes, mode 600.")
    var key: String?

    @Option(help: "How long it is good, in days: 1 to 36500.")
    var days = 365

    func run() throws {
        do {
            let folder = ConfigurationPlace(
                config: nil, carriers: nil, environment: ProcessInfo.processInfo.environment
            ).config
            let certificate = certificate ?? folder + "/tls/server.crt"
            let key = key ?? folder + "/tls/server.key"
            for file in [certificate, key] where FileManager.default.fileExists(atPath: file) {
                throw CertificateProblem(description: "\(file) is there already")
            }
            let made = try SelfSignedCertificate.make(
                commonName: String(selfSigned.prefix(64)), subjectAltNames: [selfSigned], days: days)
            try Self.write(made.keyPEM, to: key, mode: 0o600)
            try Self.write(made.certificatePEM, to: certificate, mode: 0o644)
            Console.say("\(certificate)\n\(key)")
        } catch {
            Console.error("\(error)")
            throw ExitCode.failure
        }
    }

    private static func write(_ text: String, to file: String, mode: Int) throws {
        let folder = (file as NSString).deletingLastPathComponent
        if !folder.isEmpty {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        else { throw CertificateProblem(description: "\(file) cannot be written") }
    }
}

private struct CertificateProblem: Error, CustomStringConvertible {
    let description: String
}
