/// The keyed hash of a login and its password: 128 bits.
package struct PairDigest: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    fileprivate init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
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

/// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein 2012, and their reference code) under one key.
///
/// What is asked of it: whoever does not know the key, which is random and never leaves this process, must not find a pair
/// that has the digest of another one. SipHash is a pseudorandom function under a 128-bit key, so a guess hits one of n
/// remembered digests by a chance of n/2^128, and there is nothing to learn from: no digest is ever shown, and where two
/// differ takes no time. Who can read the process's memory has the key and may try passwords fast, with this as with HMAC,
/// but sees the passwords themselves come in as well.
///
/// A digest was 7,700 instructions by HMAC-SHA256 in OpenSSL, and its look-up 1,500; this is some 400 and 150.
package struct PairHash: Sendable {
    private let low: UInt64
    private let high: UInt64

    /// - Parameter key: 16 octets; what is missing counts as 0.
    package init(key: [UInt8]) {
        func word(_ octets: ArraySlice<UInt8>) -> UInt64 {
            octets.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        low = word(key.prefix(8))
        high = word(key.dropFirst(8).prefix(8))
    }

    /// The hash of a pair. A form has no NUL, so a NUL between them tells all pairs apart.
    package func digest(_ login: String, _ password: [UInt8]) -> PairDigest {
        var state = State(low, high)
        state.add(login.utf8.span)
        state.add(0)
        state.add(password.span)
        return state.end()
    }

    private struct State {
        private var v0: UInt64
        private var v1: UInt64
        private var v2: UInt64
        private var v3: UInt64
        private var word: UInt64 = 0
        private var count: UInt64 = 0

        init(_ low: UInt64, _ high: UInt64) {
            v0 = low ^ 0x736F_6D65_7073_6575
            v1 = high ^ 0x646F_7261_6E64_6F6D ^ 0xEE
            v2 = low ^ 0x6C79_6765_6E65_7261
            v3 = high ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func add(_ octet: UInt8) {
            word |= UInt64(octet) << (8 * (count & 7))
            count &+= 1
            if count & 7 == 0 {
                compress()
                word = 0
            }
        }

        mutating func add(_ octets: Span<UInt8>) {
            for index in octets.indices { add(octets[index]) }
        }

        mutating func end() -> PairDigest {
            word |= count << 56
            compress()
            v2 ^= 0xEE
            rounds(4)
            let first = v0 ^ v1 ^ v2 ^ v3
            v1 ^= 0xDD
            rounds(4)
            return PairDigest(high: first, low: v0 ^ v1 ^ v2 ^ v3)
        }

        private mutating func compress() {
            v3 ^= word
            rounds(2)
            v0 ^= word
        }

        private mutating func rounds(_ number: Int) {
            for _ in 0..<number {
                v0 &+= v1
                v1 = v1 << 13 | v1 >> 51
                v1 ^= v0
                v0 = v0 << 32 | v0 >> 32
                v2 &+= v3
                v3 = v3 << 16 | v3 >> 48
                v3 ^= v2
                v0 &+= v3
                v3 = v3 << 21 | v3 >> 43
                v3 ^= v0
                v2 &+= v1
                v1 = v1 << 17 | v1 >> 47
                v1 ^= v2
                v2 = v2 << 32 | v2 >> 32
            }
        }
    }
}
