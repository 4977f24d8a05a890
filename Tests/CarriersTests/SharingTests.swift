import NIOCore
import SMPP
import Testing

@testable import Carriers

/// Binds of a carrier help each other; windows and rates of their own.
@Suite(.timeLimit(.minutes(1))) struct SharingTests {
    @Test func noMessageWaitsBehindASlowBindWhileAnotherHasRoom() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .hold : .accept })) {
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 2)]
            $0.setup.limits.window = 1
        }
        async let results = rig.submitMany(40)
        // All but the one that is held are answered, though half of them were given to the bind that waits.
        let all = await rig.smsc.wait { $0.received.count == 40 }
        #expect(Set(all.received.map(\.text)).count == 40)
        await rig.smsc.answerHeld()
        #expect(await results.areAccepted)
        #expect(rig.smsc.state.mostOpen == 1)
        try await rig.end()
    }

    @Test func whatWaitsOnAThrottledBindGoesToAnother() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .refuse(.throttled) : .accept })) {
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 2)]
            $0.setup.limits.window = 1
        }
        async let results = rig.submitMany(40)
        let all = await rig.smsc.wait { $0.received.count == 40 }
        // The pause of a second begins with the refusal.
        #expect(all.received[39].at - all.received[0].at < .seconds(1), "39 messages waited for the pause")
        let throttled = all.received[0].connection
        #expect(all.received.dropFirst().allSatisfy { $0.connection != throttled })
        #expect(await results.areAccepted)
        try await rig.end()
    }

    @Test func aSilentBindIsTheLastChoice() async throws {
        let rig = try await Rig.start(
            Script(submit: { $0.place == 0 ? .silent : .accept }, answersEnquireLink: false)
        ) {
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 2)]
            $0.setup.limits.window = 1
            $0.setup.timings.response = .milliseconds(500)
        }
        #expect(await rig.submit("a") == .sent([.unknown(.carrierTimeout)]))
        let silent = rig.smsc.state.received[0].connection
        try await rig.status { status in status.binds.contains { $0.link.isSuspect } }
        #expect(await rig.submitMany(20).areAccepted)
        #expect(rig.smsc.state.received.dropFirst().allSatisfy { $0.connection != silent })
        // No `rig.end()`: a bind that unbinds with a request unanswered would be a violation.
        try await rig.carrier.stop().get()
        try await rig.smsc.stop()
    }

    @Test func aBindThatStopsGivesItsMessagesAway() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place < 2 ? .hold : .accept })) {
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 2)]
            $0.setup.limits.window = 1
        }
        async let results = rig.submitMany(10)
        await rig.smsc.wait { $0.received.count == 2 }
        try await rig.status { $0.binds.map(\.window.waiting).reduce(0, +) == 8 }
        async let stopped = rig.carrier.stop(bind: "1").get()
        try await rig.status { $0.binds[1].window.waiting == 8 }
        await rig.smsc.answerHeld()
        #expect(await results.areAccepted)
        #expect(try await stopped)
        #expect(try await rig.status().binds.map(\.state) == ["stopped", "bound"])
        try await rig.end()
    }

    @Test func accountsGetTheirTurnsAndTheFloodGivesWay() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .hold : .accept })) {
            $0.setup.limits.window = 1
            $0.setup.limits.waiting = 4
        }
        async let flood = withTaskGroup(of: SubmissionResult.self) { group in
            for _ in 0..<5 { group.addTask { await rig.submit(["flood"], account: 1) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        try await rig.status { $0.binds[0].window.waiting == 4 }
        async let other = rig.submit(["other"], account: 2)
        // The place comes from the flood's newest message, which is told at once.
        try await rig.status { $0.binds[0].window.waiting == 4 && $0.binds[0].totals.displaced == 1 }
        await rig.smsc.wait { $0.received.count == 1 }
        await rig.smsc.answerHeld()
        #expect(await other.isAccepted)
        let results = await flood
        #expect(results.count { $0 == .notSent(.busy) } == 1)
        #expect(results.count(where: \.isAccepted) == 4)
        #expect(rig.smsc.state.received.prefix(3).map(\.text).contains("other"), "it does not wait for the whole flood")
        try await rig.end()
    }

    @Test func eachBindHasItsOwnWindow() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place < 4 ? .hold : .accept })) {
            $0.setup.binds = [
                BindPlan(kind: .transceiver, count: 1, window: 1), BindPlan(kind: .transmitter, count: 1, window: 3),
            ]
        }
        async let results = rig.submitMany(12)
        await rig.smsc.wait { $0.received.count == 4 }
        try await rig.status { $0.binds.map(\.window.waiting).reduce(0, +) == 8 }
        let perBind = Dictionary(grouping: rig.smsc.state.received, by: \.connection).values.map(\.count)
        #expect(perBind.sorted() == [1, 3])
        #expect(try await rig.status().binds.map(\.window.size) == [1, 3])
        await rig.smsc.answerHeld()
        #expect(await results.areAccepted)
        try await rig.end()
    }

    @Test func aBindsOwnRateHoldsBesideTheCarriers() async throws {
        let rig = try await Rig.start {
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 2, rate: 50)]
            $0.setup.rate = 80
        }
        #expect(await rig.submitMany(200).areAccepted)
        let received = rig.smsc.state.received
        func expect(_ limit: Int, _ times: [UInt64]) {
            let times = times.sorted()
            for place in times.indices.dropFirst(limit) {
                #expect(times[place] - times[place - limit] >= 1_000_000_000, "more than \(limit) in a second")
            }
        }
        expect(80, received.map(\.at.uptimeNanoseconds))
        let perBind = Dictionary(grouping: received, by: \.connection).values
        #expect(perBind.count == 2)
        for bind in perBind { expect(50, bind.map(\.at.uptimeNanoseconds)) }
        let times = received.map(\.at.uptimeNanoseconds)
        // 200 take 2.55 s at 78.4 a second; this machine may be busy with other things.
        #expect((times.max() ?? 0) - (times.min() ?? 0) < 4_000_000_000)
        try await rig.end()
    }
}

