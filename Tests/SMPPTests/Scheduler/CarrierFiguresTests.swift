import Testing

@testable import SMPP

/// Prints: used while tuning.
@Suite struct CarrierFiguresTests {
    typealias Load = CarrierSimulation.Load

    private func run(
        _ name: String, _ limits: CarrierLimits = CarrierLimits(), windows: [Int?] = [nil], _ smsc: SimulatedSMSC,
        _ load: Load, seconds: Double, from: Double = 0, seed: UInt64 = 1,
        change: (CarrierSimulation) -> Void = { _ in }
    ) {
        let simulation = CarrierSimulation(
            limits: limits, windows: windows, smsc: smsc, load: load, seconds: seconds, seed: seed)
        change(simulation)
        let clock = ContinuousClock()
        let took = clock.measure { simulation.run() }
        let figures = CarrierFigures(simulation, from: from, to: seconds)
        print("\(name): \(figures) [\(took)]")
        for problem in simulation.problems.prefix(3) { print("   PROBLEM \(problem)") }
    }

    @Test func figures() {
        let r30 = CarrierLimits(rate: 30)
        run("60/s to 30/s", r30, windows: [nil, nil], SimulatedSMSC(), Load(rates: [(0, 60)]), seconds: 15, from: 1)
        run("300/s to 30/s", r30, windows: [nil, nil], SimulatedSMSC(), Load(rates: [(0, 300)]), seconds: 10, from: 1)
        run(
            "20/s x3 to 30", r30, windows: [nil, nil], SimulatedSMSC(), Load(rates: [(0, 20)], segments: 3),
            seconds: 15, from: 1)
        for status in [CommandStatus.throttled, .messageQueueFull, .systemError] {
            for percent in [2, 10, 20] {
                var smsc = SimulatedSMSC()
                smsc.refusedByChance = percent
                smsc.refusal = status
                run(
                    "\(percent)% \(status.name) at 300", CarrierLimits(rate: 300), windows: [50, 50], smsc,
                    Load(rates: [(0, 290)]), seconds: 30, from: 2)
                run(
                    "\(percent)% \(status.name) no rate", CarrierLimits(), windows: [50, 50], smsc,
                    Load(rates: [(0, 290)]), seconds: 30, from: 2)
            }
        }
        for counting in [SimulatedSMSC.Counting.sliding, .fixed, .attempts] {
            for limit in [1.0, 2, 5, 10, 30, 200, 1000, 5000] {
                var smsc = SimulatedSMSC(limit: limit)
                smsc.counting = counting
                let seconds = limit < 5 ? 400.0 : limit < 100 ? 100 : limit < 1000 ? 60 : 20
                run(
                    "unknown \(limit) \(counting)", CarrierLimits(), windows: limit > 500 ? [200, 200] : [nil, nil],
                    smsc, Load(rates: [(0, limit * 1.5 + 1)]), seconds: seconds, from: seconds / 4)
            }
        }
        for percent in [2, 20] {
            var smsc = SimulatedSMSC(limit: 200)
            smsc.refusedByChance = percent
            run(
                "unknown 200 + \(percent)%", CarrierLimits(), windows: [50, 50], smsc, Load(rates: [(0, 300)]),
                seconds: 60, from: 10)
        }
        var changing = SimulatedSMSC()
        changing.limits = [(0, 200), (20, 50), (40, 400), (80, 200)]
        run("changing", CarrierLimits(), windows: [50, 50], changing, Load(rates: [(0, 300)]), seconds: 100)
        var window = SimulatedSMSC()
        window.window = 5
        run(
            "window 5 of 10", CarrierLimits(), windows: [nil, nil], window, Load(rates: [(0, 500)]), seconds: 30,
            from: 5)
        var slow = SimulatedSMSC()
        slow.answerTime = 0.5
        slow.growth = 1.2
        run(
            "slow 0.5 s, window 10", CarrierLimits(), windows: [nil], slow, Load(rates: [(0, 40)]), seconds: 60, from: 5
        )
        run(
            "slow, 3 parts", CarrierLimits(), windows: [nil], slow, Load(rates: [(0, 10)], segments: 3), seconds: 60,
            from: 5)
        var stall = SimulatedSMSC()
        stall.stall = (10, 2)
        run("stall, 60 to 30", r30, windows: [nil, nil], stall, Load(rates: [(0, 60)]), seconds: 60, from: 1)
        run("stall, 25 to 30", r30, windows: [nil, nil], stall, Load(rates: [(0, 25)]), seconds: 60, from: 1)
        run(
            "stall, no rate 300", CarrierLimits(), windows: [nil, nil], stall, Load(rates: [(0, 300)]), seconds: 60,
            from: 1)
        var hang = SimulatedSMSC()
        hang.hangs = 0..<1000
        run(
            "hang, has next, 10/s", CarrierLimits(), windows: [nil, nil], hang, Load(rates: [(0, 10)], hasNext: true),
            seconds: 30)
        run("hang, last, 100/s", CarrierLimits(), windows: [nil, nil], hang, Load(rates: [(0, 100)]), seconds: 30)
        hang.hangs = 10..<25
        run("hang 15 s, last, 100/s", CarrierLimits(), windows: [nil, nil], hang, Load(rates: [(0, 100)]), seconds: 60)
        for status in [CommandStatus.throttled, .messageQueueFull, .systemError, .invalidBindStatus] {
            var all = SimulatedSMSC()
            all.refuses = 0..<1000
            all.refusal = status
            run(
                "all \(status.name), has next", r30, windows: [nil, nil], all, Load(rates: [(0, 10)], hasNext: true),
                seconds: 13)
            all.refuses = 10..<20
            run("10 s \(status.name), last", r30, windows: [nil, nil], all, Load(rates: [(0, 20)]), seconds: 60)
        }
        run(
            "drops", CarrierLimits(rate: 200), windows: [nil, nil, nil], SimulatedSMSC(),
            Load(rates: [(0, 180)], segments: 2), seconds: 60
        ) { $0.dropsEvery = 3 }
        for lateness in [0.0, 0.005, 0.01, 0.02] {
            run(
                "200/s, timers late by \(lateness)", CarrierLimits(rate: 200), windows: [nil, nil], SimulatedSMSC(),
                Load(rates: [(0, 400)]), seconds: 20, from: 1
            ) { $0.lateness = lateness }
        }
        run(
            "fair", r30, windows: [nil, nil], SimulatedSMSC(), Load(rates: [(0, 100)], accounts: [90, 5, 5]),
            seconds: 30)
    }
}
