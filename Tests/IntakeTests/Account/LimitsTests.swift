import Intake
import NIOCore
import Testing

@Suite struct AddressBlockTests {
    private func contains(_ block: String, _ address: String) throws -> Bool {
        try #require(AddressBlock(parsing: block)).contains(try #require(SourceAddress(parsing: address)))
    }

    @Test func blocks() throws {
        #expect(try contains("203.0.113.0/24", "203.0.113.255"))
        #expect(try !contains("203.0.113.0/24", "203.0.114.0"))
        #expect(try contains("203.0.113.7/24", "203.0.113.1"))
        #expect(try contains("203.0.113.7", "203.0.113.7"))
        #expect(try !contains("203.0.113.7", "203.0.113.6"))
        #expect(try contains("0.0.0.0/0", "255.1.2.3"))
        #expect(try !contains("0.0.0.0/0", "2001:db8::1"))
        #expect(try contains("2001:db8::/32", "2001:db8:ffff::1"))
        #expect(try !contains("2001:db8::/32", "2001:db9::1"))
        #expect(try contains("2001:db8::5/128", "2001:db8::5"))
        #expect(try contains("2001:db8:0:1::/64", "2001:db8:0:1:ffff::"))
        #expect(try !contains("2001:db8:0:1::/64", "2001:db8:0:2::"))
        #expect(try contains("::/0", "1.2.3.4"))
        #expect(try contains("10.0.0.0/8", "::ffff:10.9.8.7"))
        #expect(try contains("::1", "::1"))
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/+1", "1.2.3.4/8/8", "::1/129", "host",
        "1.2.3.4/0x8",
        "[::1]", "1.2.3.4:80", "::1/99999999999999999999",
    ])
    func notBlocks(_ text: String) {
        #expect(AddressBlock(parsing: text) == nil)
    }
}

@Suite struct AccountMeterTests {
    private let start = NIODeadline.uptimeNanoseconds(5_000_000_000)

    @Test func rateHasABurstOfOneSecond() {
        let meter = AccountMeter(rate: 10, inFlight: nil)
        for _ in 0..<10 { #expect(meter.admit(now: start) == .admitted) }
        #expect(meter.admit(now: start) == .limited(retryAfter: 1))
        #expect(meter.admit(now: start + .milliseconds(99)) == .limited(retryAfter: 1))
        #expect(meter.admit(now: start + .milliseconds(100)) == .admitted)
        #expect(meter.admit(now: start + .milliseconds(100)) == .limited(retryAfter: 1))
        for _ in 0..<10 { #expect(meter.admit(now: start + .seconds(60)) == .admitted) }
        #expect(meter.admit(now: start + .seconds(60)) == .limited(retryAfter: 1))
    }

    @Test func slowRatesTellWhen() {
        let meter = AccountMeter(rate: 0.1, inFlight: nil)
        #expect(meter.admit(now: start) == .admitted)
        #expect(meter.admit(now: start) == .limited(retryAfter: 10))
        #expect(meter.admit(now: start + .milliseconds(9_500)) == .limited(retryAfter: 1))
        #expect(meter.admit(now: start + .seconds(10)) == .admitted)
    }

    @Test func inFlight() {
        let meter = AccountMeter(rate: nil, inFlight: 2)
        #expect(meter.admit(now: start) == .admitted)
        #expect(meter.admit(now: start) == .admitted)
        #expect(meter.admit(now: start) == .limited(retryAfter: 1))
        #expect(meter.current == 2)
        meter.release()
        #expect(meter.admit(now: start) == .admitted)
    }

    @Test func loopsShareOneRate() async {
        let meter = AccountMeter(rate: 1000, inFlight: nil)
        let start = start
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<500).count { _ in meter.admit(now: start) == .admitted } }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == 1000)
    }
}

