/// How near a certificate is to its end.
package enum CertificateStage: Hashable, Sendable {
    case valid
    /// It ends within `notice`.
    case endsSoon
    case ended

    /// So long before its end a certificate is told of, in seconds; the alert `SmppostCertificateEndsSoon` has the same.
    package static let notice: Int64 = 14 * 86_400

    /// - Parameters:
    ///   - expiry: when it ends, in Unix seconds; 0 = nobody knows, and nothing is told of it.
    ///   - now: the time, in Unix seconds.
    package init(expiry: Int64, now: Int64) {
        self = expiry == 0 || expiry - now > Self.notice ? .valid : expiry <= now ? .ended : .endsSoon
    }

    /// Whole days between a certificate's end and `now`, before or after it; part of a day counts as one.
    package static func days(from now: Int64, to expiry: Int64) -> Int64 { (abs(expiry - now) + 86_399) / 86_400 }
}
