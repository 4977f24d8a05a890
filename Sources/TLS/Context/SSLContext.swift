import COpenSSL

/// One SSL_CTX and what its callbacks point to, kept alive together.
///
/// `@unchecked Sendable`: it is changed only before its first handshake; after that OpenSSL locks it internally
/// (reference counts and the trust store), the session cache is not used, and the callbacks' objects are Sendable.
final class SSLContext: @unchecked Sendable {
    let pointer: OpaquePointer
    private let ticketKeys: TicketKeyStore?
    private let alpn: UnsafeMutablePointer<ALPNList>?
    /// Takes over from this one where the client is a node of the cluster.
    private let nodes: SSLContext?

    /// A server's context: its certificate, ALPN protocols in order of preference, tickets, whose client
    /// certificates are required (nil: none is asked for), and the context for nodes (nil: there are none).
    init(
        serverCertificate: String, key: String, alpn: [String], clientCA: String?, ticketKeys: TicketKeyStore,
        nodes: SSLContext? = nil
    ) throws(TLSError) {
        let made = try Self.make(TLS_server_method(), options: COSSL_OP_SERVER)
        pointer = made
        self.ticketKeys = ticketKeys
        self.nodes = nodes
        self.alpn = .allocate(capacity: 1)
        self.alpn?.initialize(to: ALPNList(alpn))
        try Self.use(certificate: serverCertificate, key: key, in: made)
        cossl_session_cache_off(made)
        SSL_CTX_set_timeout(made, Int(TicketKeys.rotation.components.seconds))
        SSL_CTX_set_num_tickets(made, 1)
        SSL_CTX_set_ex_data(made, 0, Unmanaged.passUnretained(ticketKeys).toOpaque())
        cossl_set_ticket_callback(made, sealTicket)
        if !alpn.isEmpty {
            SSL_CTX_set_alpn_select_cb(made, selectProtocol, self.alpn)
        }
        if let nodes { SSL_CTX_set_client_hello_cb(made, turnToNodes, UnsafeMutableRawPointer(nodes.pointer)) }
        try requireClients(of: clientCA)
    }

    /// A client's context: whom it trusts (nil: the system's certificates), its own certificate if any, and the ALPN protocols that it offers.
    init(
        clientTrusting caFile: String?, certificate: (certificate: String, key: String)?, verify: Bool, alpn: [String]
    ) throws(TLSError) {
        let made = try Self.make(TLS_client_method(), options: COSSL_OP_CLIENT)
        pointer = made
        ticketKeys = nil
        self.alpn = nil
        nodes = nil
        if !alpn.isEmpty {
            let list = ALPNList(alpn).wire
            // Zero is success here.
            guard SSL_CTX_set_alpn_protos(made, list, UInt32(list.count)) == 0 else {
                throw .fromQueue(.library, "offering protocols")
            }
        }
        if let certificate {
            try Self.use(certificate: certificate.certificate, key: certificate.key, in: made)
        }
        if let caFile {
            guard SSL_CTX_load_verify_file(made, caFile) == 1 else {
                throw .fromQueue(.file, "loading the CA certificates", file: caFile)
            }
        } else if verify, SSL_CTX_set_default_verify_paths(made) != 1 {
            throw .fromQueue(.file, "loading the system's CA certificates")
        }
        SSL_CTX_set_verify(made, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        cossl_use_tickets_of_client(made)
        SSL_CTX_sess_set_new_cb(made, keepSession)
    }

    deinit {
        SSL_CTX_free(pointer)
        alpn?.deinitialize(count: 1)
        alpn?.deallocate()
    }

    /// When the context's own certificate ends, in Unix seconds; nil without a certificate.
    var certificateExpiry: Int64? {
        SSL_CTX_get0_certificate(pointer).flatMap(CertificateFile.expiry(ofCertificate:))
    }

    /// When it begins.
    var certificateBegin: Int64? {
        SSL_CTX_get0_certificate(pointer).flatMap(CertificateFile.begin(ofCertificate:))
    }

    private static func make(_ method: OpaquePointer?, options: UInt64) throws(TLSError) -> OpaquePointer {
        ERR_clear_error()
        guard let context = SSL_CTX_new(method) else { throw .fromQueue(.library, "making a TLS context") }
        guard cossl_context_basics(context, options) == 1 else {
            SSL_CTX_free(context)
            throw .fromQueue(.library, "setting up a TLS context")
        }
        return context
    }

    private static func use(certificate: String, key: String, in context: OpaquePointer) throws(TLSError) {
        ERR_clear_error()
        guard SSL_CTX_use_certificate_chain_file(context, certificate) == 1 else {
            throw .fromQueue(.file, "loading the certificate", file: certificate)
        }
        guard SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(context) == 1
        else {
            throw .fromQueue(.file, "loading the private key", file: key)
        }
    }

    /// Sessions are bound to the CA file's content: a ticket given under another one means a full handshake.
    private func requireClients(of caFile: String?) throws(TLSError) {
        var identity = SHA256.hash(Array("smppost".utf8))
        if let caFile {
            ERR_clear_error()
            guard SSL_CTX_load_verify_file(pointer, caFile) == 1, let names = SSL_load_client_CA_file(caFile) else {
                throw .fromQueue(.file, "loading the client CA certificates", file: caFile)
            }
            SSL_CTX_set_client_CA_list(pointer, names)
            SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
            identity = SHA256.hash(try CertificateFile.bytes(of: caFile))
        }
        SSL_CTX_set_session_id_context(pointer, identity, UInt32(identity.count))
    }
}

/// The server's ALPN protocols as OpenSSL compares them: each with its length in front.
private struct ALPNList {
    let wire: [UInt8]

