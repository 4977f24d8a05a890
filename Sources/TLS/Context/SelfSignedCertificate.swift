import COpenSSL
import Glibc

/// Certificates for trying things out: signed by themselves, with a P-256 key.
package enum SelfSignedCertificate {
    /// A new key and a certificate for it, valid from an hour ago for `days` days.
    /// - Parameters:
    ///   - commonName: the subject's and issuer's CN, 1 to 64 octets.
    ///   - subjectAltNames: DNS names and IP addresses, told apart by their form; may be empty.
    ///   - days: 1 to 36,500.
    package static func make(
        commonName: String, subjectAltNames: [String], days: Int
    ) throws(TLSError) -> (certificatePEM: String, keyPEM: String) {
        guard (1...36_500).contains(days) else {
            throw failure("\(days) days are not 1 to 36500")
        }
        return try make(
            commonName: commonName, subjectAltNames: subjectAltNames, from: -3600, until: days * 86_400)
    }

    /// As above; the times are in seconds from now.
    static func make(
        commonName: String, subjectAltNames: [String], from: Int, until: Int
    ) throws(TLSError) -> (certificatePEM: String, keyPEM: String) {
        ERR_clear_error()
        let alternatives = try subjectAltNames.map { (name) throws(TLSError) in try alternative(name) }
        guard let key = cossl_generate_p256(), let certificate = X509_new() else { throw fromQueue() }
        defer {
            EVP_PKEY_free(key)
            X509_free(certificate)
        }
        try describe(certificate, commonName: commonName, from: from, until: until)
        try add(NID_basic_constraints, "critical,CA:FALSE", to: certificate)
        try add(NID_key_usage, "critical,digitalSignature", to: certificate)
        try add(NID_ext_key_usage, "serverAuth,clientAuth", to: certificate)
        if !alternatives.isEmpty {
            try add(NID_subject_alt_name, alternatives.joined(separator: ","), to: certificate)
        }
        guard X509_set_pubkey(certificate, key) == 1, X509_sign(certificate, key, Algorithms.sha256) > 0 else {
            throw fromQueue()
        }
        return (
            try pem { PEM_write_bio_X509($0, certificate) },
            try pem { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
        )
    }

    private static func describe(
        _ certificate: OpaquePointer, commonName: String, from: Int, until: Int
    ) throws(TLSError) {
        var serial = SecureRandom.bytes(16)
        serial[0] &= 0x7F
        let number = BN_bin2bn(serial, Int32(serial.count), nil)
        defer { BN_free(number) }
        let name = X509_get_subject_name(certificate)
        let text = Array(commonName.utf8)
        guard X509_set_version(certificate, 2) == 1,
            BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil,
            X509_gmtime_adj(X509_getm_notBefore(certificate), from) != nil,
            X509_gmtime_adj(X509_getm_notAfter(certificate), until) != nil,
            X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text, Int32(text.count), -1, 0) == 1,
            X509_set_issuer_name(certificate, name) == 1
        else {
            throw fromQueue()
        }
    }

    /// The names go into OpenSSL's configuration syntax: nothing of that syntax may be in them.
    private static func alternative(_ name: String) throws(TLSError) -> String {
        if IPFamily(of: name) != nil {
            return "IP:\(name)"
        }
        let allowed = name.utf8.allSatisfy { byte in
            switch UInt8(byte) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard allowed, (1...253).contains(name.utf8.count) else {
            throw failure("\"\(name)\" is neither a DNS name nor an IP address")
        }
        return "DNS:\(name)"
    }

    private static func add(_ nid: Int32, _ value: String, to certificate: OpaquePointer) throws(TLSError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, certificate, certificate, nil, nil, 0)
        guard let ext = X509V3_EXT_conf_nid(nil, &context, nid, value) else { throw fromQueue() }
        defer { X509_EXTENSION_free(ext) }
        guard X509_add_ext(certificate, ext, -1) == 1 else { throw fromQueue() }
    }

    private static func pem(_ write: (OpaquePointer) -> Int32) throws(TLSError) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { throw fromQueue() }
        defer { BIO_free_all(bio) }
        guard write(bio) == 1 else { throw fromQueue() }
        let bytes = [UInt8](unsafeUninitializedCapacity: 16_384) { bytes, count in
            _ = BIO_read_ex(bio, bytes.baseAddress, bytes.count, &count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func failure(_ reason: String) -> TLSError {
        TLSError(.library, "making a certificate", reason: reason)
    }

    private static func fromQueue() -> TLSError {
        .fromQueue(.library, "making a certificate")
    }
}
