import SMPP
import Testing

@testable import Simulator

struct RecordTests {
    private static func message(_ id: UInt64) -> ReceivedMessage {
        ReceivedMessage(
            number: id + 1, id: id, systemID: "x", kind: .transceiver, bind: 1, pdu: [], status: .ok, unixNanoseconds: 0
        )
    }

    @Test(arguments: 0...9)
    func theRingKeepsTheLastOnesInOrder(count: UInt64) {
        var ring = MessageRing(capacity: 3)
        for id in 0..<count { ring.append(Self.message(id * 2)) }
        let kept = (0..<count).suffix(3).map { $0 * 2 }
        #expect(ring.all.map(\.id) == kept)
        for id in 0...count * 2 {
            #expect(ring.position(of: id).map { ring[$0].id } == (kept.contains(id) ? id : nil))
        }
    }

    @Test func aRingForNothingKeepsNothing() {
        var ring = MessageRing(capacity: 0)
        ring.append(Self.message(1))
        #expect(ring.all.isEmpty && ring.position(of: 1) == nil)
    }

    @Test func anEmptiedRingStartsAgain() {
        var ring = MessageRing(capacity: 2)
        for id in 1...3 as ClosedRange<UInt64> { ring.append(Self.message(id)) }
        ring.removeAll(through: 4)
        #expect(ring.all.isEmpty && ring.position(of: 3) == nil && ring.lostThrough == 4)
        for id in 4...6 as ClosedRange<UInt64> { ring.append(Self.message(id)) }
        #expect(ring.all.map(\.id) == [5, 6])
    }

    @Test(arguments: [
        (0 as Int64, "1970-01-01T00:00:00.000Z", "700101000000000+"),
        (951_782_399_999_000_000, "2000-02-28T23:59:59.999Z", "000228235959900+"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z", "000229000000000+"),
        (1_709_251_199_500_000_000, "2024-02-29T23:59:59.500Z", "240229235959500+"),
        (1_735_689_599_000_000_000, "2024-12-31T23:59:59.000Z", "241231235959000+"),
        (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z", "000301000000000+"),
    ])
    func timesAreUTC(nanoseconds: Int64, rfc3339: String, smpp: String) {
        let time = UTCTime(unixNanoseconds: nanoseconds)
        #expect(time.rfc3339 == rfc3339)
        #expect(time.smpp == smpp)
    }

    @Test func countersAddUpAndGaugesSurviveAReset() {
        var one = SimulatorStatistics()
        var other = SimulatorStatistics()
        for (index, counter) in SimulatorStatistics.counters.enumerated() {
            one[keyPath: counter.path] = index
            other[keyPath: counter.path] = 100
        }
        one.statuses = [.throttled: 1, .systemError: 2]
        other.statuses = [.throttled: 3]
        var sum = one + other
        for (index, counter) in SimulatorStatistics.counters.enumerated() {
            #expect(sum[keyPath: counter.path] == index + 100)
        }
        #expect(sum.statuses == [.throttled: 4, .systemError: 2])
        sum.reset()
        for (index, counter) in SimulatorStatistics.counters.enumerated() {
            #expect(sum[keyPath: counter.path] == (counter.isGauge ? index + 100 : 0))
        }
        #expect(sum.statuses.isEmpty)
    }
}
