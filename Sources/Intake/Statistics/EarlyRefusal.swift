import TLS

/// What becomes of a connection before a request of it can be answered; the raw values are stable names.
package enum EarlyRefusal: String, Sendable, Hashable, CaseIterable {
    /// A balancer's connection without a PROXY header, or with a broken one.
    case proxyHeader = "proxy_header"
}

/// Why a TLS handshake failed; the raw values are stable names.
package enum HandshakeFailure: String, Sendable, Hashable, CaseIterable {
    /// The client offers no version of ours.
    case version
    /// The client offers no cipher, group or signature of ours.
    case cipher
    /// The client does not take our certificate.
    case ourCertificate = "our_certificate"
    /// The client's certificate is missing, or not one that we take.
    case clientCertificate = "client_certificate"
    /// The client went away in the middle.
    case closed
    case timeout
    /// The bytes are not TLS.
    case notTLS = "not_tls"
    case other

    /// By what the TLS handler said. The words are OpenSSL's.
    init(_ error: TLSError) {
        switch error.kind {
        case .timeout: self = .timeout
        case .verification: self = .clientCertificate
        case .file, .handshake, .record, .truncated, .tooMuchBeforeHandshake, .library: self = Self.named(error.reason)
        }
    }

    /// What the client did, and the key of ours that it has to do with.
    var words: String {
        switch self {
        case .version: "it offers neither TLS 1.2 nor 1.3"
        case .cipher: "it offers no cipher and no signature that is taken here"
        case .ourCertificate:
            "it does not accept intake.tls.certificate: that must be the whole chain of an authority that it trusts"
        case .clientCertificate: "it shows no certificate of intake.tls.client_ca"
        case .closed: "it closed the connection in the handshake, as who does not accept intake.tls.certificate may do"
        case .timeout: "it did not end the handshake in time"
        case .notTLS: "what it sent to intake.listen is no TLS"
        case .other: "it broke the rules of TLS"
        }
    }

    private static let names: [(String, HandshakeFailure)] = [
        ("peer did not return a certificate", .clientCertificate), ("peer closed", .closed),
        ("unsupported protocol", .version), ("version too low", .version), ("protocol version", .version),
        ("no shared", .cipher), ("no suitable", .cipher), ("handshake failure", .cipher),
        ("unknown ca", .ourCertificate),
        ("alert bad certificate", .ourCertificate), ("alert certificate", .ourCertificate),
        ("wrong version number", .notTLS), ("http request", .notTLS), ("packet length", .notTLS), ("record", .notTLS),
    ]

    private static func named(_ reason: String) -> HandshakeFailure {
        names.first { reason.contains($0.0) }?.1 ?? .other
    }
}
