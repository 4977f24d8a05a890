import DequeModule
package import NIOCore

/// Pairs of login and password that scrypt has verified, by a keyed hash of the pair: neither password nor anything
/// from which it could be guessed without the process's random key is kept. Bounded; the oldest give way; entries
/// expire, and those that are used are to be renewed long before. Wrong pairs are never in here. Confined to one event loop, so there
/// is no lock.
package struct CredentialCache<Digest: Hashable & Sendable>: Sendable {
    /// A pair that is known.
    package struct Proof: Sendable {
        /// Whose it is.
        package var account: AccountEntry
        /// From then on a use of it asks for a new one.
        package var renewFrom: NIODeadline
        fileprivate var expires: NIODeadline
    }

    /// An attempt to renew a proof that came to nothing is repeated after this time.
    private static var renewalPause: TimeAmount { .seconds(30) }

    private let capacity: Int
    private let lifetime: TimeAmount
    private let freshness: TimeAmount
    private var entries: [Digest: Proof] = [:]
    /// In the order of insertion, at most `capacity`; may name entries that are gone.
    private var order: Deque<Digest> = []

    /// An empty cache for at most `capacity` pairs.
    /// - Parameters:
    ///   - lifetime: how long a pair is known.
    ///   - freshness: after which its next use asks for a new proof.
    package init(capacity: Int, lifetime: TimeAmount, freshness: TimeAmount) {
        self.capacity = capacity
        self.lifetime = lifetime
        self.freshness = freshness
    }

    /// What is known of the pair with this digest; nil when it must be verified.
    package func proof(of digest: Digest, now: NIODeadline) -> Proof? {
        guard let proof = entries[digest], now < proof.expires else { return nil }
        return proof
    }

    /// Notes that a proof is being renewed: others that use it meanwhile need not ask.
    package mutating func beginRenewal(of digest: Digest, now: NIODeadline) {
        entries[digest]?.renewFrom = now + Self.renewalPause
    }

    /// Forgets a pair that is wrong by now.
    package mutating func remove(_ digest: Digest) {
        // Its place in the order goes when its turn comes.
        entries[digest]?.expires = .uptimeNanoseconds(0)
    }

    /// Remembers a verified pair.
    package mutating func insert(_ digest: Digest, account: AccountEntry, now: NIODeadline) {
        let proof = Proof(account: account, renewFrom: now + freshness, expires: now + lifetime)
        if entries.updateValue(proof, forKey: digest) != nil { return }
        if order.count >= capacity, let oldest = order.popFirst() { entries[oldest] = nil }
        order.append(digest)
    }

    /// Replaces each account; a pair whose account has no heir is forgotten.
    package mutating func replaceAccounts(_ heir: (AccountEntry) -> AccountEntry?) {
        entries = entries.compactMapValues { proof in
            heir(proof.account).map { Proof(account: $0, renewFrom: proof.renewFrom, expires: proof.expires) }
        }
        order.removeAll { entries[$0] == nil }
    }

    /// Pairs remembered, expired ones included.
    package var count: Int { entries.count }
}
