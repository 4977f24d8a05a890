import NIOCore
import SMPP
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct PaceTests {
    private static func largest(atMilliseconds times: [Int64]) -> Int {
        let meter = PaceMeter()
        for time in times { meter.count { .uptimeNanoseconds(5_000_000_000) + .milliseconds(time) } }
        return meter.largest
    }

    @Test(
        arguments: [
            ([], 0), ([0], 1), ([0, 0, 0], 3), ([0, 999], 2), ([0, 1000], 1), ([0, 500, 1000, 1500], 2),
            // The busy second lies across two clock seconds.
            ([0, 900, 950, 1050, 1100, 1899, 1900], 5), ([0, 1, 2, 5000, 5001], 3),
        ] as [([Int64], Int)])
    func theBusiestSecondIsFound(times: [Int64], expected: Int) {
        #expect(Self.largest(atMilliseconds: times) == expected)
    }

    @Test func anyOrderOfGapsAgreesWithCountingEverySecond() {
        var generator = SplitMix64(seed: 11)
        for _ in 0..<50 {
            var times: [Int64] = [0]
            for _ in 0..<200 { times.append((times.last ?? 0) + Int64.random(in: 0...60, using: &generator)) }
            let counted = times.map { end in times.count { $0 <= end && $0 > end - 1000 } }.max()
            #expect(Self.largest(atMilliseconds: times) == counted)
        }
    }

    @Test func memoryIsBoundedAndResetStartsAnew() {
        let meter = PaceMeter()
        for _ in 0..<PaceMeter.maximum + 10 { meter.count { .uptimeNanoseconds(1) } }
        #expect(meter.largest == PaceMeter.maximum)
        meter.reset()
        #expect(meter.largest == 0)
        meter.count()
        #expect(meter.largest == 1)
    }

    @Test func systemIDsBeyondTheBoundShareAMeter() {
        let meters = BySystemID { PaceMeter() }
        for number in 0..<BySystemIDBounds.maximum { meters.entry(of: "esme\(number)").count() }
        meters.entry(of: "late1").count()
        meters.entry(of: "late2").count()
        meters.entry(of: "esme7").count()
        #expect(meters.all.count == BySystemIDBounds.maximum + 1)
        #expect(meters.all[BySystemIDBounds.others]?.largest == 2 && meters.all["esme7"]?.largest == 2)
    }

    @Test func aSecondIsCountedOverAllBindsOfASystemID() async throws {
        try await withSimulator { server, address in
            // The connections spread over the event loops.
            for _ in 0..<6 {
                let esme = try await ESME.bound(address, .transmitter, systemID: "acme")
                for _ in 0..<2 { _ = try await esme.submit("79160000000") }
            }
            let other = try await ESME.bound(address, systemID: "other")
            _ = try await other.submit("79160000000")
            // What no bind sends does not count.
            let receiver = try await ESME.bound(address, .receiver, systemID: "deaf")
            _ = try await receiver.submit("79160000000")
            let largest = server.maxInOneSecond
            #expect(largest["other"] == 1 && largest["deaf"] == 0)
            #expect((1...12).contains(largest["acme"] ?? 0))
            #expect((largest["acme"] ?? 0) > 2)
        }
    }

    @Test func theLargestWindowIsThatOfOneBind() async throws {
        try await withSimulator(SimulatorOptions(latency: .constant(.milliseconds(100)))) { server, address in
            for count in [3, 7, 2] {
                let esme = try await ESME.bound(address)
                let sequences = try await esme.send((0..<count).map { _ in .submit(.to("79160000000")) })
                for _ in sequences { _ = try await esme.nextPDU() }
            }
            #expect(await server.statistics().maxUnanswered == 7)
        }
    }

    @Test func whatWasAnsweredNoLongerWaits() async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            for _ in 0..<20 { _ = try await esme.submit("79160000000") }
            // Silent ones do not wait: they have no answer.
            try await esme.send(.submit(.to("79160670001")), .submit(.to("79160670001")))
            _ = try await esme.submit("79160000000")
            #expect(await server.statistics().maxUnanswered == 1)
        }
    }
}