/// Turns at two paces, without a clock.
struct PaceTurnTests {
    private let millisecond: UInt64 = 1_000_000

    @Test(arguments: [(Double?.none, 100.0), (40, 100), (100, 40), (50, nil)] as [(Double?, Double?)])
    func neitherLimitIsExceededAndNoTurnIsWasted(own: Double?, shared: Double?) {
        let pace = shared.map(SharedPace.init(rate:))
        var turn = PaceTurn(shared: pace, rate: own)
        var now = 1_000 * millisecond
        var writes: [UInt64] = []
        while now < 6_000 * millisecond {
            while turn.take(now: MonotonicTime(nanoseconds: now)) { writes.append(now) }
            now = turn.nextWrite(now: MonotonicTime(nanoseconds: now))?.nanoseconds ?? .max
        }
        let limit = min(own ?? .infinity, shared ?? .infinity)
        for place in writes.indices.dropFirst(Int(limit)) {
            #expect(writes[place] - writes[place - Int(limit)] >= 1_000 * millisecond)
        }
        #expect(Double(writes.count) >= limit * 5 * 0.97)
    }

    @Test func aTurnThatIsNotNeededGoesToTheNext() {
        let pace = SharedPace(rate: 10)
        let now = MonotonicTime(nanoseconds: 1_000 * millisecond)
        var one = PaceTurn(shared: pace)
        var other = PaceTurn(shared: pace)
        while one.take(now: now) {}
        let held = one.nextWrite(now: now)
        one.giveBack()
        let otherMayWrite = other.take(now: now)
        #expect(!otherMayWrite)
        #expect(held != nil && other.nextWrite(now: now) == held)
        // Somebody came after it: it cannot be given back, and nobody is given it twice.
        let oneMayWrite = one.take(now: now)
        #expect(!oneMayWrite)
        other.giveBack()
        _ = other.take(now: now)
        #expect(other.nextWrite(now: now) != one.nextWrite(now: now))
    }

    @Test func aBindHeldByItsOwnPaceTakesNoTurnOfTheCarrier() {
        let pace = SharedPace(rate: 100)
        let now = MonotonicTime(nanoseconds: 1_000 * millisecond)
        var slow = PaceTurn(shared: pace, rate: 1)
        var other = PaceTurn(shared: pace)
        let first = slow.take(now: now)
        let later = now + .milliseconds(100)
        let second = slow.take(now: later)
        let others = other.take(now: later)
        #expect(first && !second && others)
    }
}
