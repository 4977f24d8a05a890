import Foundation
import Logging
import ServiceLifecycle
import TLS

/// Looks every ten seconds after what changes beside the configuration: our own certificates, the lists of blocked numbers, and what
/// quotas have to learn from the journal. Off the event loops.
struct ServiceWatch {
    let certificates: [CertificateWatch]
    let reloader: Reloader
    let quotas: QuotaRestart
    let logger: Logger
    private static let every = Duration.seconds(10)

    /// Returns when the service shuts down.
    ///
    /// - Parameter told: what is wrong with what quotas have to learn, as it was logged.
    func run(quotaProblem told: String?) async {
        await cancelWhenGracefulShutdown {
            var quotaProblem = told
            var certificates = certificates
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.every)
                let now = Int64(Date.now.timeIntervalSince1970)
                for place in certificates.indices { certificates[place].look(now: now, logger: logger) }
                await reloader.readBlockedAnew()
                quotaProblem = await quotas.learn(told: quotaProblem)
            }
        }
    }
}

/// A listener's certificate, and what the log was told of it, so that each is told once.
struct CertificateWatch {
    /// Its name.
    let listener: String
    let context: TLSServerContext
    /// Why its files are not taken.
    private var problem: String?
    private var stage: CertificateStage

    /// - Parameter now: the time, in Unix seconds. What is so now was told by the check before the start.
    init(of listener: String, _ context: TLSServerContext, now: Int64) {
        self.listener = listener
        self.context = context
        stage = CertificateStage(expiry: context.certificateExpiry, now: now)
    }

    /// Takes new files, and tells of what has become different.
    mutating func look(now: Int64, logger: Logger) {
        problem = context.reload(of: listener, told: problem, now: now, logger: logger)
        let expiry = context.certificateExpiry
        let stage = CertificateStage(expiry: expiry, now: now)
        defer { self.stage = stage }
        guard stage != self.stage, stage != .valid else { return }
        let words =
            stage == .ended
            ? "the \(listener)'s certificate has expired: clients refuse it, and so would the next start"
            : "the \(listener)'s certificate ends soon"
        logger.warning(
            "\(words)",
            metadata: ["days": "\(CertificateStage.days(from: now, to: expiry))", "file": "\(context.certificateFile)"])
    }
}

extension TLSServerContext {
    /// Reads a listener's certificate anew where its files changed, and logs it; a broken one is logged and not taken.
    ///
    /// - Parameters:
    ///   - listener: its name.
    ///   - told: the problem that was logged last; the same one is not logged again.
    ///   - now: the time, in Unix seconds.
    /// - Returns: the problem now; nil where there is none.
    @discardableResult
    func reload(of listener: String, told: String? = nil, now: Int64, logger: Logger) -> String? {
        do {
            if try reloadIfChanged(now: now) { logger.notice("the \(listener)'s certificate was read anew") }
            return nil
        } catch {
            let problem = "\(error)"
            if problem != told {
                logger.error(
                    "the \(listener)'s new certificate is refused, the old one stays", metadata: ["error": "\(problem)"]
                )
            }
            return problem
        }
    }
}
