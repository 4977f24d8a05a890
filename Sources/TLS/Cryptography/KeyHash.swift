/// The SHA-256 of an API key, as configuration keeps it: `$sha256$<32 bytes in base64, no padding>`. Enough for keys,
/// which are random; passwords need `ScryptHash`.
package struct KeyHash: Hashable, Sendable, CustomStringConvertible {
    private static let prefix = "$sha256$"
    private let digest: [UInt8]

    /// Reads `$sha256$…`.
    package init(parsing text: String) throws(HashFormatError) {
        guard text.hasPrefix(Self.prefix) else {
            throw HashFormatError(reason: "a key's hash begins with \(Self.prefix)")
        }
        guard let digest = Base64.decode(text.dropFirst(Self.prefix.count)), digest.count == 32 else {
            throw HashFormatError(reason: "after \(Self.prefix) come 32 bytes in base64 without padding")
        }
        self.digest = digest
    }

    /// The hash of a key's bytes.
    package init(hashing key: [UInt8]) {
        digest = SHA256.hash(key)
    }

    /// A new key of 256 random bits in URL-safe base64 (43 letters), and its hash.
    package static func makeKey() -> (key: String, hash: KeyHash) {
        let key = Base64.encode(SecureRandom.bytes(32), forURL: true)
        return (key, KeyHash(hashing: Array(key.utf8)))
    }

    /// Whether this is the key's hash; compared in constant time.
    package func matches(_ key: [UInt8]) -> Bool {
        constantTimeEquals(digest, SHA256.hash(key))
    }

    /// The text `init(parsing:)` reads.
    package var description: String {
        Self.prefix + Base64.encode(digest)
    }
}
