import Testing

@testable import SMPP

/// In time, paused, tripped, quiet: whether a carrier is one to wait for.
@Suite struct CarrierStateTests {
    // MARK: In time

    @Test func whatCannotBeAnsweredInTimeIsRefusedWhenItComes() {
        let bench = CarrierBench(CarrierLimits(rate: 10))
        var taken = 0
        while bench.submit().key != nil { taken += 1 }
        // 10 s to live, 5 s kept for the answer: 5 s of waiting at 9.7/s.
        #expect(taken > 45 && taken < 52)
        let refusal = bench.submit().refusal
        #expect(refusal?.reason == .notInTime)
        #expect(refusal?.retryAfter.map { $0 > .seconds(4) && $0 < .seconds(6) } == true)
    }

    @Test func partsCount() {
        let bench = CarrierBench(CarrierLimits(rate: 10))
        var taken = 0
        while bench.submit(5).key != nil { taken += 1 }
        #expect(taken == 10)
        #expect(bench.submit(200).refusal?.reason == .notInTime)
        #expect(CarrierBench(CarrierLimits(rate: 1)).submit(9).key != nil, "nothing is ahead of it")
        #expect(CarrierBench(CarrierLimits(rate: 1)).submit(10).refusal?.reason == .notInTime)
    }

    @Test func aFloodDoesNotLengthenAnotherAccountsWait() {
        let bench = CarrierBench(CarrierLimits(rate: 10))
        while bench.submit(account: 0).key != nil {}
        #expect(bench.submit(account: 1).key != nil)
    }

    @Test func whatNoLongerCanIsHandedBackUnwritten() {
        let bench = CarrierBench(windows: [1])
        bench.submit()
        let first = bench.write()[0]
        let waits = bench.submit(within: .seconds(2)).key!
        bench.pass(.milliseconds(1100))
        #expect(bench.steps().map(\.message) == [waits])
        bench.answer(first)
        #expect(bench.write() == [])
    }

    @Test func slowAnswersAreAPaceOfTheirOwn() {
        let bench = CarrierBench(windows: [1])
        for _ in 0..<10 {
            bench.submit()
            let write = bench.write()[0]
            bench.pass(.milliseconds(500))
            bench.answer(write)
        }
        _ = bench.steps()
        var taken = 0
        while bench.submit().key != nil { taken += 1 }
        #expect(taken > 8 && taken < 13, "two a second for five seconds")
    }

    // MARK: Told

    @Test func whyItIsPausedOrTrippedIsTold() {
        #expect(CarrierBench().telling.trouble == nil)
        let bench = paused()
        #expect(bench.telling.trouble == .refuses(.throttled))
        #expect(bench.telling.throttledAgo == .zero)
        let broken = CarrierBench()
        for _ in 0..<5 { broken.submit() }
        for write in broken.write() { broken.answer(write, .systemError) }
        #expect(broken.telling.trouble == .refuses(.systemError))
        let silent = CarrierBench()
        for _ in 0..<5 { silent.submit() }
        silent.write()
        silent.pass(.seconds(6))
        #expect(silent.telling.trouble == .silent)
        // What tried it again was not answered.
        bench.submit()
        bench.pass(.seconds(1))
        #expect(bench.write().count == 1)
        bench.pass(.seconds(6))
        #expect(bench.telling.trouble == .silent)
    }

    @Test func theWaitOfANewcomerCountsThePause() {
        let bench = paused()
        #expect(bench.telling.expectedWait >= .milliseconds(900) && bench.telling.expectedWait <= .seconds(2))
        #expect(CarrierBench().telling.expectedWait == .zero)
    }

    /// Nobody came to try it: it is not told as paused for ever.
    @Test func aPauseThatNobodyTriesIsForgotten() {
        let bench = paused()
        bench.pass(.seconds(10))
        _ = bench.steps()
        bench.pass(.seconds(1))
        for write in bench.write() { bench.answer(write, .throttled) }
        bench.pass(.seconds(120))
        #expect(bench.readiness == .ready)
        #expect(bench.submit(hasNext: true).key != nil)
        #expect(bench.write().count == 1)
    }

    // MARK: Paused

