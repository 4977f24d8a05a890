/// Fired by `TLSHandler` as a user inbound event once the handshake is done, before any plaintext.
package struct TLSHandshakeCompleted: Hashable, Sendable {
    /// `TLSv1.2` or `TLSv1.3`.
    package var version: String
    /// The cipher's OpenSSL name: `TLS_AES_128_GCM_SHA256`.
    package var cipher: String
    /// The protocol ALPN chose, or nil where the client offered none.
    package var alpn: String?
    /// Whether an earlier session was resumed.
    package var resumed: Bool
    /// When the peer's certificate ends, in Unix seconds; nil where it sent none.
    package var peerCertificateExpiry: Int64?
    /// Whose certificate the peer's is, and who signed it; nil where it sent none.
    package var peerNames: CertificateParties?

    /// Memberwise.
    package init(
        version: String, cipher: String, alpn: String?, resumed: Bool, peerCertificateExpiry: Int64? = nil,
        peerNames: CertificateParties? = nil
    ) {
        self.version = version
        self.cipher = cipher
        self.alpn = alpn
        self.resumed = resumed
        self.peerCertificateExpiry = peerCertificateExpiry
        self.peerNames = peerNames
    }
}

/// Whom a certificate names, as distinguished names (RFC 4514) of printable ASCII, at most 256 characters each.
package struct CertificateParties: Hashable, Sendable {
    package var subject: String
    package var issuer: String

    package init(subject: String, issuer: String) {
        self.subject = subject
        self.issuer = issuer
    }
}
