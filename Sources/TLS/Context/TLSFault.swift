import COpenSSL

/// What is wrong with a connection's TLS, where its cure is known.
package enum TLSFault: Hashable, Sendable {
    /// What came from the peer is no TLS.
    case plainPort
    /// The peer closed the connection in the handshake.
    case closed
    /// The peer asks for a certificate of ours, and got none.
    case certificateWanted
    /// The peer does not accept our certificate.
    case certificateRefused
    /// The peer's certificate is for these names, at most `CertificateNames.most`.
    case wrongName([String])
    /// The peer's certificate, or its CA's, is signed by itself and not trusted here.
    case selfSigned
    /// Nobody who is trusted here signed the peer's certificate.
    case unknownIssuer
    /// A certificate of the peer's chain, or our own new one, has ended.
    case expired
    /// Likewise: it begins later.
    case notYetValid
    /// Our certificate and our key are not one pair.
    case keyMismatch
    /// No version or cipher that both take.
    case noCommonVersion
    /// The peer takes none of what was offered: before TLS 1.3 also for want of a certificate of ours.
    case refused

    /// An alert's number (RFC 8446 §6) stands so much higher among OpenSSL's reasons (`SSL_AD_REASON_OFFSET`).
    private static let alerts: CInt = 1000

    /// Of an entry of OpenSSL's error queue; nil where it says nothing of these.
    init?(code: UInt) {
        if ERR_GET_LIB(code) == ERR_LIB_X509 {
            guard [X509_R_KEY_VALUES_MISMATCH, X509_R_KEY_TYPE_MISMATCH].contains(ERR_GET_REASON(code)) else {
                return nil
            }
            self = .keyMismatch
            return
        }
        guard ERR_GET_LIB(code) == ERR_LIB_SSL else { return nil }
        switch ERR_GET_REASON(code) {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG: self = .plainPort
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_NO_SHARED_CIPHER: self = .noCommonVersion
        // certificate_required.
        case Self.alerts + 116: self = .certificateWanted
        // bad_, unsupported_, _revoked, _expired, _unknown, unknown_ca, access_denied.
        case Self.alerts + 42...Self.alerts + 46, Self.alerts + 48, Self.alerts + 49: self = .certificateRefused
        // handshake_failure.
        case Self.alerts + 40: self = .refused
        // protocol_version, insufficient_security.
        case Self.alerts + 70, Self.alerts + 71: self = .noCommonVersion
        default: return nil
        }
    }

    /// Of a verdict on the peer's certificate (`X509_V_ERR_…`).
    ///
    /// - Parameter names: whom it is issued for.
    init?(verdict: CInt, names: [String]) {
        switch verdict {
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: self = .wrongName(names)
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: self = .selfSigned
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            self = .unknownIssuer
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid
        default: return nil
        }
    }
}

/// Whom a certificate is issued for.
enum CertificateNames {
    /// So many names are told at most.
    static let most = 5

    /// Names and addresses of the certificate that a handshake refused; empty where it has none, or was none.
    static func ofRefused(_ ssl: OpaquePointer) -> [String] {
        var names: [String] = []
        var place: CInt = 0
        while names.count < most {
            let name = [CChar](unsafeUninitializedCapacity: 256) { bytes, count in
                count = max(0, Int(cossl_refused_name(ssl, place, bytes.baseAddress, bytes.count)))
            }
            guard !name.isEmpty else { break }
            names.append(String(decoding: name.map(UInt8.init(bitPattern:)), as: UTF8.self))
            place += 1
        }
        return names
    }

    /// Whose certificate it is, and who signed it.
    static func parties(of certificate: OpaquePointer) -> CertificateParties {
        CertificateParties(
            subject: text(X509_get_subject_name(certificate)), issuer: text(X509_get_issuer_name(certificate)))
    }

    private static func text(_ name: OpaquePointer?) -> String {
        let text = [CChar](unsafeUninitializedCapacity: 256) { bytes, count in
            count = max(0, Int(cossl_name_text(name, bytes.baseAddress, bytes.count)))
        }
        return String(decoding: text.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
