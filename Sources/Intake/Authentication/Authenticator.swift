package import NIOCore
import TLS

/// Says whose a form is. One per event loop; what the loops share (accounts, lock-out, scrypt threads) is passed in.
///
/// A pair of login and password goes through scrypt once, off the loop, and is then known by its keyed hash; as long as it is used it is
/// proven anew in the background, and no message waits for that. An unknown login, and one that has no password, pay for scrypt with a
/// decoy: one text and one time for every cause. Locks are for what is not known: a right key and a known pair never meet them.
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
    ///   - renew: after which its next use has it verified anew.
    package init(
        eventLoop: any EventLoop, directory: AccountDirectory, lockOut: LockOut, verifier: PasswordVerifier,
        secret: [UInt8], remember: TimeAmount, renew: TimeAmount, remembered: Int = 4096
    ) {
        self.eventLoop = eventLoop
        self.directory = directory
        self.lockOut = lockOut
        self.verifier = verifier
        self.pairHash = PairHash(key: secret)
        self.cache = CredentialCache(capacity: remembered, lifetime: remember, freshness: renew)
    }

    /// From now on these are the accounts. Pairs that were verified stay known where login and password are the same. On the
    /// event loop.
    package func adopt(_ directory: AccountDirectory) {
        self.directory = directory
        cache.replaceAccounts(directory.successor)
    }

    /// Whose form it says it is; nothing of that is proven. Nil where there is no such account.
    func named(_ credentials: Credentials) -> AccountEntry? {
        switch credentials {
        case .password(let login, _): directory.account(login: login)
        case .key(let key): directory.account(key: key)
        case .chatToken(let token): directory.account(chatToken: token)
        }
    }

    /// Decides at once if it can. On the event loop.
    package func begin(_ credentials: Credentials, source: SourceAddress, now: NIODeadline) -> Beginning {
        switch credentials {
        case .key(let key): return .decided(verdict(directory.account(key: key), source: source, now: now))
        case .chatToken(let token):
            return .decided(verdict(directory.account(chatToken: token), source: source, now: now))
        case .password(let login, let password):
            let digest = pairHash.digest(login, password)
            let attempt = Attempt(login: login, password: password, digest: digest, source: source)
            if let proof = cache.proof(of: digest, now: now) {
                if now >= proof.renewFrom { renew(attempt, now: now) }
                return .decided(.verified(proof.account))
            }
            if let seconds = lockOut.lockedFor(login: login, password: password, source: source, now: now) {
                return .decided(.refused(.lockedOut, retryAfter: seconds))
            }
            return .mustVerify(attempt)
        }
    }

    /// About a key or a token, which is right or not.
    private func verdict(_ entry: AccountEntry?, source: SourceAddress, now: NIODeadline) -> Verdict {
        if let entry { return .verified(entry) }
        if let seconds = lockOut.lockedFor(login: nil, source: source, now: now) {
            return .refused(.lockedOut, retryAfter: seconds)
        }
        lockOut.recordFailure(login: nil, source: source, now: now)
        return .refused(.badCredentials, retryAfter: nil)
    }

    /// Has a known pair verified anew; nobody waits for it.
    private func renew(_ attempt: Attempt, now: NIODeadline) {
        cache.beginRenewal(of: attempt.digest, now: now)
        if waiting[attempt.digest] == nil, ask(attempt, in: .kept) { waiting[attempt.digest] = [] }
    }

    /// The queue that a pair which is not known waits in.
    private func place(of attempt: Attempt) -> PasswordVerifier.Place {
        let proven = lockOut.proven
        if proven.isLikely(attempt.login, password: attempt.password) { return .kept }
        if proven.contains(attempt.login, network: nil) {
            return .keptOnce(proven.name(of: attempt.login), attempt.source.network)
        }
        return .stranger(attempt.source.network)
    }

    /// Asks scrypt; requests with the same pair share one run. `completion` comes once, on the event loop, perhaps at once.
    package func verify(_ attempt: Attempt, completion: @escaping (Verdict) -> Void) {
        let waiter = Waiter(source: attempt.source, completion: completion)
        if let others = waiting[attempt.digest] {
            guard others.count < Self.maxWaiters else { return completion(.refused(.busy, retryAfter: 1)) }
            waiting[attempt.digest]?.append(waiter)
            return
        }
        guard ask(attempt, in: place(of: attempt)) else { return completion(.refused(.busy, retryAfter: 1)) }
        waiting[attempt.digest] = [waiter]
    }

    /// Queues a pair for scrypt; false = the queue is full.
    private func ask(_ attempt: Attempt, in place: PasswordVerifier.Place) -> Bool {
        let hash = directory.account(login: attempt.login)?.account.password
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return verifier.verify(attempt.password, against: hash ?? directory.decoy, in: place, on: eventLoop) {
            matches in
            bound.value.verified(attempt, against: hash, matches: matches)
        }
    }

    /// Takes scrypt's answer: nil = it was not asked any more.
    /// - Parameter hash: of the account; nil where there was none and a decoy was asked.
    private func verified(_ attempt: Attempt, against hash: ScryptHash?, matches: Bool?) {
        let (digest, login) = (attempt.digest, attempt.login)
        let entry = directory.account(login: login)
        if matches != nil, entry?.account.password != hash {
            // The accounts were read anew meanwhile, and this one has another password.
            if ask(attempt, in: place(of: attempt)) { return }
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
        let account = matches && hash != nil ? entry : nil
        if waiters.isEmpty { renewed(attempt, account, now: now) }
        for waiter in waiters {
            // Attempts that were queued before the lock are not told more than those that came after it.
            if let seconds = lockOut.lockedFor(
                login: login, password: attempt.password, source: waiter.source, now: now, takesTurn: false)
            {
                waiter.completion(.refused(.lockedOut, retryAfter: seconds))
            } else if let account {
                renewed(attempt, account, now: now)
                lockOut.recordSuccess(login: login, password: attempt.password, source: waiter.source)
                waiter.completion(.verified(account))
            } else {
                lockOut.recordFailure(login: login, isKnown: entry != nil, source: waiter.source, now: now)
                waiter.completion(.refused(.badCredentials, retryAfter: nil))
            }
        }
    }

    /// Remembers a proof, or that there is none any more.
    private func renewed(_ attempt: Attempt, _ account: AccountEntry?, now: NIODeadline) {
        guard let account else { return cache.remove(attempt.digest) }
        cache.insert(attempt.digest, account: account, now: now)
        lockOut.recordSuccess(login: attempt.login, password: attempt.password, source: attempt.source)
    }
}
