/// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein 2012, and their reference code): a pseudorandom function under a key.
///
/// Not OpenSSL's: every message has two of these, and EVP_MAC pays for each beginning and end.
package struct SipHash: Sendable {
    /// Its key of 128 bits.
    package struct Key: Hashable, Sendable {
        fileprivate let low: UInt64
        fileprivate let high: UInt64

        /// - Parameter octets: the first 16 count; what is missing counts as 0.
        package init(_ octets: [UInt8]) {
            func word(_ octets: ArraySlice<UInt8>) -> UInt64 {
                octets.reversed().reduce(0) { $0 << 8 | UInt64($1) }
            }
            low = word(octets.prefix(8))
            high = word(octets.dropFirst(8).prefix(8))
        }
    }

    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var word: UInt64 = 0
    private var count: UInt64 = 0

    package init(_ key: Key) {
        v0 = key.low ^ 0x736F_6D65_7073_6575
        v1 = key.high ^ 0x646F_7261_6E64_6F6D ^ 0xEE
        v2 = key.low ^ 0x6C79_6765_6E65_7261
        v3 = key.high ^ 0x7465_6462_7974_6573
    }

    /// Takes in one more octet.
    package mutating func add(_ octet: UInt8) {
        take(octet)
    }

    @inline(__always)
    private mutating func take(_ octet: UInt8) {
        word |= UInt64(octet) << (8 * (count & 7))
        count &+= 1
        if count & 7 == 0 { compress() }
    }

    /// Takes in more octets.
    package mutating func add(_ octets: Span<UInt8>) {
        var hash = self
        var index = 0
        while index < octets.count, hash.count & 7 != 0 {
            hash.take(octets[index])
            index += 1
        }
        // A word at a time: four times as fast.
        while octets.count - index >= 8 {
            for offset in 0..<8 { hash.word |= UInt64(octets[index &+ offset]) << UInt64(8 * offset) }
            hash.count &+= 8
            hash.compress()
            index += 8
        }
        while index < octets.count {
            hash.take(octets[index])
            index += 1
        }
        self = hash
    }

    /// The two halves, as its authors call them.
    package consuming func end() -> (first: UInt64, second: UInt64) {
        word |= count << 56
        compress()
        v2 ^= 0xEE
        rounds(4)
        let first = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xDD
        rounds(4)
        return (first, v0 ^ v1 ^ v2 ^ v3)
    }

    @inline(__always)
    private mutating func compress() {
        v3 ^= word
        rounds(2)
        v0 ^= word
        word = 0
    }

    @inline(__always)
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
