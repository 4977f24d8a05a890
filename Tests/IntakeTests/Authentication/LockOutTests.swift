import Foundation
import Intake
import Logging
import NIOCore
import TestPrograms
import Testing

@Suite struct LockOutTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let here = SourceAddress(parsing: "192.0.2.1") ?? .init(high: 0, low: 1)
    private let there = SourceAddress(parsing: "192.0.2.2") ?? .init(high: 0, low: 2)

    private func lockOut(_ attempts: Int = 3, trusted: [AddressBlock] = [], size: Int = 100) -> LockOut {
        LockOut(rules: .init(attempts: attempts, window: .minutes(5), trusted: trusted, tableSize: size))
    }

    /// Who knows a login cannot shut its owner out: not at another address, not for the other logins behind the same one.
    @Test func aLoginIsLockedWhereItFailed() {
        let lock = lockOut()
        for _ in 0..<2 { lock.recordFailure(login: "acme", source: here, now: start) }
        #expect(lock.lockedFor(login: "acme", source: here, now: start) == nil)
        lock.recordFailure(login: "acme", source: here, now: start)
        #expect(lock.lockedFor(login: "acme", source: here, now: start) == 300)
        #expect(lock.lockedFor(login: "acme", source: here, now: start + .seconds(1)) == 299)
        #expect(lock.lockedFor(login: "acme", source: there, now: start) == nil)
        #expect(lock.lockedFor(login: "other", source: here, now: start) == nil)
        #expect(lock.lockedFor(login: nil, source: here, now: start) == nil)
        #expect(lock.lockedFor(login: "acme", source: here, now: start + .minutes(5)) == nil)
    }

    @Test(arguments: [true, false]) func anAddressIsLockedForWrongKeysAndManyLogins(_ usesKeys: Bool) {
        let lock = lockOut()
        for number in 1...3 {
            #expect(lock.lockedFor(login: "acme", source: here, now: start) == nil)
            lock.recordFailure(login: usesKeys ? nil : "\(number)", source: here, now: start)
        }
        #expect(lock.lockedFor(login: "acme", source: here, now: start) == 300)
        #expect(lock.lockedFor(login: nil, source: here, now: start) == 300)
        #expect(lock.lockedFor(login: "acme", source: there, now: start) == nil)
    }

    @Test func aTrustedAddressIsLockedForOneLoginAtATime() throws {
        let lock = lockOut(trusted: [try #require(AddressBlock(parsing: "192.0.2.0/31"))])
        for _ in 1...9 { lock.recordFailure(login: nil, source: here, now: start) }
        for _ in 1...3 { lock.recordFailure(login: "acme", source: here, now: start) }
        #expect(lock.lockedFor(login: "acme", source: here, now: start) == 300)
        #expect(lock.lockedFor(login: "other", source: here, now: start) == nil)
        lock.adopt(.init(attempts: 3, window: .minutes(5)))
        for _ in 1...3 { lock.recordFailure(login: nil, source: here, now: start) }
        #expect(lock.lockedFor(login: "other", source: here, now: start) == 300, "other rules are in force at once")
    }

    @Test func oldAttemptsAreForgotten() {
        let lock = lockOut()
        for minute in 0..<20 {
            let now = start + .minutes(Int64(minute) * 3)
            lock.recordFailure(login: "acme", source: here, now: now)
            #expect(lock.lockedFor(login: "acme", source: here, now: now) == nil)
        }
    }

    /// Where it was right before, a login with another password is slowed to one proof a second, and not refused; with the same one it
    /// passes.
    @Test func aProvenLoginIsSlowed() {
        let lock = lockOut()
        lock.recordSuccess(login: "acme", password: [1], source: here)
        let other = lock.proven.unlikely("acme")
        for _ in 0..<3 { lock.recordFailure(login: "acme", source: here, now: start) }
        for _ in 0..<3 { lock.recordFailure(login: nil, source: here, now: start) }
        #expect(lock.lockedFor(login: "other", source: here, now: start) == 300)
        for second in 0..<3 {
            let now = start + .seconds(Int64(second))
            #expect(lock.lockedFor(login: "acme", password: other, source: here, now: now) == nil)
            #expect(lock.lockedFor(login: "acme", password: other, source: here, now: now) == 1)
            #expect(lock.lockedFor(login: "acme", password: other, source: here, now: now, takesTurn: false) == nil)
            #expect(lock.lockedFor(login: "acme", password: [1], source: here, now: now) == nil)
        }
    }

    @Test func anIPv6NetworkCountsAsOne() throws {
        let lock = lockOut()
        for host in 1...3 {
            let address = try #require(SourceAddress(parsing: "2001:db8::\(host)"))
            lock.recordFailure(login: nil, source: address, now: start)
        }
        let other = try #require(SourceAddress(parsing: "2001:db8::ffff"))
        let far = try #require(SourceAddress(parsing: "2001:db8:0:1::1"))
        #expect(lock.lockedFor(login: nil, source: other, now: start) == 300)
        #expect(lock.lockedFor(login: nil, source: far, now: start) == nil)
        #expect(lock.status(now: start).locks.map(\.address) == ["2001:db8::/64"])
        #expect(lock.unlock("2001:db8::/64", now: start) == 1)
        #expect(lock.lockedFor(login: nil, source: other, now: start) == nil)
    }

    @Test func locksAreLifted() {
        let lock = lockOut()
        for source in [here, there] {
            for _ in 0..<3 { lock.recordFailure(login: "acme", isKnown: true, source: source, now: start) }
        }
        #expect(lock.unlock("nobody", now: start) == 0)
        #expect(lock.unlock("192.0.2.1", now: start) == 1)
        #expect(lock.lockedFor(login: "acme", source: here, now: start) == nil)
        #expect(lock.lockedFor(login: "acme", source: there, now: start) == 300)
        #expect(lock.unlock("acme", now: start) == 1)
        #expect(lock.lockedFor(login: "acme", source: there, now: start) == nil)
        for _ in 0..<2 { lock.recordFailure(login: "acme", source: here, now: start) }
        #expect(lock.lockedFor(login: "acme", source: here, now: start) == nil, "attempts count from 0 again")
    }

    /// A login that does not exist may be a password in the wrong field: it is never told.
    @Test func whatIsLockedIsTold() {
        let lines = LogLines()
        let lock = LockOut(rules: .init(attempts: 2, window: .minutes(5)), logger: lines.logger)
        for _ in 0..<2 { lock.recordFailure(login: "s3cret", source: here, now: start) }
        for _ in 0..<2 { lock.recordFailure(login: "acme", isKnown: true, source: here, now: start) }
        let status = lock.status(now: start)
        #expect(status.counts == [.address: 1, .login: 1, .unknownLogin: 1])
        #expect(status.locks.map(\.kind).first == .login)
        #expect(status.locks.compactMap(\.login) == ["acme"])
        #expect(status.locks.allSatisfy { $0.left(now: start + .seconds(60)) == 240 })
        #expect(lines.all.count == 3 && lines.all.allSatisfy { $0.hasPrefix("warning ") && $0.contains("192.0.2.1") })
        #expect(!lines.all.contains { $0.contains("s3cret") })
        for number in 0..<1000 {
            for _ in 0..<2 { lock.recordFailure(login: "\(number)", source: here, now: start) }
        }
        #expect(lines.all.count <= 20, "the log is not the attacker's to fill")
        #expect(lock.status(now: start + .minutes(5)) == LockOutStatus())
    }

    @Test func tablesAreBounded() {
        let lock = lockOut(2, size: 10)
        func flood() {
            for low in 0..<1000 {
                lock.recordFailure(login: "\(low)", source: .init(high: 1 << 32 + UInt64(low), low: 0), now: start)
            }
        }
        flood()
        for _ in 0..<2 { lock.recordFailure(login: "a", source: here, now: start) }
        #expect(lock.lockedFor(login: "a", source: here, now: start) == 300)
        flood()
        #expect(lock.lockedFor(login: "a", source: here, now: start) == nil)
    }
}

@Suite struct ProvenLoginsTests {
    private let here = SourceAddress(parsing: "192.0.2.1") ?? .init(high: 0, low: 1)
    private let there = SourceAddress(parsing: "2001:db8::1") ?? .init(high: 2, low: 2)

    @Test func theyOutliveTheProcess() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = folder.file("state/proven")
        let first = ProvenLogins(path: file)
        first.load()
        #expect(!first.isChanged)
        first.insert("acme", password: [1], network: here)
        #expect(first.isChanged)
        try first.save()
        #expect(!first.isChanged)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.split(separator: "\n").count == 4 && !text.contains("acme"))
        let second = ProvenLogins(path: file)
        second.load()
        #expect(second.contains("acme", network: here) && second.contains("acme", network: nil))
        #expect(!second.contains("acme", network: there) && !second.contains("other", network: nil))
        #expect(second.isLikely("acme", password: [1]) && !second.isLikely("acme", password: second.unlikely("acme")))
        second.insert("acme", password: [1], network: here)
        #expect(!second.isChanged, "nothing new")
    }

    @Test(arguments: ["", "x", "zz\n", String(repeating: "é", count: 40), String(repeating: "0", count: 32) + "\n12\n"])
    func aBrokenFileIsAnEmptyOne(_ text: String) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write(text, to: "proven")
        let logins = ProvenLogins(path: folder.file("proven"))
        logins.load()
        #expect(!logins.contains("acme", network: nil))
        logins.insert("acme", password: [1], network: here)
        try logins.save()
    }

    @Test func aFileThatCannotBeWrittenIsTriedAgain() {
        let logins = ProvenLogins(path: "/dev/null/proven")
        logins.insert("acme", password: [1], network: here)
        #expect(throws: (any Error).self) { try logins.save() }
        #expect(logins.isChanged)
    }

    @Test func theyAreBounded() {
        let logins = ProvenLogins(capacity: 4)
        for number in 0..<100 { logins.insert("\(number)", password: [1], network: here) }
        #expect(logins.contains("99", network: here) && !logins.contains("0", network: here))
    }
}

extension ProvenLogins {
    /// A password that is none of the login's, and does not look like one.
    fileprivate func unlikely(_ login: String) -> [UInt8] {
        (UInt8.min...UInt8.max).map { [$0, 0] }.first { !isLikely(login, password: $0) } ?? []
    }
}
