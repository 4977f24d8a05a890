import Foundation

@testable import TLS

/// A directory of certificates that goes away with the test.
final class TestFiles: Sendable {
    let directory: String

    init() throws {
        directory = NSTemporaryDirectory() + "tls-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    func path(_ name: String) -> String {
        "\(directory)/\(name)"
    }

    /// Writes NAME.crt and NAME.key.
    @discardableResult
    func pair(
        _ name: String, names: [String] = ["localhost", "127.0.0.1"], from: Int = -3600, until: Int = 86_400
    ) throws -> (certificate: String, key: String) {
        let made = try SelfSignedCertificate.make(commonName: name, subjectAltNames: names, from: from, until: until)
        try write(made.certificatePEM, "\(name).crt")
        try write(made.keyPEM, "\(name).key")
        return (path("\(name).crt"), path("\(name).key"))
    }

    func write(_ text: String, _ name: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    func server(_ name: String = "server", clientCA: String? = nil) throws -> TLSServerContext {
        let files = try pair(name)
        return try TLSServerContext(certificateFile: files.certificate, keyFile: files.key, clientCAFile: clientCA)
    }
}
