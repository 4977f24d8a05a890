import COpenSSL

/// SHA-256 (FIPS 180-4).
enum SHA256 {
    /// The 32-byte digest of `bytes`.
    static func hash(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            let done = EVP_Digest(bytes, bytes.count, digest.baseAddress, nil, Algorithms.sha256, nil)
            precondition(done == 1, "OpenSSL could not hash")
            count = 32
        }
    }
}
