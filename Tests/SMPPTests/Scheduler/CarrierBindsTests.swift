import Testing

@testable import SMPP

/// Binds that come, go, drain.
@Suite struct CarrierBindsTests {
    @Test func withoutABindNothingIsTaken() {
        let bench = CarrierBench(isUp: false)
        #expect(bench.readiness == .down)
        #expect(bench.submit().refusal == CarrierRefusal(.noBind))
        bench.scheduler.bindUp(0, now: bench.now)
        #expect(bench.readiness == .ready)
        #expect(bench.submit().key != nil)
    }

    @Test func aLostConnectionLeavesTheTruth() {
        let bench = CarrierBench(windows: [2])
        let partly = bench.submit(3).key!
        let waits = bench.submit().key!
        let writes = bench.write()
        bench.answer(writes[0], id: "a")
        bench.write()
        bench.scheduler.bindDown(0, now: bench.now)
        let unknown = SegmentOutcome.unknown(.connectionLost)
        #expect(
            bench.steps() == [
                .complete(partly, [.accepted(messageID: "a"), unknown, unknown]),
                .notSent(waits, CarrierRefusal(.noBind)),
            ])
        #expect(bench.scheduler.messages == 0 && bench.scheduler.open == 0)
        #expect(bench.scheduler.counters.lost == 2)
        bench.scheduler.bindUp(0, now: bench.now)
        bench.submit()
        #expect(bench.write().map(\.sequence) == [1], "a new connection counts anew")
    }

    @Test func whatNeverLeftGoesOverAnotherBind() {
        let bench = CarrierBench(windows: [2, 2])
        let keys = (0..<3).map { _ in bench.submit().key! }
        // As many as have a place on one bind leave together.
        let writes = bench.write()
        #expect(writes.map(\.bind) == [0, 0, 1])
        bench.scheduler.bindDown(0, neverLeft: writes[..<2].map(\.sequence), now: bench.now)
        #expect(bench.steps() == [])
        let again = bench.write()
        #expect(again.map(\.message) == [keys[0]])
        #expect(again[0].bind == writes[2].bind)
        #expect(bench.scheduler.counters.written == 2)
    }

    @Test func messagesThatComeTogetherLeaveTogether() {
        let most = CarrierScheduler.mostInARow
        let bench = CarrierBench(windows: [100, 100, 100])
        for _ in 0..<most + 2 { bench.submit() }
        // A burst is for several binds.
        #expect(bench.write().map(\.bind) == Array(repeating: 0, count: most) + [1, 1])
        bench.scheduler.left(0, now: bench.now)
        bench.submit()
        #expect(bench.write().map(\.bind) == [1])
        bench.scheduler.left(1, now: bench.now)
        for bind in [2, 0, 1] {
            bench.submit()
            #expect(bench.write().map(\.bind) == [bind], "single messages go in turn")
            bench.scheduler.left(bind, now: bench.now)
        }
    }

    @Test func whatNeverLeftIsNotSentWhereNoBindIsLeft() {
        let bench = CarrierBench(windows: [3])
        let key = bench.submit(2).key!
        let partly = bench.submit(2).key!
        let writes = bench.write()
        bench.scheduler.bindDown(0, neverLeft: [writes[0].sequence, writes[1].sequence], now: bench.now)
        let steps = bench.steps()
        #expect(steps.contains(.notSent(key, CarrierRefusal(.noBind))))
        #expect(steps.contains(.complete(partly, [.unknown(.connectionLost), .notSent])))
        #expect(steps.count == 2)
    }

    @Test func aBindThatDrainsFinishesWhatHasBegun() {
        let bench = CarrierBench(windows: [1])
        let begun = bench.submit(2).key!
        let waits = bench.submit().key!
        let first = bench.write()
        bench.scheduler.bindDraining(0, now: bench.now)
        #expect(bench.steps() == [.notSent(waits, CarrierRefusal(.draining))])
        #expect(bench.submit().refusal != nil)
        bench.answer(first[0])
        #expect(bench.steps() == [])
        bench.answer(bench.write()[0])
        #expect(
            bench.steps() == [
                .complete(begun, [.accepted(messageID: "a"), .accepted(messageID: "a")]), .drained(bind: 0),
            ])
    }

    @Test func anEmptyBindHasDrainedAtOnce() {
        let bench = CarrierBench(windows: [1, 1])
        let waits = bench.submit().key!
        bench.scheduler.bindDraining(0, now: bench.now)
        #expect(bench.steps() == [.drained(bind: 0)])
        #expect(bench.write().map(\.message) == [waits])
        bench.scheduler.bindResumed(0)
        #expect(bench.submit().key != nil)
        #expect(bench.write().map(\.bind) == [0])
    }

    @Test func aStopTakesNothingNewAndFinishesWhatItTook() {
        let bench = CarrierBench(windows: [1, 1])
        let taken = (0..<3).map { _ in bench.submit().key! }
        bench.scheduler.stop()
        #expect(bench.readiness == .draining)
        #expect(bench.submit().refusal == CarrierRefusal(.draining))
        for write in bench.write() { bench.answer(write) }
        bench.answer(bench.write().first)
        #expect(Set(bench.steps().compactMap(\.message)) == Set(taken))
        for bind in 0..<2 { bench.scheduler.bindDraining(bind, now: bench.now) }
        #expect(bench.steps() == [.drained(bind: 0), .drained(bind: 1)])
        bench.scheduler.start()
        for bind in 0..<2 { bench.scheduler.bindResumed(bind) }
        #expect(bench.readiness == .ready)
    }

    @Test func aBindThatClosesFinishesNothing() {
        let bench = CarrierBench(windows: [1, 1])
        let key = bench.submit(2).key!
        let write = bench.write()[0]
        bench.scheduler.bindClosing(write.bind, now: bench.now)
        #expect(bench.steps() == [])
        bench.answer(write)
        #expect(bench.write() == [])
        #expect(bench.steps() == [.drained(bind: write.bind)])
        bench.scheduler.bindDown(write.bind, now: bench.now)
        #expect(bench.steps() == [.complete(key, [.accepted(messageID: "a"), .notSent])])
    }

    @Test func whatABindThatClosesHasNotBegunGoesElsewhere() {
        let bench = CarrierBench(windows: [1, 1])
        let keys = (0..<3).map { _ in bench.submit().key! }
        let writes = bench.write()
        bench.scheduler.bindClosing(writes[0].bind, now: bench.now)
        bench.answer(writes[1])
        let next = bench.write()
        #expect(next.map(\.message) == [keys[2]] && next[0].bind == writes[1].bind)
    }

    @Test func aConnectionThatCameToNothingCountsAnew() {
        let bench = CarrierBench(isUp: false)
        #expect(bench.scheduler.takeSequence(on: 0) == 1)
        bench.scheduler.bindDown(0, now: bench.now)
        #expect(bench.scheduler.takeSequence(on: 0) == 1)
    }

    @Test(arguments: [(40, 100), (100, 40), (50, nil)] as [(Double, Double?)])
    func aBindsOwnRateHoldsBesideTheCarriers(own: Double, carrier: Double?) {
        let start = MonotonicTime(nanoseconds: 100_000_000_000)
        var scheduler = CarrierScheduler(
            limits: CarrierLimits(window: 1000, rate: carrier), windows: [nil], rates: [own])
        scheduler.bindUp(0, now: start)
        var now = start
        var writes: [MonotonicTime] = []
        while now - start < .seconds(5) {
            while scheduler.waiting < 100 {
                _ = scheduler.submit(CarrierOffer(deadline: now + .seconds(60)), now: now)
            }
            while let write = scheduler.nextWrite(now: now) {
                writes.append(now)
                scheduler.answered(
                    bind: 0, sequence: write.sequence, status: .ok, messageID: "a", now: now + .microseconds(1))
            }
            scheduler.left(0, now: now)
            while scheduler.nextStep() != nil {}
            now = max(now + .microseconds(100), scheduler.nextWake(now: now) ?? now)
        }
        let limit = Int(min(own, carrier ?? own))
        for index in writes.indices.dropFirst(limit) {
            #expect(writes[index] - writes[index - limit] >= .seconds(1))
        }
        #expect(Double(writes.count) >= Double(limit) * 5 * 0.95)
    }

    @Test func abandonTellsWhatIsKnown() {
        let bench = CarrierBench(windows: [1])
        let key = bench.submit(2).key!
        let write = bench.write()[0]
        bench.scheduler.bindDraining(0, now: bench.now)
        bench.scheduler.abandon(0, now: bench.now)
        #expect(bench.steps() == [.complete(key, [.unknown(.carrierTimeout), .notSent]), .drained(bind: 0)])
        bench.answer(write)
        #expect(bench.scheduler.counters.late == 1)
    }

    @Test func whatWaitsForARetryGoesOverAnotherBind() {
        let bench = CarrierBench(windows: [1, 1])
        let key = bench.submit().key!
        let write = bench.write()[0]
        bench.answer(write, .throttled)
        bench.scheduler.bindDown(write.bind, now: bench.now)
        #expect(bench.steps() == [])
        bench.pass(.seconds(1))
        let again = bench.write()
        #expect(again.map(\.message) == [key] && again[0].bind != write.bind)
    }

    // MARK: Handing over

    @Test func whatIsNotBegunGoesToTheNextSchedulerAndThePaceWithIt() {
        let bench = CarrierBench(CarrierLimits(rate: 10))
        let begun = bench.submit(3).key!
        let first = bench.write()[0]
        let waits = (0..<4).map { bench.submit(account: $0 % 2).key! }
        let free = bench.scheduler.prepareHandOver(now: bench.now)
        #expect(free - bench.now == .milliseconds(299), "one is written, two are left, less 10 ms")
        #expect(bench.steps() == [])

        let next = CarrierBench(CarrierLimits(rate: 10))
        next.scheduler.hold(until: free)
        bench.scheduler.handOver()
        #expect(bench.steps() == waits.map { .notSent($0, CarrierRefusal(.draining)) })
        #expect(bench.submit().refusal == CarrierRefusal(.draining))
        for _ in waits { #expect(next.submit().key != nil) }

        var times: [Duration] = [.zero]
        var writes = [first]
        let start = bench.now
        for _ in 0..<700 {
            bench.pass(.milliseconds(1))
            next.pass(.milliseconds(1))
            let mine = bench.write()
            writes += mine
            times += (mine + next.write()).map { _ in bench.now - start }
        }
        #expect(times.count == 7 && writes.count == 3)
        for (place, time) in times.enumerated() { #expect(time >= .milliseconds(103) * place - .milliseconds(11)) }
        for write in writes { bench.answer(write, id: "a") }
        #expect(bench.steps() == [.complete(begun, Array(repeating: .accepted(messageID: "a"), count: 3))])
        #expect(bench.scheduler.messages == 0)
    }

    @Test func nothingBeginsWhileItIsHandedOver() {
        let bench = CarrierBench()
        _ = bench.scheduler.prepareHandOver(now: bench.now)
        let key = bench.submit().key!
        #expect(bench.write() == [])
        bench.scheduler.handOver()
        #expect(bench.steps() == [.notSent(key, CarrierRefusal(.draining))])
    }
}
