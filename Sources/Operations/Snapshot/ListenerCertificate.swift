import TLS

/// The certificate that a listener of ours shows.
package struct ListenerCertificate: Hashable, Sendable {
    /// Whose it is.
    package enum Listener: String, Hashable, Sendable, CaseIterable {
        case intake, monitor
    }

    /// Why new files are not taken.
    package enum Refusal: Hashable, Sendable, CaseIterable {
        case expired, notYetValid
        /// Certificate and key are not one pair.
        case keyMismatch
        /// There is none, or none that can be read.
        case unusable
    }

    /// When it ends, in Unix seconds; 0 = nobody knows.
    package var expiry: Int64
    package var file: String
    /// nil = what the files hold is in use.
    package var refused: Refusal?

    package init(expiry: Int64, file: String, refused: Refusal? = nil) {
        self.expiry = expiry
        self.file = file
        self.refused = refused
    }

    init(_ context: TLSServerContext) {
        self.init(
            expiry: context.certificateExpiry, file: context.certificateFile,
            refused: context.refused.map { error in
                switch error.fault {
                case .expired: .expired
                case .notYetValid: .notYetValid
                case .keyMismatch: .keyMismatch
                default: .unusable
                }
            })
    }
}
