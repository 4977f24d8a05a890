import COpenSSL

/// What a client's TLS connections share: whom to trust, its own certificate, and the sessions to resume. TLS 1.2 and
/// 1.3, ECDHE with AEAD ciphers only. Used from any thread.
package final class TLSClientContext: Sendable {
    private let reloadable: ReloadableContext
    /// Whether the server's certificate is verified.
    let verifiesPeer: Bool
    /// The last session of each server.
    let sessions = TLSSessionStore()

    /// - Parameters:
    ///   - caFile: PEM; the only certificates trusted. Nil: those of the system.
    ///   - certificateFile: PEM, the client's certificate first, then its chain; nil: it has none.
    ///   - keyFile: PEM, not encrypted; nil: it is in the certificate's file.
    ///   - verifyPeer: false accepts any server. Only for tests and peers whose certificate cannot be mended.
    ///   - alpn: protocols that are offered, each 1 to 255 octets; empty: none.
    package init(
        caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, verifyPeer: Bool = true,
        alpn: [String] = []
    ) throws(TLSError) {
        if certificateFile == nil, let keyFile {
            throw TLSError(.file, "loading the private key", file: keyFile, reason: "there is no certificate to it")
        }
        verifiesPeer = verifyPeer
        let files = [caFile, certificateFile, keyFile].compactMap(\.self)
        reloadable = try ReloadableContext(files: files) { () throws(TLSError) in
            try SSLContext(
                clientTrusting: caFile, certificate: certificateFile.map { ($0, keyFile ?? $0) }, verify: verifyPeer,
                alpn: alpn)
        }
    }

    /// A node of a cluster as the client of another one.
    package convenience init(_ nodes: NodeCertificates) throws(TLSError) {
        try self.init(
            caFile: nodes.caFile, certificateFile: nodes.certificateFile, keyFile: nodes.keyFile,
            alpn: [NodeCertificates.alpn])
    }

    /// As `TLSServerContext.reloadIfChanged`; sessions begun under other files are not resumed.
    package func reloadIfChanged() throws(TLSError) -> Bool {
        guard try reloadable.reloadIfChanged() else { return false }
        sessions.removeAll()
        return true
    }

    /// The context for a new handshake.
    var current: SSLContext {
        reloadable.current
    }
}
