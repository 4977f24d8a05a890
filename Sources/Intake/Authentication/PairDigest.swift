import Messaging

/// The keyed hash of a login and its password: 128 bits.
package struct PairDigest: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    fileprivate init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The digest with these octets; nil where they are not 16.
    init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        let words = [bytes[..<8], bytes[8...]].map { $0.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        (high, low) = (words[0], words[1])
    }

    /// The octets of the hash, as SipHash's authors print them.
    package var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
    }

    /// In a time that does not depend on where two digests differ.
    package static func == (one: PairDigest, other: PairDigest) -> Bool {
        (one.high ^ other.high) | (one.low ^ other.low) == 0
    }

    /// One half is enough: it is as good as random already.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(low)
    }
}

/// What a pair of a login and a password is known by: its `SipHash` under a key.
///
/// What is asked of it: whoever does not know the key, which is random and never leaves this process, must not find a pair
/// that has the digest of another one. A guess hits one of n remembered digests by a chance of n/2^128, and there is nothing to learn
/// from: no digest is ever shown, and where two differ takes no time. Who can read the process's memory has the key and may try
/// passwords fast, with this as with HMAC, but sees the passwords themselves come in as well.
package struct PairHash: Sendable {
    private let key: SipHash.Key

    /// - Parameter key: 16 octets; what is missing counts as 0.
    package init(key: [UInt8]) {
        self.key = SipHash.Key(key)
    }

    /// The hash of a pair. A form has no NUL, so a NUL between them tells all pairs apart.
    package func digest(_ login: String, _ password: [UInt8]) -> PairDigest {
        var hash = SipHash(key)
        hash.add(login.utf8.span)
        hash.add(0)
        hash.add(password.span)
        let (high, low) = hash.end()
        return PairDigest(high: high, low: low)
    }
}