    init(_ names: [String]) {
        wire = names.flatMap { [UInt8(clamping: $0.utf8.count)] + $0.utf8.prefix(255) }
    }
}

/// ALPN: the first of ours that the client offers, or the fatal alert no_application_protocol (RFC 7301 §3.2).
private func selectProtocol(
    _: OpaquePointer?, chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, length: UnsafeMutablePointer<UInt8>?,
    offered: UnsafePointer<UInt8>?, offeredSize: UInt32, list: UnsafeMutableRawPointer?
) -> Int32 {
    guard let list, let chosen else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    let ours = list.assumingMemoryBound(to: ALPNList.self).pointee.wire
    var selected: UnsafeMutablePointer<UInt8>?
    let found = ours.withUnsafeBufferPointer {
        SSL_select_next_proto(&selected, length, $0.baseAddress, UInt32($0.count), offered, offeredSize)
    }
    guard found == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    chosen.pointee = UnsafePointer(selected)
    return SSL_TLSEXT_ERR_OK
}

/// Turns a connection to the context for nodes, where the client asks for that by ALPN. Before anything of the handshake is decided: certificate,
/// trust, tickets (a session is bound to the authority that it was begun under) and protocol are that context's then.
private func turnToNodes(_ ssl: OpaquePointer?, _: UnsafeMutablePointer<Int32>?, nodes: UnsafeMutableRawPointer?)
    -> Int32
{
    var bytes: UnsafePointer<UInt8>?
    var count = 0
    let kind = UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation)
    guard SSL_client_hello_get0_ext(ssl, kind, &bytes, &count) == 1, let bytes,
        names(NodeCertificates.alpn, in: UnsafeBufferPointer(start: bytes, count: count))
    else { return SSL_CLIENT_HELLO_SUCCESS }
    guard let nodes, SSL_set_SSL_CTX(ssl, OpaquePointer(nodes)) != nil else { return SSL_CLIENT_HELLO_ERROR }
    // Not taken over with the context.
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    return SSL_CLIENT_HELLO_SUCCESS
}

/// Whether the extension (RFC 7301 §3.1: its length in two octets, then each name behind its own) has this name.
private func names(_ name: String, in list: UnsafeBufferPointer<UInt8>) -> Bool {
    var start = 2
    while start < list.count {
        let end = start + 1 + Int(list[start])
        guard end <= list.count else { return false }
        if list[(start + 1)..<end].elementsEqual(name.utf8) { return true }
        start = end
    }
    return false
}

/// A client's new session: its connection's slot keeps a copy, and so OpenSSL keeps its own.
private func keepSession(_ ssl: OpaquePointer?, session: OpaquePointer?) -> Int32 {
    if let session, let slot = SSL_get_ex_data(ssl, 0) {
        Unmanaged<TLSSessionSlot>.fromOpaque(slot).takeUnretainedValue().keep(session)
    }
    return 0
}
