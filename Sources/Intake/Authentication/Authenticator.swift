package import NIOCore
import TLS

/// Says whose a form is. One per event loop; what the loops share (accounts, lock-out, scrypt threads) is passed in.
///
/// A pair of login and password goes through scrypt once, off the loop, and is then known by its keyed hash. An unknown
/// login, and one that has no password, pay for scrypt with a decoy: one text and one time for every cause.
package final class Authenticator {
    /// The answer.
    package enum Verdict: Sendable {
        case verified(AccountEntry)
        /// `bad_credentials`, `locked_out` or `busy`.
        case refused(ReplyCode, retryAfter: Int?)
    }

    /// What `begin` says.
    package enum Beginning {
        case decided(Verdict)
        /// scrypt must be asked: `verify` takes this.
        case mustVerify(Attempt)
    }

    /// A pair that is not known yet.
    package struct Attempt {
        let login: String
        let password: [UInt8]
        let digest: PairDigest
        let source: SourceAddress
    }

    private struct Waiter {
        let source: SourceAddress
        let completion: (Verdict) -> Void
    }

    /// Requests that may wait for one verification together.
    package static let maxWaiters = 1024

    private let eventLoop: any EventLoop
    private var directory: AccountDirectory
    private let lockOut: LockOut
    private let verifier: PasswordVerifier
    private let pairHash: PairHash
    private var cache: CredentialCache<PairDigest>
    private var waiting: [PairDigest: [Waiter]] = [:]

    /// - Parameters:
    ///   - secret: the random key of this process for the digests of pairs, 16 octets.
    ///   - remember: how long a verified pair is known.
    package init(
        eventLoop: any EventLoop, directory: AccountDirectory, lockOut: LockOut, verifier: PasswordVerifier,
        secret: [UInt8], remember: TimeAmount, remembered: Int = 4096
    ) {
        self.eventLoop = eventLoop
        self.directory = directory
        self.lockOut = lockOut
        self.verifier = verifier
        self.pairHash = PairHash(key: secret)
        self.cache = CredentialCache(capacity: remembered, lifetime: remember)
    }

    /// From now on these are the accounts. Pairs that were verified stay known where login and password are the same. On the
    /// event loop.
    package func adopt(_ directory: AccountDirectory) {
        self.directory = directory
        cache.replaceAccounts(directory.successor)
    }

    /// Decides at once if it can. On the event loop.
    package func begin(_ credentials: Credentials, source: SourceAddress, now: NIODeadline) -> Beginning {
        switch credentials {
        case .key(let key):
            if let seconds = lockOut.lockedFor(login: nil, source: source, now: now) {
                return .decided(.refused(.lockedOut, retryAfter: seconds))
            }
            if let entry = directory.account(key: key) { return .decided(.verified(entry)) }
            lockOut.recordFailure(login: nil, source: source, now: now)
            return .decided(.refused(.badCredentials, retryAfter: nil))
        case .password(let login, let password):
            if let seconds = lockOut.lockedFor(login: login, source: source, now: now) {
                return .decided(.refused(.lockedOut, retryAfter: seconds))
            }
            let digest = pairHash.digest(login, password)
            if let entry = cache.account(for: digest, now: now) { return .decided(.verified(entry)) }
            return .mustVerify(Attempt(login: login, password: password, digest: digest, source: source))
        }
    }

    /// Asks scrypt; requests with the same pair share one run. `completion` comes once, on the event loop, perhaps at once.
    package func verify(_ attempt: Attempt, completion: @escaping (Verdict) -> Void) {
        let waiter = Waiter(source: attempt.source, completion: completion)
        if let others = waiting[attempt.digest] {
            guard others.count < Self.maxWaiters else { return completion(.refused(.busy, retryAfter: 1)) }
            waiting[attempt.digest]?.append(waiter)
            return
        }
        guard ask(attempt) else { return completion(.refused(.busy, retryAfter: 1)) }
        waiting[attempt.digest] = [waiter]
    }

    /// Queues a pair for scrypt; false = the queue is full.
    private func ask(_ attempt: Attempt) -> Bool {
        let hash = directory.account(login: attempt.login)?.account.password ?? ScryptHash.decoy
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return verifier.verify(attempt.password, against: hash, on: eventLoop) { matches in
            bound.value.verified(attempt, against: hash, matches: matches)
        }
    }

    /// Takes scrypt's answer: nil = it was not asked any more.
    private func verified(_ attempt: Attempt, against hash: ScryptHash, matches: Bool?) {
        let (digest, login) = (attempt.digest, attempt.login)
        let entry = directory.account(login: login)
        if matches != nil, (entry?.account.password ?? .decoy) != hash {
            // The accounts were read anew meanwhile, and this one has another password.
            if ask(attempt) { return }
            for waiter in waiting.removeValue(forKey: digest) ?? [] {
                waiter.completion(.refused(.busy, retryAfter: 1))
            }
            return
        }
        guard let waiters = waiting.removeValue(forKey: digest) else { return }
        guard let matches else {
            for waiter in waiters { waiter.completion(.refused(.draining, retryAfter: nil)) }
            return
        }
        let now = eventLoop.now
        // The decoy matches nothing, but what decides is that there is an account with a password.
        let account = matches && entry?.account.password != nil ? entry : nil
        if let account { cache.insert(digest, account: account, now: now) }
        for waiter in waiters {
            // Attempts that were queued before the lock are not told more than those that came after it.
            if let seconds = lockOut.lockedFor(login: login, source: waiter.source, now: now) {
                waiter.completion(.refused(.lockedOut, retryAfter: seconds))
            } else if let account {
                lockOut.recordSuccess(login: login, source: waiter.source)
                waiter.completion(.verified(account))
            } else {
                lockOut.recordFailure(login: login, source: waiter.source, now: now)
                waiter.completion(.refused(.badCredentials, retryAfter: nil))
            }
        }
    }
}
