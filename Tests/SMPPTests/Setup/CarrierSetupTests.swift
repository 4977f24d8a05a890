import Testing

@testable import SMPP

@Suite struct CarrierSetupTests {
    private func setup(
        _ binds: [BindPlan], rate: Double? = nil, lanes: Int? = nil
    ) -> CarrierSetup {
        var setup = CarrierSetup(name: "main", binds: binds)
        setup.rate = rate
        setup.lanes = lanes
        return setup
    }

    @Test(
        arguments: [
            (nil, nil, 4), (100, nil, 1), (nil, 2, 2), (nil, 9, 6), (100, 3, 3), (2, 4, 2), (0.5, 4, 1),
        ] as [(Double?, Int?, Int)])
    func lanesAreAsManyAsHelp(rate: Double?, lanes: Int?, expected: Int) {
        let binds = [BindPlan(kind: .transmitter, count: 6), BindPlan(kind: .receiver, count: 3)]
        #expect(setup(binds, rate: rate, lanes: lanes).laneCount(loops: 4) == expected)
    }

    @Test func aCarrierOfReceiversHasOneLane() {
        #expect(setup([BindPlan(kind: .receiver, count: 3)]).laneCount(loops: 4) == 1)
    }

    @Test(
        arguments: [(30, 1, [30]), (30, 4, [8, 8, 7, 7]), (7.5, 1, [7.5]), (7.5, 2, [4, 3])]
            as [(Double, Int, [Double])])
    func theRateIsSharedInWholeNumbers(rate: Double, lanes: Int, shares: [Double]) {
        let setup = setup([BindPlan(kind: .transceiver, count: 8)], rate: rate)
        #expect((0..<lanes).map { setup.limits(lane: $0, of: lanes).rate } == shares)
    }

    @Test func boundsComeFromTheFile() {
        var setup = setup([BindPlan(kind: .transceiver, count: 1)])
        setup.limits = BindLimits(window: 7, waiting: 9, lateKept: .seconds(3), late: 4)
        setup.timings.response = .seconds(2)
        setup.inTime = InTime(least: .milliseconds(20), reserve: .seconds(1))
        setup.throttle.run = 3
        setup.breaker.refusals = 2
        let expected = CarrierLimits(
            waiting: 9, window: 7, response: .seconds(2), leastResponse: .milliseconds(20), reserve: .seconds(1),
            throttle: CarrierLimits.Throttle(run: 3), breaker: CarrierLimits.Breaker(refusals: 2),
            lateKept: .seconds(3), maxLate: 4)
        #expect(setup.limits(lane: 0, of: 1) == expected)
    }
}
