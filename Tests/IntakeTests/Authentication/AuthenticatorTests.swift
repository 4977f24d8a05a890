import Foundation
import Intake
import NIOCore
import NIOPosix
import Synchronization
import TLS
import Testing

/// scrypt's place taken by a list of what it was asked, and a gate that holds it back.
final class FakeScrypt: Sendable {
    let asked = Mutex<[ScryptHash]>([])
    private let gate = Door()
    let right: ScryptHash

    init(right: ScryptHash) {
        self.right = right
    }

    var match: PasswordVerifier.Match {
        { hash, password in
            self.asked.withLock { $0.append(hash) }
            self.gate.pass()
            return hash == self.right && password == Array("right".utf8)
        }
    }

    /// Nothing is answered until `release`.
    func hold() { gate.close() }
    func release() { gate.open() }
    var count: Int { asked.withLock { $0.count } }
}

/// A door for threads.
final class Door: Sendable {
    private let isOpen = Mutex(true)
    private let changed = NSCondition()

    func close() { set(false) }
    func open() { set(true) }

    func pass() {
        changed.lock()
        while !isOpen.withLock({ $0 }) { changed.wait() }
        changed.unlock()
    }

    private func set(_ value: Bool) {
        changed.lock()
        isOpen.withLock { $0 = value }
        changed.broadcast()
        changed.unlock()
    }
}

