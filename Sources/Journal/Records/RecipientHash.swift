import Messaging

/// Tells whether a number is one that is kept masked: a keyed hash that stands beside the mask.
package struct RecipientHash: Sendable {
    private let key: SipHash.Key

    /// - Parameter key: `JournalStore.fingerprintKey()`, whose second half is for this.
    package init(_ key: [UInt8]) {
        self.key = SipHash.Key(Array(key.dropFirst(16)))
    }

    /// - Parameter digits: of an international number, as an integer.
    package func of(_ digits: UInt64) -> UInt64 {
        var hash = SipHash(key)
        for shift in stride(from: 0, to: 64, by: 8) { hash.add(UInt8(truncatingIfNeeded: digits >> shift)) }
        return hash.end().first
    }
}

/// How a row keeps a masked number: its hash stands behind a tilde, `7916*****67~c0ffee00c0ffee`, and people never see it.
extension MessageRecord {
    private static let mark = UInt8(ascii: "~")

    /// The recipient with its key, where there is one.
    package var keptRecipient: String {
        recipientKey.map { recipient + "~" + String($0, radix: 16) } ?? recipient
    }

    /// What `keptRecipient` was made of.
    static func recipient(in kept: String) -> (String, key: UInt64?) {
        guard let place = kept.utf8.lastIndex(of: mark), kept.utf8.contains(UInt8(ascii: "*")),
            let key = UInt64(kept[kept.index(after: place)...], radix: 16)
        else { return (kept, nil) }
        return (String(kept[..<place]), key)
    }
}
