import Testing

@testable import SMPP

/// What must be seen of a carrier: the figures, in simulated time, driven open loop.
@Suite struct CarrierSimulationTests {
    typealias Load = CarrierSimulation.Load

    private func run(
        _ smsc: SimulatedSMSC, _ load: Load, _ limits: CarrierLimits = CarrierLimits(), windows: [Int?] = [nil, nil],
        seconds: Double, from: Double = 0, seed: UInt64 = 1, change: (CarrierSimulation) -> Void = { _ in }
    ) -> CarrierFigures {
        let simulation = CarrierSimulation(
            limits: limits, windows: windows, smsc: smsc, load: load, seconds: seconds, seed: seed)
        change(simulation)
        simulation.run()
        #expect(simulation.problems.isEmpty, "\(simulation.problems.first ?? "")")
        return CarrierFigures(simulation, from: from, to: seconds)
    }

    /// The truth of overload: no unknowns, nothing in vain, the carrier busy, refusals at once.
    ///
    /// - Parameter late: the share of what is offered that may be refused after a wait.
    private func expectTruth(_ figures: CarrierFigures, rate: Double, late: Double = 0.02) {
        #expect(Double(figures.told200) >= 0.95 * Double(figures.carrierAccepted), "\(figures)")
        #expect(figures.unknown == 0 && figures.partial == 0 && figures.refusedByCarrier == 0, "\(figures)")
        #expect(figures.acceptedRate >= 0.9 * rate, "\(figures)")
        #expect(Double(figures.refusedLate) <= max(3, late * Double(figures.offered)), "\(figures)")
    }

    // MARK: Overload

    @Test(arguments: [60.0, 300], [1, 2, 3] as [UInt64])
    func overloadCostsRefusalsAtOnce(offered: Double, seed: UInt64) {
        let figures = run(
            SimulatedSMSC(limit: 30), Load(rates: [(0, offered)]), CarrierLimits(rate: 30), seconds: 15, from: 1,
            seed: seed)
        expectTruth(figures, rate: 30)
        #expect(figures.mostInASecond <= 30)
    }

    @Test func longMessagesAreNotBegunInVain() {
        let figures = run(
            SimulatedSMSC(limit: 30), Load(rates: [(0, 20)], segments: 3), CarrierLimits(rate: 30), seconds: 15, from: 1
        )
        expectTruth(figures, rate: 30)
    }

    @Test func slowerAnswersUnderLoad() {
        var smsc = SimulatedSMSC(limit: 30)
        smsc.answerTime = 0.3
        smsc.growth = 1.2
        let figures = run(smsc, Load(rates: [(0, 60)]), CarrierLimits(rate: 30), seconds: 60, from: 1)
        expectTruth(figures, rate: 0.9 * 30)
        smsc.limits = []
        smsc.answerTime = 0.5
        let narrow = run(smsc, Load(rates: [(0, 40)]), windows: [nil], seconds: 60, from: 1)
        // Where answers grow slower and nothing else tells the pace, what was thought to be in time is not.
        expectTruth(narrow, rate: 0.9 * 10 / 0.58, late: 0.2)
    }

    @Test(arguments: [25.0, 60])
    func aStallMakesNoUnknowns(offered: Double) {
        var smsc = SimulatedSMSC()
        smsc.stall = (10, 2)
        let figures = run(smsc, Load(rates: [(0, offered)]), CarrierLimits(rate: 30), seconds: 60)
        #expect(figures.unknown == 0 && figures.toldTooEarly == 0, "\(figures)")
        #expect(Double(figures.told200) >= 0.95 * Double(figures.carrierAccepted), "\(figures)")
        let fast = run(smsc, Load(rates: [(0, 400)]), seconds: 30)
        #expect(fast.unknown == 0 && fast.toldTooEarly == 0, "\(fast)")
    }

    @Test func lateTimersNeverExceedTheRate() {
        for (lateness, share) in [(0.0, 0.96), (0.005, 0.95), (0.01, 0.93), (0.05, 0.2)] {
            for rate in [20.0, 400] {
                let figures = run(
                    SimulatedSMSC(limit: rate), Load(rates: [(0, rate * 1.5)]), CarrierLimits(rate: rate),
                    windows: [100], seconds: 6, from: 1
                ) { $0.lateness = lateness }
                #expect(Double(figures.mostInASecond) <= rate)
                #expect(figures.refusedShare == 0, "as the SMSC counts")
                #expect(figures.acceptedRate >= share * rate, "late by \(lateness): \(figures)")
            }
        }
    }

