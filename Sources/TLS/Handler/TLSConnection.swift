import COpenSSL
import NIOCore

/// One SSL and the wire it reads from and writes to: bytes in, bytes out, no I/O. Two pointers that its handler owns
/// and frees by `free()`, exactly once.
struct TLSConnection {
    private let ssl: OpaquePointer
    private let wire: UnsafeMutablePointer<cossl_wire>

    /// What a record may add to its plaintext: header, explicit nonce, content type and tag, rounded up.
    private static let recordOverhead = 64

    /// A connection of this context that has not begun its handshake.
    init(_ context: SSLContext) throws(TLSError) {
        let wire = UnsafeMutablePointer<cossl_wire>.allocate(capacity: 1)
        wire.initialize(to: cossl_wire())
        ERR_clear_error()
        guard let ssl = cossl_new(context.pointer, wire) else {
            wire.deallocate()
            throw .fromQueue(.library, "making a connection")
        }
        self.ssl = ssl
        self.wire = wire
    }

    /// Frees everything; the value must not be used again.
    func free() {
        SSL_free(ssl)
        cossl_wire_drop_spill(wire)
        wire.deallocate()
    }

    // MARK: Before the handshake

    /// The server's role.
    func accept() {
        SSL_set_accept_state(ssl)
    }

    /// The client's role: whom to ask for, whom to accept, and the session to resume.
    func connect(to peer: TLSPeer, slot: TLSSessionSlot) throws(TLSError) {
        SSL_set_connect_state(ssl)
        ERR_clear_error()
        switch peer {
        case .unchecked(let name):
            if let name, cossl_set_server_name(ssl, name) != 1 {
                throw .fromQueue(.library, "naming the server")
            }
        case .host(let name):
            SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            guard cossl_set_server_name(ssl, name) == 1, SSL_set1_host(ssl, name) == 1 else {
                throw .fromQueue(.library, "naming the server")
            }
        case .address(let address):
            guard X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), address) == 1 else {
                throw .fromQueue(.library, "naming the server's address")
            }
        }
        SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(slot).toOpaque())
        slot.resume(ssl)
    }

    // MARK: The handshake

    /// Where the handshake stands.
    enum Progress {
        case done, wantsInput
        case failed(TLSError)
    }

    /// Runs the handshake over `input`, which is used up unless it ends earlier; what to send is appended to `output`.
    func handshake(_ input: inout ByteBuffer, output: inout ByteBuffer) -> Progress {
        let status = lend(&input) { cossl_handshake(ssl) }
        takeSpill(into: &output)
        switch status {
        case COSSL_DONE: return .done
        case COSSL_WANT_INPUT: return .wantsInput
        case COSSL_CLOSED:
            return .failed(
                TLSError(.handshake, "handshake", reason: "the peer closed it", fault: .closed))
        default: return .failed(handshakeError())
        }
    }

    /// What was agreed, once the handshake is done.
    func agreement() -> TLSHandshakeCompleted {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &length)
        let alpn = name.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self) }
        let certificate = SSL_get0_peer_certificate(ssl)
        return TLSHandshakeCompleted(
            version: String(cString: SSL_get_version(ssl)),
            cipher: String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl))),
            alpn: alpn,
            resumed: SSL_session_reused(ssl) == 1,
            peerCertificateExpiry: certificate.flatMap(CertificateFile.expiry(ofCertificate:)),
            peerNames: certificate.map(CertificateNames.parties(of:)))
    }

    private func handshakeError() -> TLSError {
        let error = TLSError.fromQueue(.handshake, "handshake")
        let verdict = SSL_get_verify_result(ssl)
        guard verdict != Int(X509_V_OK), error.reason == "certificate verify failed" else { return error }
        return TLSError(
            .verification, "verifying the peer's certificate",
            reason: String(cString: X509_verify_cert_error_string(verdict)),
            fault: TLSFault(verdict: CInt(truncatingIfNeeded: verdict), names: CertificateNames.ofRefused(ssl)))
    }

    // MARK: After the handshake

    /// How a run of `decrypt` ended; all input is used up in each case but the last.
    enum ReadEnd {
        case wantsInput, closeNotify
        case failed(TLSError)
    }

    /// Decrypts `input`, appending to `plaintext`; what OpenSSL wants sent (an alert, a key update) goes to `output`.
    func decrypt(_ input: inout ByteBuffer, into plaintext: inout ByteBuffer, output: inout ByteBuffer) -> ReadEnd {
        var wanted = input.readableBytes
        while true {
            var status = COSSL_FAILED
            lend(&input) {
                _ = plaintext.writeWithUnsafeMutableBytes(minimumWritableBytes: max(wanted, 256)) { bytes in
                    var used = 0
                    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    status = cossl_read(ssl, wire, start, bytes.count, &used)
                    return used
                }
            }
            takeSpill(into: &output)
            switch status {
            case COSSL_FULL: wanted = max(input.readableBytes, Int(SSL_pending(ssl)))
            case COSSL_WANT_INPUT: return .wantsInput
            case COSSL_CLOSED: return .closeNotify
            default: return .failed(.fromQueue(.record, "reading"))
            }
        }
    }

    /// Encrypts all of `plaintext` into records appended to `output`.
    func encrypt(_ plaintext: ByteBuffer, into output: inout ByteBuffer) throws(TLSError) {
        let size = plaintext.readableBytes
        let records = size / COSSL_RECORD_SIZE + 1
        var status = COSSL_FAILED
        plaintext.withUnsafeReadableBytes { source in
            _ = output.writeWithUnsafeMutableBytes(minimumWritableBytes: size + records * Self.recordOverhead) {
                bytes in
                wire.pointee.output = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                wire.pointee.output_left = bytes.count
                wire.pointee.output_used = 0
                status = cossl_write(ssl, source.baseAddress?.assumingMemoryBound(to: UInt8.self), size)
                wire.pointee.output = nil
                wire.pointee.output_left = 0
                return wire.pointee.output_used
            }
        }
        takeSpill(into: &output)
        guard status == COSSL_DONE else { throw .fromQueue(.record, "writing") }
    }

    /// Appends close_notify to `output`; nothing can be encrypted after it.
    func close(output: inout ByteBuffer) {
        // A failure means that the connection is broken already: then there is nothing to say.
        _ = cossl_close(ssl)
        takeSpill(into: &output)
        ERR_clear_error()
    }

    // MARK: The wire

    /// Lends `input` to the wire for the length of `body` and moves its reader past what was taken.
    private func lend<Result>(_ input: inout ByteBuffer, _ body: () -> Result) -> Result {
        input.readWithUnsafeReadableBytes { bytes in
            wire.pointee.input = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            wire.pointee.input_left = bytes.count
            let result = body()
            let used = bytes.count - wire.pointee.input_left
            wire.pointee.input = nil
            wire.pointee.input_left = 0
            return (used, result)
        }
    }

    private func takeSpill(into output: inout ByteBuffer) {
        guard wire.pointee.spill_used > 0 else { return }
        output.writeBytes(UnsafeRawBufferPointer(start: wire.pointee.spill, count: wire.pointee.spill_used))
        cossl_wire_drop_spill(wire)
    }
}
