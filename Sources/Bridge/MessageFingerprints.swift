package import Journal
import Messaging

/// Fingerprints of messages: what their repeats have in common, and nobody can turn back into a text.
package enum MessageFingerprints {
    /// `SipHash` over account, number, sender and text, a NUL after each: none of the first three has one. Where the sender names its
    /// message, over account, nothing and that name: no message has an empty number.
    @Sendable package static func maker(key: [UInt8]) -> FingerprintMaker {
        let key = SipHash.Key(key)
        return { intent in
            var hash = SipHash(key)
            hash.add(intent.account.utf8.span)
            hash.add(0)
            guard intent.reference.isEmpty else {
                hash.add(0)
                hash.add(intent.reference.utf8.span)
                let (high, low) = hash.end()
                return Fingerprint(high: high, low: low)
            }
            hash.add(intent.recipient.utf8.span)
            hash.add(0)
            hash.add(intent.sender.utf8.span)
            hash.add(0)
            hash.add(intent.text.utf8.span)
            let (high, low) = hash.end()
            return Fingerprint(high: high, low: low)
        }
    }
}
