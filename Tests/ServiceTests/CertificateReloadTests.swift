import Foundation
import Logging
import Synchronization
import TLS
import TestPrograms
import Testing

@testable import Service

/// A certificate that is renewed while the service runs, as certbot does it: new files, and a link that names them.
@Suite struct CertificateReloadTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func issue(_ number: Int, days: Int) throws {
        let made = try SelfSignedCertificate.make(commonName: "h", subjectAltNames: ["h"], days: days)
        for (name, text) in [("fullchain", made.certificatePEM), ("privkey", made.keyPEM)] {
            try folder.write(text, to: "archive/\(name)\(number).pem")
            let link = folder.file("\(name).pem")
            try? FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: folder.file("archive/\(name)\(number).pem"))
        }
    }

    @Test func aRenewalIsTakenWithoutARestart() throws {
        defer { folder.remove() }
        let log = Log()
        let logger = Logger(label: "test") { _ in Lines(log: log) }
        try issue(1, days: 30)
        let context = try TLSServerContext(
            certificateFile: folder.file("fullchain.pem"), keyFile: folder.file("privkey.pem"))
        let first = context.certificateExpiry
        #expect(context.reload(of: "intake", logger: logger) == nil && log.all.isEmpty)
        try issue(2, days: 90)
        #expect(context.reload(of: "intake", logger: logger) == nil)
        #expect(context.certificateExpiry > first + 50 * 86_400)
        #expect(log.all == ["notice the intake's certificate was read anew"])
        // A renewal that went wrong: the old one stays.
        try folder.write("nonsense", to: "archive/fullchain2.pem")
        #expect(context.reload(of: "intake", logger: logger) != nil)
        #expect(context.certificateExpiry > first)
        #expect(log.all.last?.hasPrefix("error ") == true)
    }

    /// The next start would refuse it.
    @Test func anExpiredOneIsTold() throws {
        defer { folder.remove() }
        let log = Log()
        let logger = Logger(label: "test") { _ in Lines(log: log) }
        try issue(1, days: 1)
        let context = try TLSServerContext(
            certificateFile: folder.file("fullchain.pem"), keyFile: folder.file("privkey.pem"))
        try issue(2, days: 1)
        context.reload(of: "intake", now: Date.now + 2 * 86_400, logger: logger)
        #expect(log.all.last?.contains("has expired") == true)
    }

    private final class Log: Sendable {
        let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }
    }

    private struct Lines: LogHandler {
        let log: Log
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.info

        init(log: Log) {
            self.log = log
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.lines.withLock { $0.append("\(event.level) \(event.message)") }
        }
    }
}
