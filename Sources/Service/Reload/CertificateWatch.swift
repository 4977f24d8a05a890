import Foundation
import Logging
import ServiceLifecycle
import TLS

/// Reads our own certificates anew when their files change, off the event loops.
struct CertificateWatch {
    /// Each with the name of the listener that shows it.
    let contexts: [(name: String, context: TLSServerContext)]
    let logger: Logger
    private let every = Duration.seconds(10)

    init(contexts: [(name: String, context: TLSServerContext)], logger: Logger) {
        self.contexts = contexts
        self.logger = logger
    }

    /// Returns when the service shuts down.
    func run() async {
        await cancelWhenGracefulShutdown {
            var told: [String: String] = [:]
            while !Task.isCancelled {
                try? await Task.sleep(for: every)
                for (name, context) in contexts {
                    told[name] = context.reload(of: name, told: told[name], logger: logger)
                }
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
