import NIOCore
import NIOEmbedded
import Testing

@testable import Intake

/// Whatever a flood of addresses and logins does, no table grows beyond its bound.
@Suite struct TableBoundsTests {
    /// How many elements a stored collection has.
    private func count(_ value: Any, _ name: String) throws -> Int {
        let stored = try #require(Mirror(reflecting: value).children.first { $0.label == name })
        return Mirror(reflecting: stored.value).children.count
    }

    @Test(arguments: 0..<4) func attempts(seed: Int) throws {
        var table = AttemptTable<Int>(capacity: 100)
        var now: UInt64 = 1
        for _ in 0..<3_000 {
            let key = Int.random(in: 0..<400)
            now += UInt64.random(in: 0...50)
            switch Int.random(in: 0..<20) {
            case 0: _ = table.unlock(now: now) { $0 == key }
            case 1: _ = table.takeTurn(key, now: now, interval: 10)
            default: _ = table.recordFailure(key, now: now, attempts: 3, window: 1_000)
            }
        }
        #expect(try count(table, "entries") <= 100)
        #expect(try count(table, "order") <= 100)
        #expect(table.locked(now: now).count <= 100)
    }

    @Test func proofs() throws {
        var cache = CredentialCache<Int>(capacity: 100, lifetime: .seconds(10), freshness: .seconds(5))
        var proven = RecentSet<Int>(capacity: 100)
        let entry = AccountEntry(Account(index: 0, name: "a"))
        for turn in 0..<3_000 {
            let (key, now) = (Int.random(in: 0..<400), NIODeadline.uptimeNanoseconds(UInt64(turn) * 10_000_000))
            if turn % 7 == 0 { cache.remove(key) } else { cache.insert(key, account: entry, now: now) }
            cache.beginRenewal(of: key, now: now)
            proven.insert(key)
        }
        #expect(cache.count <= 100)
        #expect(try count(cache, "order") <= 100)
        #expect(try count(proven, "values") <= 100)
        #expect(proven.order.count <= 100)
    }

    /// A flood from 20,000 addresses and networks: what is locked stays within the table, and so does what is told of it.
    @Test func locks() {
        let lockOut = LockOut(rules: .init(attempts: 1, tableSize: 500))
        let now = NIODeadline.uptimeNanoseconds(1)
        for number: UInt64 in 0..<20_000 {
            let source = SourceAddress(high: 0x2001_0db8 << 32 | number, low: number)
            lockOut.recordFailure(login: "login\(number)", source: source, now: now)
        }
        let status = lockOut.status(now: now)
        #expect(status.counts[.address] == 500 && status.counts[.unknownLogin] == 500)
        #expect(status.locks.count == LockOutStatus.shown)
    }

    /// Connections that are gone leave nothing behind.
    @Test func connections() throws {
        let gate = ConnectionGate(limit: 1_000, limitOfAddress: 3, logger: LogLines().logger)
        var inside: [SourceAddress] = []
        for number: UInt64 in 0..<20_000 {
            let source = SourceAddress(high: 0x2001_0db8 << 32 | number % 4_000, low: 1)
            guard gate.enter() else {
                inside.shuffle()
                for source in inside { gate.dismiss(source) }
                for _ in inside { gate.leave() }
                inside = []
                continue
            }
            if gate.admit(source) { inside.append(source) } else { gate.leave() }
        }
        for source in inside { gate.dismiss(source) }
        for _ in inside { gate.leave() }
        #expect(gate.open == 0 && gate.addresses == 0)
    }
}
