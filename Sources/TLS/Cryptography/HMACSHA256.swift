import COpenSSL

/// HMAC-SHA256 (RFC 2104) under one key. One context, used again for each message: confined to one thread at a time.
package final class HMACSHA256 {
    private let context: OpaquePointer

    /// With a key of any length.
    package init(key: [UInt8]) {
        context = Algorithms.need(EVP_MAC_CTX_new(Algorithms.hmac), "a MAC context")
        // An empty key must still be a key: a null pointer would mean "the key from before".
        let set = (key.isEmpty ? [0] : key).withUnsafeBufferPointer {
            cossl_mac_init_hmac_sha256(context, $0.baseAddress, key.count)
        }
        precondition(set == 1, "OpenSSL could not key HMAC")
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }

    /// The 32-byte code of `bytes`.
    package func authenticate(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { code, count in
            let done =
                EVP_MAC_init(context, nil, 0, nil) == 1 && EVP_MAC_update(context, bytes, bytes.count) == 1
                && EVP_MAC_final(context, code.baseAddress, &count, code.count) == 1
            precondition(done && count == 32, "OpenSSL could not authenticate")
        }
    }
}
