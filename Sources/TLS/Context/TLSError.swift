import COpenSSL
import Glibc

/// What failed, in which file if any, and why, in OpenSSL's words or ours. Never holds key material or plaintext.
package struct TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure this is.
    package enum Kind: String, Hashable, Sendable {
        /// A certificate, key or CA file cannot be used.
        case file
        /// The handshake failed; `reason` names the alert or the fault.
        case handshake
        /// The peer's certificate is not accepted: its chain, dates, or name.
        case verification
        /// The handshake was not done in time.
        case timeout
        /// The peer broke the TLS protocol after the handshake, or sent an alert.
        case record
        /// The connection ended without close_notify: the stream may have been cut.
        case truncated
        /// More was written before the handshake's end than is kept.
        case tooMuchBeforeHandshake = "too_much_before_handshake"
        /// OpenSSL could not make an object: no memory, or a library without the algorithm.
        case library
    }

    /// What kind of failure this is.
    package var kind: Kind
    /// What was being done: `loading the certificate`, `handshake`.
    package var operation: String
    /// The file it was done with, as it was named to us.
    package var file: String?
    /// Why it failed.
    package var reason: String
    /// What is wrong, where people can be told what to do about it.
    package var fault: TLSFault?

    /// A failure with a reason of ours.
    package init(
        _ kind: Kind, _ operation: String, file: String? = nil, reason: String, fault: TLSFault? = nil
    ) {
        self.kind = kind
        self.operation = operation
        self.file = file
        self.reason = reason
        self.fault = fault
    }

    /// `loading the certificate: tls/server.crt: no start line`.
    package var description: String {
        [operation, file, reason].compactMap(\.self).joined(separator: ": ")
    }
}

extension TLSError {
    /// A failure whose reason is the oldest entry of this thread's error queue, the one nearest to the cause. Empties
    /// the queue.
    static func fromQueue(_ kind: Kind, _ operation: String, file: String? = nil) -> TLSError {
        var reason: String?
        var fault: TLSFault?
        var code = ERR_get_error()
        while code != 0 {
            reason = reason ?? words(for: code)
            fault = fault ?? TLSFault(code: code)
            code = ERR_get_error()
        }
        return TLSError(kind, operation, file: file, reason: reason ?? "OpenSSL gave no reason", fault: fault)
    }

    private static func words(for code: UInt) -> String? {
        if ERR_GET_LIB(code) == ERR_LIB_SYS {
            return String(cString: strerror(ERR_GET_REASON(code)))
        }
        switch (ERR_GET_LIB(code), ERR_GET_REASON(code)) {
        case (ERR_LIB_SSL, SSL_R_HTTP_REQUEST): return "plain HTTP on the TLS port (http request)"
        case (ERR_LIB_PEM, PEM_R_NO_START_LINE): return "not a PEM file of that kind (no start line)"
        case (ERR_LIB_PEM, PEM_R_BAD_PASSWORD_READ): return "the key is encrypted (bad password read)"
        default: return ERR_reason_error_string(code).map { String(cString: $0) }
        }
    }
}
