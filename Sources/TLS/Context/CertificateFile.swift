import COpenSSL
import Glibc

/// What can be learnt from certificate files without serving them. Reads files: not for an event loop.
package enum CertificateFile {
    /// When the file's first certificate ends, in Unix seconds.
    package static func expiry(of file: String) throws(TLSError) -> Int64 {
        try withCertificate(of: file) { (certificate) throws(TLSError) in
            guard let expiry = expiry(ofCertificate: certificate) else {
                throw TLSError(.file, "reading the certificate's end", file: file, reason: "not a date")
            }
            return expiry
        }
    }

    /// Throws unless both files can be read and the key is that of the first certificate.
    package static func checkPair(certificateFile: String, keyFile: String) throws(TLSError) {
        try withCertificate(of: certificateFile) { (certificate) throws(TLSError) in
            let bio = try open(keyFile, "loading the private key")
            defer { BIO_free_all(bio) }
            guard let key = PEM_read_bio_PrivateKey(bio, nil, cossl_no_passphrase, nil) else {
                throw .fromQueue(.file, "loading the private key", file: keyFile)
            }
            defer { EVP_PKEY_free(key) }
            guard X509_check_private_key(certificate, key) == 1 else {
                throw .fromQueue(.file, "comparing the private key with \(certificateFile)", file: keyFile)
            }
        }
    }

    /// When a certificate ends, in Unix seconds.
    static func expiry(ofCertificate certificate: OpaquePointer) -> Int64? {
        unixSeconds(X509_get0_notAfter(certificate))
    }

    /// When it begins.
    static func begin(ofCertificate certificate: OpaquePointer) -> Int64? {
        unixSeconds(X509_get0_notBefore(certificate))
    }

    private static func unixSeconds(_ date: UnsafePointer<ASN1_TIME>?) -> Int64? {
        var time = tm()
        guard ASN1_TIME_to_tm(date, &time) == 1 else { return nil }
        return Int64(timegm(&time))
    }

    /// A file's bytes, at most `limit`.
    static func bytes(of file: String, limit: Int = 1 << 20) throws(TLSError) -> [UInt8] {
        let bio = try open(file, "reading")
        defer { BIO_free_all(bio) }
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { bytes, count in
            _ = BIO_read_ex(bio, bytes.baseAddress, bytes.count, &count)
        }
        ERR_clear_error()
        return bytes
    }

    private static func withCertificate<Result>(
        of file: String, _ body: (OpaquePointer) throws(TLSError) -> Result
    ) throws(TLSError) -> Result {
        let bio = try open(file, "loading the certificate")
        defer { BIO_free_all(bio) }
        guard let certificate = PEM_read_bio_X509(bio, nil, cossl_no_passphrase, nil) else {
            throw .fromQueue(.file, "loading the certificate", file: file)
        }
        defer { X509_free(certificate) }
        return try body(certificate)
    }

    private static func open(_ file: String, _ operation: String) throws(TLSError) -> OpaquePointer {
        ERR_clear_error()
        guard let bio = BIO_new_file(file, "r") else { throw .fromQueue(.file, operation, file: file) }
        return bio
    }
}
