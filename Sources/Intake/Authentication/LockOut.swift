import DequeModule
package import NIOCore
import Synchronization

/// Counts wrong passwords and keys per login and per source address, and locks out what had too many (design §1).
///
/// A login's lock does not hold for addresses from which its right password came before: otherwise whoever knows a
/// login could shut its owner out. Such an address is still counted, and locked, as an address.
package final class LockOut: Sendable {
    /// When a login or an address is locked out, and for how long.
    package struct Rules: Sendable, Hashable {
        /// Wrong attempts within `window` that lock out.
        package var attempts: Int
        /// The time in which they count together, and for which what had too many stays locked.
        package var window: TimeAmount
        /// Logins, addresses and trusted pairs remembered, each; the oldest make place.
        package var tableSize: Int

        /// The rules; by default ten attempts in five minutes.
        package init(attempts: Int = 10, window: TimeAmount = .minutes(5), tableSize: Int = 10_000) {
            self.attempts = attempts
            self.window = window
            self.tableSize = tableSize
        }
    }

    private struct State {
        var logins: AttemptTable<String>
        var addresses: AttemptTable<SourceAddress>
        var trusted: RecentSet<TrustedPair>
    }

    private struct TrustedPair: Hashable {
        var login: String
        var network: SourceAddress
    }

    private let rules: Rules
    private let state: Mutex<State>
    /// Until when anything at all is locked. A request reads this and goes on: the mutex is for the time of an attack
    /// and for wrong attempts, it is not on the path of a message.
    private let lockedUntil = Atomic<UInt64>(0)

    /// Nobody is locked.
    package init(rules: Rules = Rules()) {
        self.rules = rules
        self.state = Mutex(
            State(
                logins: AttemptTable(rules), addresses: AttemptTable(rules),
                trusted: RecentSet(capacity: rules.tableSize)))
    }

    /// The seconds for which `login` (nil = a key is used) from `source` is locked out; nil when it is not.
    package func lockedFor(login: String?, source: SourceAddress, now: NIODeadline) -> Int? {
        guard now.uptimeNanoseconds < lockedUntil.load(ordering: .relaxed) else { return nil }
        let until = state.withLock { state -> UInt64 in
            var until = state.addresses.lockedUntil(source.network)
            if let login, !state.trusted.contains(TrustedPair(login: login, network: source.network)) {
                until = max(until, state.logins.lockedUntil(login))
            }
            return until
        }
        guard until > now.uptimeNanoseconds else { return nil }
        return Int((until - now.uptimeNanoseconds + 999_999_999) / 1_000_000_000)
    }

    /// Counts a wrong attempt.
    package func recordFailure(login: String?, source: SourceAddress, now: NIODeadline) {
        let until = state.withLock { state -> UInt64 in
            let address = state.addresses.recordFailure(source.network, now: now.uptimeNanoseconds)
            let login = login.map { state.logins.recordFailure($0, now: now.uptimeNanoseconds) } ?? 0
            return max(address, login)
        }
        if until > 0 { lockedUntil.max(until, ordering: .relaxed) }
    }

    /// Remembers that `login` proved itself from `source`. Called once per verification by scrypt, not per message.
    package func recordSuccess(login: String, source: SourceAddress) {
        state.withLock { $0.trusted.insert(TrustedPair(login: login, network: source.network)) }
    }
}

/// Wrong attempts by key: a bounded table with the oldest key giving way.
private struct AttemptTable<Key: Hashable & Sendable> {
    private struct Entry {
        var windowEnd: UInt64
        var count: Int
        var lockedUntil: UInt64
    }

    private let rules: LockOut.Rules
    private var entries: [Key: Entry] = [:]
    private var order: Deque<Key> = []

    init(_ rules: LockOut.Rules) {
        self.rules = rules
    }

    func lockedUntil(_ key: Key) -> UInt64 {
        entries[key]?.lockedUntil ?? 0
    }

    /// Counts; returns until when the key is locked now, or 0.
    mutating func recordFailure(_ key: Key, now: UInt64) -> UInt64 {
        let window = UInt64(max(0, rules.window.nanoseconds))
        if entries[key] == nil {
            if order.count >= rules.tableSize, let oldest = order.popFirst() { entries[oldest] = nil }
            order.append(key)
        }
        var entry = entries[key] ?? Entry(windowEnd: now + window, count: 0, lockedUntil: 0)
        if now >= entry.windowEnd { entry = Entry(windowEnd: now + window, count: 0, lockedUntil: entry.lockedUntil) }
        entry.count += 1
        if entry.count >= rules.attempts {
            entry.lockedUntil = now + window
            entry.windowEnd = now + window
            entry.count = 0
        }
        entries[key] = entry
        return entry.lockedUntil > now ? entry.lockedUntil : 0
    }
}

/// The last values inserted, up to a bound.
private struct RecentSet<Value: Hashable & Sendable> {
    private let capacity: Int
    private var values: Set<Value> = []
    private var order: Deque<Value> = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    func contains(_ value: Value) -> Bool { values.contains(value) }

    mutating func insert(_ value: Value) {
        guard values.insert(value).inserted else { return }
        if order.count >= capacity, let oldest = order.popFirst() { values.remove(oldest) }
        order.append(value)
    }
}