@Suite struct LockOutTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let here = SourceAddress(parsing: "192.0.2.1") ?? .init(high: 0, low: 1)
    private let there = SourceAddress(parsing: "192.0.2.2") ?? .init(high: 0, low: 2)

    private func lockOut(_ attempts: Int = 3, size: Int = 100) -> LockOut {
        LockOut(rules: LockOut.Rules(attempts: attempts, window: .minutes(5), tableSize: size))
    }

    @Test func addressAndLoginAreLocked() {
        let lock = lockOut()
        for _ in 0..<2 { lock.recordFailure(login: "acme", source: here, now: start) }
        #expect(lock.lockedFor(login: "acme", source: here, now: start) == nil)
        lock.recordFailure(login: "acme", source: here, now: start)
        #expect(lock.lockedFor(login: "acme", source: here, now: start) == 300)
        #expect(lock.lockedFor(login: "acme", source: there, now: start + .seconds(1)) == 299)
        #expect(lock.lockedFor(login: "other", source: here, now: start) == 300)
        #expect(lock.lockedFor(login: nil, source: here, now: start) == 300)
        #expect(lock.lockedFor(login: "other", source: there, now: start) == nil)
        #expect(lock.lockedFor(login: "acme", source: here, now: start + .minutes(5)) == nil)
    }

    @Test func oldAttemptsAreForgotten() {
        let lock = lockOut()
        for minute in 0..<20 {
            lock.recordFailure(login: "acme", source: here, now: start + .minutes(Int64(minute) * 3))
            #expect(lock.lockedFor(login: "acme", source: here, now: start + .minutes(Int64(minute) * 3)) == nil)
        }
    }

    @Test func anOwnerIsNotShutOutByOthers() {
        let lock = lockOut()
        lock.recordSuccess(login: "acme", source: here)
        for _ in 0..<3 { lock.recordFailure(login: "acme", source: there, now: start) }
        #expect(lock.lockedFor(login: "acme", source: there, now: start) == 300)
        #expect(lock.lockedFor(login: "acme", source: here, now: start) == nil)
        for _ in 0..<3 { lock.recordFailure(login: "acme", source: here, now: start) }
        #expect(lock.lockedFor(login: "acme", source: here, now: start) == 300)
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
    }

    @Test func tablesAreBounded() {
        let lock = lockOut(2, size: 10)
        for low in 0..<1000 {
            lock.recordFailure(login: "\(low)", source: .init(high: 1 << 32 + UInt64(low), low: 0), now: start)
        }
        for _ in 0..<2 { lock.recordFailure(login: "a", source: here, now: start) }
        #expect(lock.lockedFor(login: "a", source: there, now: start) == 300)
        for low in 0..<1000 {
            lock.recordFailure(login: "\(low)", source: .init(high: 1 << 32 + UInt64(low), low: 0), now: start)
        }
        #expect(lock.lockedFor(login: "a", source: there, now: start) == nil)
    }
}

@Suite struct CredentialCacheTests {
    private let start = NIODeadline.uptimeNanoseconds(1)
    private let entry = AccountEntry(Account(index: 0, name: "a"))

    @Test func remembersUntilItExpires() {
        var cache = CredentialCache<Int>(capacity: 2, lifetime: .seconds(10))
        #expect(cache.account(for: 1, now: start) == nil)
        cache.insert(1, account: entry, now: start)
        #expect(cache.account(for: 1, now: start + .seconds(9)) === entry)
        #expect(cache.account(for: 1, now: start + .seconds(10)) == nil)
        cache.insert(1, account: entry, now: start + .seconds(10))
        #expect(cache.account(for: 1, now: start + .seconds(19)) === entry)
    }

    @Test func theOldestGiveWay() {
        var cache = CredentialCache<Int>(capacity: 2, lifetime: .seconds(10))
        for digest in 1...3 { cache.insert(digest, account: entry, now: start) }
        #expect(cache.account(for: 1, now: start) == nil)
        #expect(cache.account(for: 2, now: start) === entry)
        for round in 0..<100 { cache.insert(round, account: entry, now: start) }
        #expect(cache.count == 2)
    }
}