    @Test func accountsShareTheCarrier() {
        let figures = run(
            SimulatedSMSC(limit: 30), Load(rates: [(0, 100)], accounts: [90, 5, 5]), CarrierLimits(rate: 30),
            seconds: 30)
        // 5 of 100 a second are well below a third of 30: nothing of them is refused.
        for account in [1, 2] { #expect((figures.perAccount[account] ?? 0) >= 120, "\(figures.perAccount)") }
        let flooded = run(
            SimulatedSMSC(limit: 30), Load(rates: [(0, 200)], accounts: [80, 10, 10]), CarrierLimits(rate: 30),
            seconds: 30)
        for account in [0, 1, 2] { #expect((flooded.perAccount[account] ?? 0) >= 240, "\(flooded.perAccount)") }
    }

    // MARK: Refusals for speed

    @Test(arguments: [2, 20], [CommandStatus.throttled, .messageQueueFull])
    func singleRefusalsCostLittle(percent: Int, status: CommandStatus) {
        for limits in [CarrierLimits(rate: 300), CarrierLimits()] {
            var smsc = SimulatedSMSC()
            smsc.refusedByChance = percent
            smsc.refusal = status
            let figures = run(
                smsc, Load(rates: [(0, 320)]), limits, windows: [50, 50], seconds: 20, from: 5, seed: UInt64(percent))
            #expect(figures.writtenRate >= 0.85 * 300, "\(figures)")
            #expect(figures.acceptedRate >= 0.8 * 300 * (1 - Double(percent) / 100), "\(figures)")
            #expect(figures.unknown == 0, "\(figures)")
        }
    }

    /// A round in which little was asked for says nothing about what could have been.
    @Test(arguments: [0.3, 0.9, 1.5])
    func refusalsAfterIdlenessCostLittle(idleUntil: Double) {
        for seed in UInt64(1)...10 {
            var smsc = SimulatedSMSC(limit: 300)
            smsc.refusedByChance = 2
            let trickle = 0.1 + Double(seed) * 0.07
            let load = Load(rates: [(0, 10), (trickle, 0), (idleUntil + trickle, 330)])
            let figures = run(
                smsc, load, CarrierLimits(rate: 300), windows: [10], seconds: 14 + idleUntil, from: 2 + idleUntil,
                seed: seed)
            #expect(figures.acceptedRate >= 240, "seed \(seed): \(figures)")
        }
    }

    /// Time that is kept back for messages that begin is there for those that have begun.
    @Test func refusalsDoNotTearLongMessages() {
        var smsc = SimulatedSMSC(limit: 300)
        smsc.refusedByChance = 2
        let figures = run(
            smsc, Load(rates: [(0, 110)], segments: 3), CarrierLimits(rate: 300), windows: [50], seconds: 60)
        #expect(figures.partial == 0 && figures.unknown == 0, "\(figures)")
    }

    /// A round with a gap in it, in which nothing was asked for, is not slow: single refusals after it cost as little as before.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func anIdleGapIsNoSlowness(seed: UInt64) {
        var smsc = SimulatedSMSC()
        smsc.refusedByChance = 2
        let load = Load(rates: [(0, 100), (5, 0), (15, 100), (17, 0), (21, 100)])
        let figures = run(smsc, load, CarrierLimits(rate: 110), windows: [50, 50], seconds: 26, from: 21, seed: seed)
        #expect(figures.acceptedRate >= 0.9 * 100, "\(figures)")
    }

    /// Those that take long are for a thorough run (`Lives`).
    private static let unknownLimits = Lives.times > 1 ? [1.0, 2, 7, 30, 200, 1000, 5000] : [1.0, 2, 7, 30, 200]

    @Test(arguments: unknownLimits, [SimulatedSMSC.Counting.sliding, .fixed, .attempts])
    func anUnknownLimitIsLearnt(limit: Double, counting: SimulatedSMSC.Counting) {
        var smsc = SimulatedSMSC(limit: limit)
        smsc.counting = counting
        let seconds = limit < 5 ? 400.0 : limit < 100 ? 100 : limit < 1000 ? 30 : 12
        // Who counts what it refused, too, gives nothing to one that is too fast; at one a second a round takes long.
        let used = counting == .attempts ? 0.8 : 0.9
        let refused = counting == .attempts || limit < 5 ? 0.08 : 0.05
        for life in 0..<Lives.times {
            let figures = run(
                smsc, Load(rates: [(0, limit * 1.5 + 1)]), windows: limit > 500 ? [300, 300] : [nil, nil],
                seconds: seconds, from: seconds / 4, seed: UInt64(limit) + UInt64(life))
            #expect(figures.acceptedRate >= used * limit, "life \(life): \(figures)")
            #expect(figures.refusedShare <= refused, "life \(life): \(figures)")
            #expect(Double(figures.told200) >= 0.95 * Double(figures.carrierAccepted), "life \(life): \(figures)")
            #expect(figures.unknown == 0, "life \(life): \(figures)")
        }
    }

    @Test func limitsThatChangeAreFollowed() {
        var smsc = SimulatedSMSC()
        smsc.limits = [(0, 200), (30, 50), (60, 400), (100, 200)]
        let figures = run(smsc, Load(rates: [(0, 450)]), windows: [50, 50], seconds: 130)
        let possible = 29_500.0 / 130
        #expect(figures.acceptedRate >= 0.75 * possible, "\(figures)")
        #expect(figures.refusedShare <= 0.08, "\(figures)")
        #expect(figures.unknown == 0, "\(figures)")
    }

    @Test func aWindowThatIsTooLargeIsFelt() {
        var smsc = SimulatedSMSC()
        smsc.window = 5
        smsc.answerTime = 0.1
        let figures = run(smsc, Load(rates: [(0, 300)]), seconds: 60, from: 10)
        #expect(figures.acceptedRate >= 0.4 * 10 / 0.105, "\(figures)")
        #expect(figures.unknown == 0, "\(figures)")
    }

    // MARK: The next carrier

    @Test func aHungCarrierCostsAWindowAtMost() {
        var smsc = SimulatedSMSC()
        smsc.hangs = 0..<1000
        for rate in [1.0, 10, 100] {
            let figures = run(smsc, Load(rates: [(0, rate)], hasNext: true), windows: [nil], seconds: 13)
            #expect(figures.unknown <= 10, "\(figures)")
            #expect(figures.refusedLate <= max(1, figures.offered / 20), "\(figures)")
            let last = run(smsc, Load(rates: [(0, rate)]), windows: [nil], seconds: 13)
            #expect(last.unknown <= 11, "\(last)")
        }
    }

    @Test func aCarrierThatComesBackIsUsedAgain() {
        var smsc = SimulatedSMSC()
        smsc.hangs = 10..<20
        let figures = run(smsc, Load(rates: [(0, 20)], hasNext: true), seconds: 60, from: 35)
        #expect(figures.acceptedRate >= 19, "\(figures)")
        #expect(figures.unknown <= 22, "\(figures)")
    }

    @Test(arguments: [CommandStatus.throttled, .messageQueueFull, .systemError, .invalidBindStatus])
    func aCarrierThatRefusesEverythingIsLeft(status: CommandStatus) {
        var smsc = SimulatedSMSC()
        smsc.refuses = 0..<1000
        smsc.refusal = status
        let figures = run(smsc, Load(rates: [(0, 10)], hasNext: true), CarrierLimits(rate: 30), seconds: 13)
        #expect(figures.notSent >= figures.offered * 9 / 10, "\(figures)")
        #expect(figures.refusedLate <= figures.offered / 20, "\(figures)")
        #expect(figures.unknown == 0, "\(figures)")
        smsc.refuses = 10..<20
        let back = run(smsc, Load(rates: [(0, 20)]), CarrierLimits(rate: 30), seconds: 60, from: 40)
        #expect(back.acceptedRate >= 19, "\(back)")
    }

    /// After an outage that was told as too much speed the pace of before is soon there again, once and for all.
    @Test(arguments: [20.0, 200], [false, true])
    func theWayUpAfterAFullStopIsShort(rate: Double, stop: Bool) {
        for limits in [CarrierLimits(rate: rate * 1.5), CarrierLimits()] {
            var limits = limits
            limits.throttle.stop = stop
            var smsc = SimulatedSMSC()
            smsc.refuses = 10..<20
            let figures = run(
                smsc, Load(rates: [(0, rate)]), limits, windows: [100, 100], seconds: 50, from: 35)
            #expect(figures.acceptedRate >= 0.95 * rate, "\(figures)")
            #expect(figures.unknown == 0, "\(figures)")
        }
    }

    /// Where each refusal stops the carrier, the pace comes to lie below its limit all the same.
    @Test(arguments: [50.0, 200])
    func aLimitIsLearntWhereRefusalsStop(limit: Double) {
        var limits = CarrierLimits()
        limits.throttle.stop = true
        let figures = run(
            SimulatedSMSC(limit: limit), Load(rates: [(0, 1.6 * limit)]), limits, windows: [50], seconds: 25, from: 5)
        #expect(figures.acceptedRate >= 0.9 * limit, "\(figures)")
    }

    @Test func bindsThatDropLoseWhatWasOpenAlone() {
        let figures = run(
            SimulatedSMSC(limit: 200), Load(rates: [(0, 90)], segments: 2), CarrierLimits(rate: 200),
            windows: [nil, nil, nil], seconds: 60
        ) { $0.dropsEvery = 3 }
        #expect(figures.unknown < figures.offered / 20, "\(figures)")
        #expect(Double(figures.told200) >= 0.8 * Double(figures.offered), "\(figures)")
    }
}
