import COpenSSL

/// What a server's TLS connections share: certificate, key, ALPN, ticket keys, and whose client certificates it wants.
/// TLS 1.2 and 1.3, ECDHE with AEAD ciphers only. Used from any thread.
package final class TLSServerContext: Sendable {
    private let reloadable: ReloadableContext
    /// PEM, the server's certificate first.
    package let certificateFile: String
    /// The keys of this server's tickets; they outlive reloads.
    let ticketKeys: TicketKeyStore

    /// - Parameters:
    ///   - certificateFile: PEM, the server's certificate first, then its chain.
    ///   - keyFile: PEM, not encrypted.
    ///   - alpn: protocols in order of preference, each 1 to 255 octets; empty: ALPN is not answered. A client that
    ///     offers only others is refused by a no_application_protocol alert; one that offers none is served.
    ///   - clientCAFile: PEM; where given, a client must show a certificate issued under it.
    ///   - nodes: for clients that offer `NodeCertificates.alpn`; nil: there are none, and they are refused as of other protocols.
    package init(
        certificateFile: String, keyFile: String, alpn: [String] = ["http/1.1"], clientCAFile: String? = nil,
        nodes: NodeCertificates? = nil
    ) throws(TLSError) {
        let keys = TicketKeyStore()
        ticketKeys = keys
        self.certificateFile = certificateFile
        let files = [certificateFile, keyFile] + (clientCAFile.map { [$0] } ?? []) + (nodes?.files ?? [])
        reloadable = try ReloadableContext(files: files) { () throws(TLSError) in
            var ofNodes: SSLContext?
            if let nodes {
                ofNodes = try SSLContext(
                    serverCertificate: nodes.certificateFile, key: nodes.keyFile, alpn: [NodeCertificates.alpn],
                    clientCA: nodes.caFile, ticketKeys: keys)
            }
            return try SSLContext(
                serverCertificate: certificateFile, key: keyFile, alpn: alpn, clientCA: clientCAFile,
                ticketKeys: keys, nodes: ofNodes)
        }
    }

    /// Reads the files again if one of them changed (by modification or change time, inode or size); new handshakes
    /// then use them. Reads files: not for an event loop.
    /// - Parameter now: the time, in Unix seconds.
    /// - Returns: whether they were read again.
    /// - Throws: while they cannot be used, or their certificate has ended or begins later, at each call; the old ones stay in use.
    package func reloadIfChanged(now: Int64) throws(TLSError) -> Bool {
        try reloadable.reloadIfChanged { context throws(TLSError) in
            func refusal(_ reason: String, _ fault: TLSFault) -> TLSError {
                TLSError(.file, "loading the certificate", file: certificateFile, reason: reason, fault: fault)
            }
            if let expiry = context.certificateExpiry, expiry <= now { throw refusal("it has expired", .expired) }
            if let begin = context.certificateBegin, begin > now {
                throw refusal("it is not valid yet", .notYetValid)
            }
        }
    }

    /// Why what the files hold now was not taken when they were looked at last; nil: they are in use.
    package var refused: TLSError? { reloadable.refused }

    /// When the certificate in use ends, in Unix seconds.
    package var certificateExpiry: Int64 {
        reloadable.current.certificateExpiry ?? 0
    }

    /// The context for a new handshake.
    var current: SSLContext {
        reloadable.current
    }
}
