import NIOCore
import SMPP
import SMPPWire
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct LimitTests {
    @Test func answersComeAfterTheLatencyAndInOrder() async throws {
        try await withSimulator(SimulatorOptions(latency: .constant(.milliseconds(50)))) { _, address in
            let esme = try await ESME.bound(address)
            let start = ContinuousClock.now
            let sequences = try await esme.send((0..<20).map { _ in .submit(.to("79160000000")) })
            var answered: [UInt32] = []
            for _ in sequences { answered.append(try await esme.nextPDU().sequence) }
            #expect(answered == sequences)
            #expect(ContinuousClock.now - start >= .milliseconds(49))
        }
    }

    @Test func jitterSpreadsTheAnswers() async throws {
        let options = SimulatorOptions(latency: .constant(.milliseconds(10)), jitter: .milliseconds(60))
        try await withSimulator(options) { _, address in
            let esme = try await ESME.bound(address)
            let start = ContinuousClock.now
            let sequences = try await esme.send((0..<50).map { _ in .submit(.to("79160000000")) })
            var answered: [UInt32] = []
            for _ in sequences {
                answered.append(try await esme.nextPDU().sequence)
                #expect(ContinuousClock.now - start >= .milliseconds(9))
            }
            #expect(answered != sequences && answered.sorted() == sequences)
        }
    }

    @Test func enquireLinkDoesNotWaitForTheLatency() async throws {
        try await withSimulator(SimulatorOptions(latency: .constant(.seconds(30)))) { _, address in
            let esme = try await ESME.bound(address)
            try await esme.send(.submit(.to("79160000000")), .enquireLink)
            #expect(try await esme.nextPDU() == PDU(sequence: 3, .enquireLinkResponse))
        }
    }

    @Test func moreThanTheWindowIsRefusedAndTheRestAccepted() async throws {
        let options = SimulatorOptions(latency: .constant(.milliseconds(100)), windowLimit: 10)
        try await withSimulator(options) { server, address in
            let esme = try await ESME.bound(address)
            let other = try await ESME.bound(address)
            // One write, so that all are there before the first answer is due.
            let sequences = try await esme.send((0..<12).map { _ in .submit(.to("79160000000")) })
            var refused: [UInt32] = []
            var accepted: [UInt32] = []
            for _ in sequences {
                let answer = try await esme.nextPDU()
                if answer.status == .ok { accepted.append(answer.sequence) } else { refused.append(answer.sequence) }
            }
            // Refusals wait for the latency too: an SMSC tells them no faster.
            #expect(accepted == Array(sequences.prefix(10)) && refused == Array(sequences.suffix(2)))
            #expect(try await other.submit("79160000000").0 == .ok)
            #expect(try await esme.submit("79160000000").0 == .ok)
            let statistics = await server.statistics()
            #expect(statistics.windowExceeded == 2 && statistics.accepted == 12 && statistics.refused == 2)
            #expect(statistics.statuses == [.messageQueueFull: 2])
        }
    }

    @Test func aPeerThatKeepsTheWindowIsNeverRefused() async throws {
        try await withSimulator(SimulatorOptions(windowLimit: 1)) { server, address in
            let esme = try await ESME.bound(address)
            for _ in 0..<50 { #expect(try await esme.submit("79160000000").0 == .ok) }
            #expect(await server.statistics().windowExceeded == 0)
        }
    }

    @Test func moreThanTheRateIsThrottled() async throws {
        try await withSimulator(SimulatorOptions(rateLimit: 5)) { server, address in
            let esme = try await ESME.bound(address)
            let sequences = try await esme.send((0..<8).map { _ in .submit(.to("79160000000")) })
            var statuses: [CommandStatus] = []
            for _ in sequences { statuses.append(try await esme.nextPDU().status) }
            #expect(statuses == Array(repeating: .ok, count: 5) + Array(repeating: .throttled, count: 3))
            let other = try await ESME.bound(address)
            #expect(try await other.submit("79160000000").0 == .ok)
            let statistics = await server.statistics()
            #expect(statistics.throttled == 3 && statistics.statuses == [.throttled: 3])
        }
    }

    @Test func theRateIsCountedBySeconds() {
        var limit = RateLimit(limit: 2)
        let start = NIODeadline.uptimeNanoseconds(5_000_000_000)
        var admitted: [Bool] = []
        for milliseconds in [0, 10, 999, 1000, 1999, 1999] as [Int64] {
            admitted.append(limit.admits(start + .milliseconds(milliseconds)))
        }
        #expect(admitted == [true, true, false, true, true, false])
    }

    @Test func aSlidingSecondNeverHasMoreThanTheRate() {
        var limit = RateLimit(limit: 2, second: .sliding)
        let start = NIODeadline.uptimeNanoseconds(5_000_000_000)
        var admitted: [Bool] = []
        for milliseconds in [0, 900, 999, 1000, 1001, 1899, 1900] as [Int64] {
            admitted.append(limit.admits(start + .milliseconds(milliseconds)))
        }
        // The refused ones at 999 and 1001 do not count: what came at 900 counts until 1900.
        #expect(admitted == [true, true, false, true, false, false, true])
    }

    /// By a property: of a random stream each admitted one is within the limit, each refused one would not have been.
    @Test(arguments: [1, 3, 50]) func aSlidingSecondRefusesNoMoreThanItMust(most: Int) {
        var generator = SplitMix64(seed: UInt64(most))
        var limit = RateLimit(limit: most, second: .sliding)
        var taken: [Int64] = []
        var now: Int64 = 1_000_000_000
        for _ in 0..<5_000 {
            now += Int64.random(in: 0...40_000_000, using: &generator)
            let inLastSecond = taken.count { now - $0 < 1_000_000_000 }
            let isAdmitted = limit.admits(.uptimeNanoseconds(UInt64(now)))
            #expect(isAdmitted == (inLastSecond < most))
            if isAdmitted { taken.append(now) }
        }
    }

    @Test func theBorderOfTwoFixedSecondsTakesTwiceTheRateAndASlidingOneDoesNot() async throws {
        for (second, accepted) in [(RateSecond.fixed, 8), (.sliding, 5)] {
            var options = SimulatorOptions(rateLimit: 4)
            options.rateSecond = second
            try await withSimulator(options) { server, address in
                let esme = try await ESME.bound(address)
                #expect(try await esme.submit("79160000000").0 == .ok)
                try await Task.sleep(for: .milliseconds(600))
                try await esme.send((0..<3).map { _ in .submit(.to("79160000000")) })
                for _ in 0..<3 { #expect(try await esme.nextPDU().status == .ok) }
                try await Task.sleep(for: .milliseconds(600))
                try await esme.send((0..<4).map { _ in .submit(.to("79160000000")) })
                for _ in 0..<4 { _ = try await esme.nextPDU() }
                #expect(await server.statistics().accepted == accepted)
            }
        }
    }

    @Test func answersOfOneTickLeaveTogether() {
        var schedule = AnswerSchedule()
        var isFirst: [Bool] = []
        for (tick, octet) in [(7, 1), (7, 2), (3, 3)] as [(UInt64, UInt8)] {
            isFirst.append(schedule.add(at: tick) { $0.writeInteger(octet) })
        }
        #expect(isFirst == [true, false, true] && schedule.count == 3)
        let taken = [schedule.take(7), schedule.take(7)]
        #expect(taken == [ByteBuffer(bytes: [1, 2]), nil])
        let isFirstOfNine = schedule.add(at: 9) { $0.writeInteger(4 as UInt8) }
        let rest = schedule.takeAll()
        #expect(isFirstOfNine && rest == ByteBuffer(bytes: [3, 4]) && schedule.count == 0)
        let time = NIODeadline.uptimeNanoseconds(1_000_000_100)
        #expect(AnswerSchedule.due(AnswerSchedule.tick(time)) == .uptimeNanoseconds(1_000_000_000))
    }

    @Test func theSeedDecidesTheChance() {
        var one = SplitMix64(seed: 7)
        var same = SplitMix64(seed: 7)
        var other = SplitMix64(seed: 8)
        let numbers = (0..<8).map { _ in one.next() }
        #expect(numbers == (0..<8).map { _ in same.next() })
        #expect(numbers != (0..<8).map { _ in other.next() })
    }
}
