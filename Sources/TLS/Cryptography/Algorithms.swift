import COpenSSL

/// OpenSSL's algorithms, fetched once: fetching costs more than hashing a short message. They are never freed, so a
/// pointer from here is always good; OpenSSL's algorithm objects do not change and may be used from every thread.
enum Algorithms {
    // Safe: written once, and what they point to never changes.
    nonisolated(unsafe) static let sha256 = need(EVP_MD_fetch(nil, "SHA256", nil), "SHA-256")
    nonisolated(unsafe) static let hmac = need(EVP_MAC_fetch(nil, "HMAC", nil), "HMAC")
    nonisolated(unsafe) static let aes256CBC = need(EVP_CIPHER_fetch(nil, "AES-256-CBC", nil), "AES-256-CBC")

    /// An OpenSSL object that can only be missing where OpenSSL is broken or memory is out.
    static func need(_ object: OpaquePointer?, _ name: String) -> OpaquePointer {
        guard let object else { preconditionFailure("OpenSSL did not give \(name)") }
        return object
    }
}
