import Intake
import NIOCore
import Testing

@Suite struct CredentialCacheTests {
    private let start = NIODeadline.uptimeNanoseconds(1)
    private let entry = AccountEntry(Account(index: 0, name: "a"))

    private func cache() -> CredentialCache<Int> {
        CredentialCache<Int>(capacity: 2, lifetime: .seconds(10), freshness: .seconds(4))
    }

    @Test func remembersUntilItExpires() {
        var cache = cache()
        #expect(cache.proof(of: 1, now: start) == nil)
        cache.insert(1, account: entry, now: start)
        #expect(cache.proof(of: 1, now: start + .seconds(9))?.account === entry)
        #expect(cache.proof(of: 1, now: start + .seconds(10)) == nil)
        cache.insert(1, account: entry, now: start + .seconds(10))
        #expect(cache.proof(of: 1, now: start + .seconds(19))?.account === entry)
        cache.remove(1)
        #expect(cache.proof(of: 1, now: start + .seconds(19)) == nil)
    }

    @Test func whatIsUsedLateIsToBeRenewedOnce() throws {
        var cache = cache()
        cache.insert(1, account: entry, now: start)
        #expect(try #require(cache.proof(of: 1, now: start)).renewFrom == start + .seconds(4))
        cache.beginRenewal(of: 1, now: start + .seconds(4))
        #expect(try #require(cache.proof(of: 1, now: start + .seconds(4))).renewFrom > start + .seconds(4))
        cache.insert(1, account: entry, now: start + .seconds(5))
        #expect(try #require(cache.proof(of: 1, now: start + .seconds(14))).renewFrom == start + .seconds(9))
    }

    @Test func theOldestGiveWay() {
        var cache = cache()
        for digest in 1...3 { cache.insert(digest, account: entry, now: start) }
        #expect(cache.proof(of: 1, now: start) == nil)
        #expect(cache.proof(of: 2, now: start)?.account === entry)
        for round in 0..<100 { cache.insert(round, account: entry, now: start) }
        #expect(cache.count == 2)
    }
}
