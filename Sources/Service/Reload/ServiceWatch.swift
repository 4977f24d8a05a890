import Foundation
import Logging
import ServiceLifecycle
import TLS

/// Looks every ten seconds after what changes beside the configuration: our own certificates, the lists of blocked numbers, and what
/// quotas have to learn from the journal. Off the event loops.
struct ServiceWatch {
    /// Each with the name of the listener that shows it.
    let certificates: [(name: String, context: TLSServerContext)]
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
            var certificateProblems: [String: String] = [:]
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.every)
                for (name, context) in certificates {
                    certificateProblems[name] = context.reload(
                        of: name, told: certificateProblems[name], logger: logger)
                }
                await reloader.readBlockedAnew()
                quotaProblem = await quotas.learn(told: quotaProblem)
            }
        }
    }
}

extension TLSServerContext {
    /// Reads a listener's certificate anew where its files changed, and logs it; a broken one is logged and not taken.
    ///
    /// - Parameters:
    ///   - listener: its name.
    ///   - told: the problem that was logged last; the same one is not logged again.
    /// - Returns: the problem now; nil where there is none.
    @discardableResult
    func reload(of listener: String, told: String? = nil, now: Date = .now, logger: Logger) -> String? {
        do {
            guard try reloadIfChanged() else { return nil }
            logger.notice("the \(listener)'s certificate was read anew")
            if certificateExpiry > 0, Double(certificateExpiry) <= now.timeIntervalSince1970 {
                logger.error(
                    "the \(listener)'s new certificate has expired: clients refuse it, and the next start will too")
            }
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
