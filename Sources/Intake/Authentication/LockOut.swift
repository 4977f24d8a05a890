package import Logging
package import NIOCore
import Synchronization

/// Counts wrong passwords and keys, and locks out what had too many (design §1).
///
/// A lock refuses only what would need proof: whoever shows a key that is right, or a pair that is known, never meets it. There is
/// one for each login at each address, and one for each address that had too many wrong keys or wrong logins. None is for a login
/// alone: whoever knows a login could shut its owner out. Neither does it meet a password that is likely the one by which the login
/// proved itself before (`ProvenLogins`), though somebody behind the same address tries others all the time. With another one a login
/// that proved itself from an address is slowed there and not refused: its password may have been changed.
package final class LockOut: Sendable {
    /// When something is locked out, and for how long.
    package struct Rules: Sendable, Hashable {
        /// Wrong attempts within `window` that lock out.
        package var attempts: Int
        /// The time in which they count together, and for which what had too many stays locked.
        package var window: TimeAmount
        /// Addresses that are never locked for all the logins behind them.
        package var trusted: [AddressBlock]
        /// Addresses, and pairs of login and address, remembered; the oldest make place.
        package var tableSize: Int

        /// The rules; by default ten attempts in five minutes.
        package init(
            attempts: Int = 10, window: TimeAmount = .minutes(5), trusted: [AddressBlock] = [], tableSize: Int = 10_000
        ) {
            self.attempts = attempts
            self.window = window
            self.trusted = trusted
            self.tableSize = tableSize
        }
    }

    private struct Pair: Hashable {
        var login: String
        var network: SourceAddress
        /// Whether there is such a login: only those are ever named.
        var isKnown: Bool

        static func == (left: Pair, right: Pair) -> Bool {
            left.login == right.login && left.network == right.network
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(login)
            hasher.combine(network)
        }
    }

    private struct State {
        var rules: Rules
        var pairs: AttemptTable<Pair>
        var addresses: AttemptTable<SourceAddress>
    }

    /// A login that is slowed may try one proof in this time.
    private static let turn = TimeAmount.seconds(1)

    /// Who proved themselves.
    package let proven: ProvenLogins
    private let state: Mutex<State>
    private let logger: Logger?
    private let budget = LogBudget()
    /// Until when anything at all is locked. A request reads this and goes on: the mutex is for the time of an attack
    /// and for wrong attempts, it is not on the path of a message.
    private let lockedUntil = Atomic<UInt64>(0)

    /// Nobody is locked.
    package init(rules: Rules = Rules(), proven: ProvenLogins = ProvenLogins(), logger: Logger? = nil) {
        self.proven = proven
        self.logger = logger
        self.state = Mutex(
            State(
                rules: rules, pairs: AttemptTable(capacity: rules.tableSize),
                addresses: AttemptTable(capacity: rules.tableSize)))
    }

    /// Other rules, from now on; what is locked stays so.
    package func adopt(_ rules: Rules) {
        state.withLock { $0.rules = rules }
    }

    /// The seconds for which an attempt that needs proof is refused; nil where it is not.
    ///
    /// - Parameters:
    ///   - login: nil = a key is tried.
    ///   - password: tried with the login.
    ///   - takesTurn: whether the attempt begins, and counts among those of a login that is slowed.
    package func lockedFor(
        login: String?, password: [UInt8] = [], source: SourceAddress, now: NIODeadline, takesTurn: Bool = true
    ) -> Int? {
        guard now.uptimeNanoseconds < lockedUntil.load(ordering: .relaxed) else { return nil }
        if let login, proven.isLikely(login, password: password) { return nil }
        let isProven = login.map { proven.contains($0, network: source) } ?? false
        if isProven, !takesTurn { return nil }
        let time = now.uptimeNanoseconds
        let until = state.withLock { state -> UInt64 in
            let pair = login.map { Pair(login: $0, network: source.network, isKnown: false) }
            if let pair, isProven {
                return state.pairs.takeTurn(pair, now: time, interval: UInt64(Self.turn.nanoseconds))
            }
            let address = state.rules.trusts(source) ? 0 : state.addresses.lockedUntil(source.network)
            return max(address, pair.map { state.pairs.lockedUntil($0) } ?? 0)
        }
        guard until > time else { return nil }
        return Int((until - time + 999_999_999) / 1_000_000_000)
    }

    /// Counts a wrong attempt. Towards the lock of its address a login counts once in a while, however often it fails: one customer's
    /// old password must not shut out the others behind the same address.
    ///
    /// - Parameter isKnown: whether there is such a login.
    package func recordFailure(login: String?, isKnown: Bool = false, source: SourceAddress, now: NIODeadline) {
        let (time, network) = (now.uptimeNanoseconds, source.network)
        var news: [Lock] = []
        let until = state.withLock { state -> UInt64 in
            let rules = state.rules
            let window = UInt64(max(0, rules.window.nanoseconds))
            var until: UInt64 = 0
            if let login {
                let pair = Pair(login: login, network: network, isKnown: isKnown)
                let failure = state.pairs.recordFailure(pair, now: time, attempts: rules.attempts, window: window)
                if failure.locks { news.append(Lock(pair.login, isKnown: isKnown, network, failure.lockedUntil)) }
                until = failure.lockedUntil
                guard failure.isFirst else { return until }
            }
            guard !rules.trusts(source) else { return until }
            let failure = state.addresses.recordFailure(network, now: time, attempts: rules.attempts, window: window)
            if failure.locks { news.append(Lock(address: network, until: failure.lockedUntil)) }
            return max(until, failure.lockedUntil)
        }
        if until > 0 { lockedUntil.max(until, ordering: .relaxed) }
        for lock in news {
            guard let logger, let more = budget.take(now: now) else { continue }
            logger.warning("locked out after too many wrong attempts: \(lock)\(more)")
        }
    }

    /// Remembers that `login` proved itself from `source`. Called once per verification by scrypt, not per message.
    package func recordSuccess(login: String, password: [UInt8], source: SourceAddress) {
        proven.insert(login, password: password, network: source)
    }

    /// Lifts the locks of an address (its network) or of a login at every address, and forgets the attempts that led to them.
    ///
    /// - Returns: how many there were.
    package func unlock(_ name: String, now: NIODeadline) -> Int {
        let network = SourceAddress(parsing: name.hasSuffix("/64") ? String(name.dropLast(3)) : name)?.network
        let time = now.uptimeNanoseconds
        return state.withLock { state in
            let pairs = state.pairs.unlock(now: time) { $0.login == name || $0.network == network }
            guard let network else { return pairs }
            return pairs + state.addresses.unlock(now: time) { $0 == network }
        }
    }

    /// What is locked now.
    package func status(now: NIODeadline) -> LockOutStatus {
        guard now.uptimeNanoseconds < lockedUntil.load(ordering: .relaxed) else { return LockOutStatus() }
        let (pairs, addresses) = state.withLock { state in
            (state.pairs.locked(now: now.uptimeNanoseconds), state.addresses.locked(now: now.uptimeNanoseconds))
        }
        let locks =
            pairs.map { Lock($0.key.login, isKnown: $0.key.isKnown, $0.key.network, $0.until) }
            + addresses.map { Lock(address: $0.key, until: $0.until) }
        return LockOutStatus(locks)
    }
}

extension LockOut.Rules {
    fileprivate func trusts(_ source: SourceAddress) -> Bool { trusted.contains { $0.contains(source) } }
}