    private func paused(hasNext: Bool = false) -> CarrierBench {
        let bench = CarrierBench()
        for _ in 0..<5 { bench.submit(hasNext: hasNext) }
        for write in bench.write() { bench.answer(write, .throttled) }
        return bench
    }

    @Test func whereNothingIsAcceptedTheCarrierPauses() {
        let bench = paused()
        #expect(bench.readiness == .paused(until: bench.now + .seconds(1)))
        #expect(bench.write() == [])
        #expect(bench.submit(hasNext: true).refusal?.reason == .paused)
        #expect(bench.submit().key != nil, "without another carrier it waits for the end of the pause")
        bench.pass(.seconds(1))
        let trial = bench.write()
        #expect(trial.count == 1, "one is tried")
        bench.answer(trial[0], .throttled)
        #expect(bench.readiness == .paused(until: bench.now + .seconds(2)))
        #expect(bench.submit(within: .seconds(3)).refusal?.reason == .paused)
        bench.pass(.seconds(2))
        bench.answer(bench.write()[0])
        #expect(bench.readiness == .ready)
    }

    @Test func aSingleRefusalPausesItsMessageAlone() {
        let bench = CarrierBench(CarrierLimits(rate: 100))
        let first = bench.submit().key!
        bench.answer(bench.write()[0], .throttled)
        #expect(bench.readiness == .ready)
        let second = bench.submit().key!
        bench.pass(.milliseconds(20))
        #expect(bench.write().map(\.message) == [second])
        bench.pass(.seconds(1))
        #expect(bench.write().map(\.message) == [first])
    }

    /// Some contracts demand silence after each of them.
    @Test func oneRefusalStopsACarrierThatWantsIt() {
        let bench = CarrierBench(CarrierLimits(throttle: .init(stop: true)))
        for _ in 0..<3 { bench.submit() }
        let writes = bench.write()
        bench.answer(writes[0])
        bench.answer(writes[1], .throttled)
        bench.answer(writes[2])
        #expect(bench.readiness == .ready, "it accepts after all")
        bench.submit()
        bench.answer(bench.write()[0], .throttled)
        bench.submit()
        #expect(bench.readiness == .paused(until: bench.now + .seconds(1)))
        #expect(bench.write() == [])
        bench.pass(.seconds(1))
        #expect(bench.write().count == 1)
    }

    /// The isolated look at a bind, for people: a lone lost answer does not leave it silent for ever.
    @Test func aBindWithoutTrafficIsNotToldAsSilent() {
        let bench = CarrierBench()
        bench.submit()
        bench.write()
        #expect(!bench.isSilent)
        bench.pass(.seconds(6))
        #expect(!bench.isSilent, "the next message may be the probe")
        bench.submit()
        #expect(bench.write().count == 1)
        #expect(bench.isSilent, "the probe is open")
    }

    @Test func aPausedCarrierIsTriedWithANewcomerWhereNothingWaits() {
        let bench = CarrierBench(CarrierLimits(throttle: .init(run: 1)))
        let refused = bench.submit(within: .milliseconds(1500)).key!
        bench.answer(bench.write()[0], .messageQueueFull)
        #expect(bench.steps() == [.complete(refused, [.refused(.messageQueueFull)])])
        #expect(bench.submit(hasNext: true).refusal != nil)
        bench.pass(.seconds(1))
        #expect(bench.submit(hasNext: true).key != nil)
        #expect(bench.submit(hasNext: true).refusal?.reason == .paused, "one is enough")
        bench.answer(bench.write()[0])
        #expect(bench.submit(hasNext: true).key != nil)
    }

    // MARK: Tripped

    @Test func aRunOfRefusalsThatMeanTheCarrierTrips() {
        for status in [CommandStatus.systemError, .invalidBindStatus] {
            let bench = CarrierBench()
            for _ in 0..<6 { bench.submit(hasNext: true) }
            let writes = bench.write()
            for write in writes.prefix(4) { bench.answer(write, status) }
            #expect(bench.readiness == .ready)
            bench.answer(writes[4], status)
            #expect(bench.readiness.name == "tripped")
            #expect(bench.submit(hasNext: true).refusal?.reason == .tripped)
            bench.answer(writes[5])
            #expect(bench.readiness == .ready, "one was accepted after all")
        }
    }

