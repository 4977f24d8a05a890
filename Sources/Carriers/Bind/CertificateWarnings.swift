import Synchronization
import TLS

/// When to warn that a carrier's certificate ends soon. Shared by the carrier's binds; asked rarely.
final class CertificateWarnings: Sendable {
    private static let day: Int64 = 86_400

    /// Unix seconds of the last warning.
    private let warnedAt = Mutex<Int64?>(nil)

    /// Whether to warn now: once a day.
    ///
    /// - Parameters:
    ///   - expiry: when the certificate ends, in Unix seconds.
    ///   - now: the time, in Unix seconds.
    /// - Returns: how many whole days are left, negative once it has ended; nil = nothing to warn of.
    func daysToWarn(expiry: Int64, now: Int64) -> Int64? {
        guard CertificateStage(expiry: expiry, now: now) != .valid else { return nil }
        let isDue = warnedAt.withLock { last in
            if let last, now - last < Self.day { return false }
            last = now
            return true
        }
        guard isDue else { return nil }
        let left = expiry - now
        return left < 0 ? (left - Self.day + 1) / Self.day : left / Self.day
    }
}
