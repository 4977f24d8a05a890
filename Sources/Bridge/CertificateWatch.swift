import Logging
import ServiceLifecycle
import TLS

/// Reads the intake's certificate anew when its files change, off the event loops.
struct CertificateWatch {
    let context: TLSServerContext
    let logger: Logger
    private let every = Duration.seconds(10)

    init(context: TLSServerContext, logger: Logger) {
        self.context = context
        self.logger = logger
    }

    /// Returns when the service shuts down.
    func run() async {
        await cancelWhenGracefulShutdown {
            var told: String?
            while !Task.isCancelled {
                try? await Task.sleep(for: every)
                told = context.reload(told: told, logger: logger)
            }
        }
    }
}

extension TLSServerContext {
    /// Reads the intake's certificate anew where its files changed, and logs it; a broken one is logged and not taken.
    ///
    /// - Parameter told: the problem that was logged last; the same one is not logged again.
    /// - Returns: the problem now; nil where there is none.
    @discardableResult
    func reload(told: String? = nil, logger: Logger) -> String? {
        do {
            if try reloadIfChanged() { logger.notice("the intake's certificate was read anew") }
            return nil
        } catch {
            let problem = "\(error)"
            if problem != told {
                logger.error(
                    "the intake's new certificate is refused, the old one stays", metadata: ["error": "\(problem)"])
            }
            return problem
        }
    }
}