    @Test func refusalsOfMessagesDoNotTrip() {
        let bench = CarrierBench()
        for _ in 0..<10 { bench.submit() }
        for write in bench.write() { bench.answer(write, .invalidDestinationAddress) }
        #expect(bench.readiness == .ready)
    }

    @Test func aHungCarrierCostsOneWindow() {
        let bench = CarrierBench(windows: [10])
        for _ in 0..<30 { bench.submit(hasNext: true) }
        #expect(bench.write().count == 10)
        bench.pass(.milliseconds(600))
        #expect(bench.steps().compactMap(\.reason) == Array(repeating: .quiet, count: 20))
        #expect(bench.submit(hasNext: true).refusal?.reason == .quiet)
        #expect(bench.submit().key != nil)
        bench.pass(.milliseconds(4400))
        #expect(bench.scheduler.counters.unknown == 10)
        #expect(bench.readiness == .tripped(until: bench.now + .seconds(10)))
        #expect(bench.write() == [])
        #expect(bench.submit().refusal?.reason == .tripped)
        bench.pass(.seconds(10))
        #expect(bench.submit(hasNext: true).key != nil)
        #expect(bench.write().count == 1)
        #expect(bench.submit(hasNext: true).refusal?.reason == .tripped)
    }

    @Test func aLateAnswerClosesTheBreaker() {
        let bench = CarrierBench(windows: [2])
        for _ in 0..<2 { bench.submit() }
        let writes = bench.write()
        bench.pass(.seconds(5))
        #expect(bench.readiness.name == "tripped")
        bench.answer(writes[0])
        #expect(bench.readiness == .ready)
    }

    @Test func aSingleLostAnswerIsNoHang() {
        let bench = CarrierBench()
        bench.submit()
        bench.write()
        bench.pass(.seconds(5))
        #expect(bench.submit(hasNext: true).key != nil)
        bench.answer(bench.write()[0])
        #expect(bench.readiness == .ready)
    }

    @Test func aSilentBindDoesNotStopTheOthers() {
        let bench = CarrierBench(windows: [2, 1])
        for _ in 0..<3 { bench.submit() }
        let writes = bench.write()
        for _ in 0..<11 {
            bench.pass(.milliseconds(500))
            bench.answer(bench.scheduler.open(on: 1) > 0 ? writes.first { $0.bind == 1 } : nil)
        }
        #expect(bench.readiness == .ready)
        _ = bench.steps()
        bench.submit()
        bench.submit()
        #expect(bench.write().map(\.bind) == [1])
    }

    /// The carrier's next connection is no reason to lose another window.
    @Test func aBindThatWasSilentBeginsWithOneMessage() {
        let bench = CarrierBench(windows: [3])
        for _ in 0..<3 { bench.submit() }
        #expect(bench.write().count == 3)
        bench.pass(.milliseconds(5100))
        bench.scheduler.bindDown(0, now: bench.now)
        bench.scheduler.bindUp(0, now: bench.now)
        for _ in 0..<3 { bench.submit() }
        let trial = bench.write()
        #expect(trial.count == 1)
        bench.answer(trial.first)
        for _ in 0..<3 { bench.submit() }
        #expect(bench.write().count == 3)
    }

    @Test func oneLostAnswerIsNotTold() {
        let bench = CarrierBench()
        bench.submit()
        bench.write()
        bench.pass(.seconds(6))
        #expect(bench.telling.readiness == .ready)
    }

    /// One of those that wait may be the next trial; the others would mostly wait in vain.
    @Test func whoWouldWaitForAnEndToTroubleIsRefusedAtOnce() {
        let bench = CarrierBench(windows: [5])
        for _ in 0..<8 { bench.submit() }
        for write in bench.write() { bench.answer(write, .invalidSystemType) }
        bench.pass(.milliseconds(10))
        #expect(bench.steps().count(where: { $0.reason == .tripped }) == 2)
        #expect(bench.submit().refusal?.reason == .tripped)
        bench.pass(.milliseconds(1100))
        #expect(bench.write().count == 1)
    }
}
