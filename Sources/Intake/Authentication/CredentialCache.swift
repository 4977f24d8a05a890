import DequeModule
package import NIOCore

/// Pairs of login and password that scrypt has verified, by a keyed hash of the pair: neither password nor anything
/// from which it could be guessed without the process's random key is kept. Bounded; the oldest give way; entries
/// expire. Wrong pairs are never in here. Confined to one event loop, so there is no lock.
package struct CredentialCache<Digest: Hashable & Sendable>: Sendable {
    private struct Entry {
        var account: AccountEntry
        var expires: NIODeadline
    }

    private let capacity: Int
    private let lifetime: TimeAmount
    private var entries: [Digest: Entry] = [:]
    /// In the order of insertion, at most `capacity`; may name entries that are gone.
    private var order: Deque<Digest> = []

    /// An empty cache for at most `capacity` pairs.
    package init(capacity: Int, lifetime: TimeAmount) {
        self.capacity = capacity
        self.lifetime = lifetime
    }

    /// The account whose pair has this digest; nil when it must be verified.
    package func account(for digest: Digest, now: NIODeadline) -> AccountEntry? {
        guard let entry = entries[digest], now < entry.expires else { return nil }
        return entry.account
    }

    /// Remembers a verified pair.
    package mutating func insert(_ digest: Digest, account: AccountEntry, now: NIODeadline) {
        if entries.updateValue(Entry(account: account, expires: now + lifetime), forKey: digest) != nil { return }
        if order.count >= capacity, let oldest = order.popFirst() { entries[oldest] = nil }
        order.append(digest)
    }

    /// Replaces each account; a pair whose account has no heir is forgotten.
    package mutating func replaceAccounts(_ heir: (AccountEntry) -> AccountEntry?) {
        entries = entries.compactMapValues { entry in
            heir(entry.account).map { Entry(account: $0, expires: entry.expires) }
        }
        order.removeAll { entries[$0] == nil }
    }

    /// Pairs remembered, expired ones included.
    package var count: Int { entries.count }
}
