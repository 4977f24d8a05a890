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

    /// Of what was issued.
    private func context() throws -> TLSServerContext {
        try TLSServerContext(certificateFile: folder.file("fullchain.pem"), keyFile: folder.file("privkey.pem"))
    }

    @Test func aRenewalIsTakenWithoutARestart() throws {
        defer { folder.remove() }
        let log = Log()
        let logger = Logger(label: "test") { _ in Lines(log: log) }
        try issue(1, days: 30)
        let context = try context()
        let first = context.certificateExpiry
        #expect(context.reload(of: "intake", now: Self.now, logger: logger) == nil && log.all.isEmpty)
        try issue(2, days: 90)
        #expect(context.reload(of: "intake", now: Self.now, logger: logger) == nil)
        #expect(context.certificateExpiry > first + 50 * 86_400)
        #expect(log.all == ["notice the intake's certificate was read anew"])
        // A renewal that went wrong: the old one stays.
        try folder.write("nonsense", to: "archive/fullchain2.pem")
        #expect(context.reload(of: "intake", now: Self.now, logger: logger) != nil)
        #expect(context.certificateExpiry > first)
        #expect(log.all.last?.hasPrefix("error ") == true)
    }

    /// Each is told once, and what the check before the start has told is not told again.
    @Test func theEndOfOneInUseIsTold() throws {
        defer { folder.remove() }
        let log = Log()
        let logger = Logger(label: "test") { _ in Lines(log: log) }
        try issue(1, days: 30)
        let context = try context()
        var watch = CertificateWatch(of: "intake", context, now: Self.now)
        let day: Int64 = 86_400
        for days in [1, 17, 18, 29, 29, 31, 32] { watch.look(now: Self.now + Int64(days) * day, logger: logger) }
        #expect(
            log.all == [
                "warning the intake's certificate ends soon",
                "warning the intake's certificate has expired: clients refuse it, and so would the next start",
            ])
        try issue(2, days: 90)
        watch.look(now: Self.now + 33 * day, logger: logger)
        #expect(log.all.last == "notice the intake's certificate was read anew")
        watch.look(now: Self.now + 80 * day, logger: logger)
        #expect(log.all.count == 4 && log.all.last == "warning the intake's certificate ends soon")
        var late = CertificateWatch(of: "intake", context, now: Self.now + 80 * day)
        late.look(now: Self.now + 81 * day, logger: logger)
        #expect(log.all.count == 4)
    }

    /// What is in use is accepted by clients; the new one would not be.
    @Test func anExpiredOneDoesNotReplaceAGoodOne() throws {
        defer { folder.remove() }
        let log = Log()
        let logger = Logger(label: "test") { _ in Lines(log: log) }
        try issue(1, days: 30)
        let context = try context()
        let expiry = context.certificateExpiry
        try issue(2, days: 1)
        var watch = CertificateWatch(of: "monitor", context, now: Self.now)
        for seconds: Int64 in [0, 10, 20] { watch.look(now: Self.now + 2 * 86_400 + seconds, logger: logger) }
        #expect(log.all == ["error the monitor's new certificate is refused, the old one stays"])
        #expect(context.certificateExpiry == expiry && context.refused?.fault == .expired)
    }

    private static let now = Int64(Date.now.timeIntervalSince1970)

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