@Suite(.timeLimit(.minutes(1))) struct AuthenticatorTests {
    private let scrypt: FakeScrypt
    private let accounts: [Account]
    private let here = SourceAddress(high: 0, low: 1)
    private let lockOut = LockOut(rules: .init(attempts: 3, window: .minutes(5)))

    init() throws {
        let hash = ScryptHash.make(password: "right", logN: 10)
        scrypt = FakeScrypt(right: hash)
        accounts = [
            Account(index: 0, name: "acme", login: "acme", password: hash),
            Account(index: 1, name: "keyed", login: "nopassword", key: KeyHash(hashing: [1, 2, 3])),
        ]
    }

    private typealias Ask = @Sendable (Credentials) -> EventLoopFuture<String>

    /// Runs `body` with an authenticator on its loop.
    private func withLoop(
        queue: Int = 8, renew: TimeAmount = .hours(1), _ body: (Ask) async throws -> Void
    ) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let verifier = PasswordVerifier(threads: 1, queue: queue, match: scrypt.match)
        verifier.start()
        let accounts = accounts
        let here = here
        let lockOut = lockOut
        let box = try await loop.submit {
            NIOLoopBound(
                Authenticator(
                    eventLoop: loop, directory: AccountDirectory(accounts),
                    lockOut: lockOut, verifier: verifier, secret: [7],
                    remember: .hours(24), renew: renew), eventLoop: loop)
        }.get()
        try await body { credentials in
            loop.flatSubmit {
                let promise = loop.makePromise(of: String.self)
                switch box.value.begin(credentials, source: here, now: .now()) {
                case .decided(let verdict): promise.succeed("at once: " + Self.text(verdict))
                case .mustVerify(let attempt):
                    box.value.verify(attempt) { promise.succeed(Self.text($0)) }
                }
                return promise.futureResult
            }
        }
        await verifier.stop()
    }

    private static func text(_ verdict: Authenticator.Verdict) -> String {
        switch verdict {
        case .verified(let entry): entry.account.name
        case .refused(let code, _): code.rawValue
        }
    }

    private static func password(_ login: String, _ password: String) -> Credentials {
        .password(login: login, password: Array(password.utf8))
    }

    @Test func scryptIsPaidOnce() async throws {
        try await withLoop { (ask: Ask) async throws -> Void in
            #expect(try await ask(Self.password("acme", "right")).get() == "acme")
            #expect(try await ask(Self.password("acme", "right")).get() == "at once: acme")
            #expect(scrypt.count == 1)
            #expect(try await ask(Self.password("acme", "wrong")).get() == "bad_credentials")
            #expect(try await ask(Self.password("acme", "wrong")).get() == "bad_credentials")
            #expect(scrypt.count == 3, "wrong pairs are not remembered")
        }
    }

    /// One time for every cause: each of them costs one run of scrypt, with a decoy where there is no hash.
    @Test func unknownLoginsPayForScryptToo() async throws {
        try await withLoop { (ask: Ask) async throws -> Void in
            #expect(try await ask(Self.password("nobody", "right")).get() == "bad_credentials")
            #expect(try await ask(Self.password("nopassword", "right")).get() == "bad_credentials")
            // Each with the same decoy, which is none of the accounts' hashes and costs what the dearest of them costs.
            let asked = scrypt.asked.withLock { $0 }
            #expect(asked.count == 2 && Set(asked).count == 1 && asked[0] != scrypt.right)
            #expect(asked[0].description.hasPrefix("$scrypt$ln=10,r=8,p=1$"))
        }
    }

    @Test func aDecoyThatMatchesLetsNobodyIn() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let verifier = PasswordVerifier(threads: 1, queue: 1) { _, _ in true }
        verifier.start()
        let accounts = accounts
        let verdict = try await loop.flatSubmit {
            let authenticator = Authenticator(
                eventLoop: loop, directory: AccountDirectory(accounts), lockOut: LockOut(), verifier: verifier,
                secret: [7], remember: .hours(1), renew: .hours(1))
            let promise = loop.makePromise(of: String.self)
            let source = SourceAddress(high: 0, low: 1)
            let credentials = Self.password("nopassword", "x")
            if case .mustVerify(let attempt) = authenticator.begin(credentials, source: source, now: .now()) {
                authenticator.verify(attempt) { promise.succeed(Self.text($0)) }
            } else {
                promise.succeed("decided")
            }
            return promise.futureResult
        }.get()
        #expect(verdict == "bad_credentials")
        await verifier.stop()
    }

    @Test func identicalAttemptsShareOneRun() async throws {
        scrypt.hold()
        try await withLoop { (ask: Ask) async throws -> Void in
            let futures = (0..<5).map { _ in ask(Self.password("acme", "right")) }
            // The last of them is waiting when this one is.
            let other = ask(Self.password("acme", "other"))
            _ = try await ask(.key([1, 2, 3])).get()
            scrypt.release()
            for future in futures { #expect(try await future.get() == "acme") }
            #expect(try await other.get() == "bad_credentials")
            #expect(scrypt.count == 2)
        }
    }

    @Test func theQueueIsBounded() async throws {
        scrypt.hold()
        try await withLoop(queue: 2) { (ask: Ask) async throws -> Void in
            let first = ask(Self.password("acme", "a"))
            let second = ask(Self.password("acme", "b"))
            #expect(try await ask(Self.password("acme", "c")).get() == "busy")
            scrypt.release()
            #expect(try await first.get() == "bad_credentials")
            #expect(try await second.get() == "bad_credentials")
            #expect(try await ask(Self.password("acme", "right")).get() == "acme")
        }
    }

    @Test func attemptsInTheQueueMeetTheLock() async throws {
        scrypt.hold()
        try await withLoop { (ask: Ask) async throws -> Void in
            let futures = ["a", "b", "c", "right"].map { ask(Self.password("acme", $0)) }
            _ = try await ask(.key([1, 2, 3])).get()
            scrypt.release()
            var verdicts: [String] = []
            for future in futures { verdicts.append(try await future.get()) }
            #expect(verdicts == ["bad_credentials", "bad_credentials", "bad_credentials", "locked_out"])
            #expect(try await ask(Self.password("acme", "right")).get() == "at once: locked_out")
        }
    }

    @Test func keys() async throws {
        try await withLoop { (ask: Ask) async throws -> Void in
            #expect(try await ask(.key([1, 2, 3])).get() == "at once: keyed")
            for _ in 0..<3 { #expect(try await ask(.key([1, 2, 4])).get() == "at once: bad_credentials") }
            #expect(try await ask(.key([1, 2, 4])).get() == "at once: locked_out")
            #expect(try await ask(.key([1, 2, 3])).get() == "at once: keyed", "a right key is never locked out")
            #expect(scrypt.count == 0)
        }
    }

    /// What is known passes the locks of its address and of its login; what is not known does not.
    @Test func aKnownPairPassesTheLocks() async throws {
        try await withLoop { (ask: Ask) async throws -> Void in
            #expect(try await ask(Self.password("acme", "right")).get() == "acme")
            for _ in 0..<3 { _ = try await ask(.key([9])).get() }
            for _ in 0..<3 { _ = try await ask(Self.password("other", "x")).get() }
            #expect(try await ask(Self.password("other", "x")).get() == "at once: locked_out")
            #expect(try await ask(Self.password("acme", "right")).get() == "at once: acme")
        }
    }

    /// After a restart no pair is known, but where the login was right before: it is proven anew in spite of the address's lock.
    @Test func aLoginThatWasRightFromHerePassesAfterARestart() async throws {
        lockOut.proven.insert("acme", password: Array("right".utf8), network: here)
        try await withLoop { (ask: Ask) async throws -> Void in
            for _ in 0..<3 { _ = try await ask(.key([9])).get() }
            for _ in 0..<3 { #expect(try await ask(Self.password("acme", "old")).get() != "acme") }
            #expect(try await ask(Self.password("acme", "right")).get() == "acme")
        }
    }

    /// Nor does it help to try others behind the same address all the time, or from where the owner has never been.
    @Test func anOwnerPassesWhileOthersGuess() async throws {
        lockOut.proven.insert("acme", password: Array("right".utf8), network: .init(high: 9, low: 9))
        try await withLoop { (ask: Ask) async throws -> Void in
            for number in 0..<20 { _ = try await ask(Self.password("acme", "wrong\(number)")).get() }
            #expect(lockOut.status(now: .now()).locks.count > 0)
            #expect(try await ask(Self.password("acme", "right")).get() == "acme")
        }
    }

    /// Wrong passwords of one proven login are not in front of another one's right password.
    @Test func aNeighboursGuessesAreNotInFront() async throws {
        scrypt.hold()
        lockOut.proven.insert("other", password: Array("y".utf8), network: here)
        lockOut.proven.insert("acme", password: Array("right".utf8), network: here)
        let wrong = (0..<100).map { "wrong\($0)" }.filter {
            !lockOut.proven.isLikely("other", password: Array($0.utf8))
        }
        try await withLoop(queue: 8) { (ask: Ask) async throws -> Void in
            let guesses = wrong.prefix(5).map { ask(Self.password("other", $0)) }
            while scrypt.count < 1 { await Task.yield() }
            let owner = ask(Self.password("acme", "right"))
            _ = try await ask(.key([1, 2, 3])).get()
            scrypt.release()
            #expect(try await owner.get() == "acme")
            for guess in guesses { #expect(try await guess.get() != "other") }
            #expect(scrypt.asked.withLock { $0[1] } == scrypt.right, "the owner was next")
        }
    }

    /// A pair that is used is proven anew in the background: each use is answered at once.
    @Test func aUsedProofIsRenewed() async throws {
        try await withLoop(renew: .nanoseconds(0)) { (ask: Ask) async throws -> Void in
            #expect(try await ask(Self.password("acme", "right")).get() == "acme")
            scrypt.hold()
            for _ in 0..<3 { #expect(try await ask(Self.password("acme", "right")).get() == "at once: acme") }
            scrypt.release()
            while scrypt.count < 2 { await Task.yield() }
            #expect(scrypt.count == 2, "one renewal for all of them")
        }
    }

    /// Strangers who fill their queue are neither before nor beside a login that was right before.
    @Test func placesAreKeptForProvenLogins() async throws {
        scrypt.hold()
        lockOut.proven.insert("acme", password: Array("right".utf8), network: here)
        try await withLoop(queue: 2) { (ask: Ask) async throws -> Void in
            let first = ask(Self.password("x", "1"))
            while scrypt.count < 1 { await Task.yield() }
            let second = ask(Self.password("y", "2"))
            #expect(try await ask(Self.password("z", "3")).get() == "busy")
            let owner = ask(Self.password("acme", "right"))
            _ = try await ask(.key([1, 2, 3])).get()
            scrypt.release()
            #expect(try await owner.get() == "acme")
            #expect(try await first.get() == "bad_credentials")
            #expect(try await second.get() == "bad_credentials")
            #expect(scrypt.asked.withLock { $0[1] } == scrypt.right, "the owner was next")
        }
    }

    @Test func stoppedThreadsAnswer() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let verifier = PasswordVerifier(threads: 1, queue: 4, match: scrypt.match)
        verifier.start()
        await verifier.stop()
        let promise = loop.makePromise(of: Bool?.self)
        #expect(verifier.verify([], against: scrypt.right, in: .kept, on: loop) { promise.succeed($0) })
        #expect(try await promise.futureResult.get() == nil)
    }
}

/// Pairs against what OpenSSL 3 makes of the same octets.
@Suite struct PairHashTests {
    private let hash = PairHash(key: Array(0...15))

    private func hex(_ digest: PairDigest) -> String {
        digest.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(arguments: [
        ("", "", "da87c1d86b99af44347659119b22fc45"), ("a", "", "3835477681c2262f25e57e1218fb0feb"),
        ("login", "p", "6a41f079c625f7a8f92eb03e3ef6f28f"), ("login", "pw", "c05b0a558c3e565cceceb1687ea1669e"),
        ("bench", "bench-password", "90d33819266b3bfa3212cc470b0db598"),
    ])
    func vectors(_ login: String, _ password: String, _ digest: String) {
        #expect(hex(hash.digest(login, Array(password.utf8))) == digest)
    }

    @Test func everyPartCounts() {
        let one = hash.digest("ab", Array("c".utf8))
        #expect(one == hash.digest("ab", Array("c".utf8)))
        #expect(one != hash.digest("a", Array("bc".utf8)))
        #expect(one != hash.digest("ab", Array("d".utf8)))
        #expect(one != PairHash(key: Array(1...16)).digest("ab", Array("c".utf8)))
        #expect(one != PairHash(key: Array(0...14)).digest("ab", Array("c".utf8)))
    }
}
