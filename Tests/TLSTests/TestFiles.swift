import Foundation
import TestPrograms

@testable import TLS

/// A directory of certificates that goes away with the test.
final class TestFiles: Sendable {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    deinit {
        folder.remove()
    }

    var directory: String { folder.path }

    func path(_ name: String) -> String { folder.file(name) }

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

extension TLSServerContext {
    /// With this machine's time.
    func reloadIfChanged() throws(TLSError) -> Bool { try reloadIfChanged(now: Int64(Date.now.timeIntervalSince1970)) }
}
