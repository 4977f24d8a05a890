import Intake
import Messaging
import NIOCore
import NIOPosix
import SMPP
import Synchronization
import TLS
import Testing

/// What stays and what ends when the accounts are read anew.
@Suite(.timeLimit(.minutes(1))) struct AdoptionTests {
    private static let hash = ScryptHash.make(password: "right", logN: 10)
    private static let otherHash = ScryptHash.make(password: "right", logN: 11)
    private let scrypt = FakeScrypt(right: hash)

    private static func account(_ name: String = "acme", _ change: (inout Account) -> Void = { _ in }) -> Account {
        var account = Account(index: 0, name: name, login: name, password: hash)
        change(&account)
        return account
    }

    /// An authenticator on its loop; tests give it other accounts.
    private struct Bench: Sendable {
        let loop: any EventLoop
        let box: NIOLoopBound<Authenticator>
        let first: AccountDirectory

        func ask(_ login: String = "acme") async throws -> String {
            try await loop.flatSubmit {
                let promise = loop.makePromise(of: String.self)
                let credentials = Credentials.password(login: login, password: Array("right".utf8))
                let source = SourceAddress(high: 0, low: 1)
                switch box.value.begin(credentials, source: source, now: .now()) {
                case .decided(let verdict): promise.succeed("at once: " + Self.text(verdict))
                case .mustVerify(let attempt): box.value.verify(attempt) { promise.succeed(Self.text($0)) }
                }
                return promise.futureResult
            }.get()
        }

        @discardableResult
        func adopt(_ accounts: [Account]) async throws -> AccountDirectory {
            let next = AccountDirectory(accounts, continuing: first)
            try await loop.submit { box.value.adopt(next) }.get()
            return next
        }

        private static func text(_ verdict: Authenticator.Verdict) -> String {
            switch verdict {
            case .verified(let entry): "\(entry.account.name) \(entry.account.language)"
            case .refused(let code, _): code.rawValue
            }
        }
    }

    private func withBench(_ accounts: [Account], _ body: (Bench) async throws -> Void) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let verifier = PasswordVerifier(threads: 1, queue: 8, match: scrypt.match)
        verifier.start()
        let first = AccountDirectory(accounts)
        let box = try await loop.submit {
            NIOLoopBound(
                Authenticator(
                    eventLoop: loop, directory: first, lockOut: LockOut(), verifier: verifier, secret: [7],
                    remember: .hours(1), renew: .hours(1)), eventLoop: loop)
        }.get()
        try await body(Bench(loop: loop, box: box, first: first))
        await verifier.stop()
    }

    @Test func aVerifiedPairStaysKnownAndHasItsNewAccount() async throws {
        try await withBench([Self.account()]) { bench in
            #expect(try await bench.ask() == "acme ru")
            #expect(scrypt.count == 1)
            try await bench.adopt([Self.account("before"), Self.account { $0.language = .en }])
            #expect(try await bench.ask() == "at once: acme en")
            #expect(scrypt.count == 1)
        }
    }

    @Test func aChangedPasswordMustBeVerified() async throws {
        try await withBench([Self.account()]) { bench in
            #expect(try await bench.ask() == "acme ru")
            try await bench.adopt([Self.account { $0.password = Self.otherHash }])
            #expect(try await bench.ask() == "bad_credentials")
            #expect(scrypt.count == 2)
        }
    }

    @Test func aRemovedAccountIsUnknownAtOnce() async throws {
        try await withBench([Self.account(), Self.account("other")]) { bench in
            #expect(try await bench.ask() == "acme ru")
            try await bench.adopt([Self.account("other")])
            #expect(try await bench.ask() == "bad_credentials")
            #expect(scrypt.asked.withLock { $0.last } != scrypt.right)
            // The same login in another account's hands is another account.
            try await bench.adopt([Self.account("heir") { $0.login = "acme" }])
            #expect(try await bench.ask() == "heir ru")
            #expect(scrypt.count == 3)
        }
    }

    /// scrypt was asked about the old hash; its yes says nothing of the new one.
    @Test func aVerificationUnderWayCountsForTheNewPassword() async throws {
        try await withBench([Self.account()]) { bench in
            scrypt.hold()
            async let early = bench.ask()
            while scrypt.count == 0 { await Task.yield() }
            try await bench.adopt([Self.account { $0.password = Self.otherHash }])
            scrypt.release()
            #expect(try await early == "bad_credentials")
            #expect(scrypt.asked.withLock { $0 } == [Self.hash, Self.otherHash])
        }
        try await withBench([Self.account { $0.password = Self.otherHash }]) { bench in
            scrypt.hold()
            let before = scrypt.count
            async let early = bench.ask()
            while scrypt.count == before { await Task.yield() }
            try await bench.adopt([Self.account()])
            scrypt.release()
            #expect(try await early == "acme ru")
        }
    }

    @Test func countsStayAndLimitsChange() async throws {
        let now = NIODeadline.uptimeNanoseconds(5_000_000_000)
        let first = AccountDirectory([Self.account { ($0.rate, $0.inFlight) = (1, 2) }, Self.account("gone")])
        let meter = first.entries[0].meter
        #expect(meter.admit(now: now) == .admitted)
        #expect(meter.admit(now: now) == .limited(retryAfter: 1))
        let next = AccountDirectory(
            [Self.account("new"), Self.account { ($0.rate, $0.inFlight) = (nil, 2) }], continuing: first)
        #expect(next.entries[1].meter === meter)
        #expect(next.entries[0].meter.current == 0)
        // Still the old limits, until all loops have the new accounts.
        #expect(meter.admit(now: now) == .limited(retryAfter: 1))
        next.applyLimits()
        #expect(meter.admit(now: now) == .admitted)
        #expect(meter.admit(now: now) == .limited(retryAfter: 1))
        #expect(meter.current == 2)
        meter.release()
        #expect(meter.admit(now: now) == .admitted)
    }
}
