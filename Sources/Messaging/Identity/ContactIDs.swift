/// What another system calls the chat with a number: stable, and the number is found again without a table.
///
///     number ──id(of:)──▶ "79161234567", or (sealed) "9f86d081884c7d65a2feaa0c…" ──address(of:)──▶ number
///
/// Sealed is deterministic encryption with a synthetic IV (as RFC 5297): the IV is a keyed hash of the number, the octets behind it
/// the number under a key stream made of the IV. Whoever has not the key learns only whether two are the same, and cannot make one.
package enum ContactIDs: Hashable, Sendable {
    case numbers
    case sealed(SealKey)

    /// Two keys made of one secret.
    package struct SealKey: Hashable, Sendable {
        fileprivate let tag: SipHash.Key
        fileprivate let stream: SipHash.Key

        /// - Parameter secret: 16 octets or more that nobody can guess.
        package init(_ secret: String) {
            func derived(_ purpose: UInt8) -> SipHash.Key {
                var hash = SipHash(SipHash.Key(Array(secret.utf8)))
                hash.add(purpose)
                hash.add(secret.utf8.span)
                let (first, second) = hash.end()
                return SipHash.Key(ContactIDs.octets(first) + ContactIDs.octets(second))
            }
            tag = derived(1)
            stream = derived(2)
        }
    }

    /// More octets than an SMPP address has (SMPP 3.4 §4.6.1: 20).
    private static let longest = 32

    /// - Parameter address: a number's digits, or a name.
    package func id(of address: String) -> String {
        switch self {
        case .numbers: address
        case .sealed(let key): Self.seal(Array(address.utf8), key).hexadecimal
        }
    }

    /// Nil for what `id(of:)` did not give.
    package func address(of id: String) -> String? {
        switch self {
        case .numbers: (1...Self.longest).contains(id.utf8.count) ? id : nil
        case .sealed(let key): [UInt8](hexadecimal: id).flatMap { Self.open($0, key) }
        }
    }

    private static func seal(_ plain: [UInt8], _ key: SealKey) -> [UInt8] {
        let iv = octets(hash(plain, key.tag).first)
        return iv + masked(plain, iv, key)
    }

    private static func open(_ sealed: [UInt8], _ key: SealKey) -> String? {
        guard (9...8 + longest).contains(sealed.count) else { return nil }
        let iv = Array(sealed.prefix(8))
        let plain = masked(Array(sealed.dropFirst(8)), iv, key)
        guard octets(hash(plain, key.tag).first) == iv else { return nil }
        return String(validating: plain, as: UTF8.self)
    }

    private static func masked(_ text: [UInt8], _ iv: [UInt8], _ key: SealKey) -> [UInt8] {
        var stream: [UInt8] = []
        while stream.count < text.count {
            let (first, second) = hash(iv + [UInt8(truncatingIfNeeded: stream.count)], key.stream)
            stream += octets(first) + octets(second)
        }
        return zip(text, stream).map { $0 ^ $1 }
    }

    private static func hash(_ octets: [UInt8], _ key: SipHash.Key) -> (first: UInt64, second: UInt64) {
        var hash = SipHash(key)
        hash.add(octets.span)
        return hash.end()
    }

    fileprivate static func octets(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
    }
}
