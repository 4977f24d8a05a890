import Testing

@testable import SMPP

/// Lives of carriers with everything at once: binds that drop, hangs, stalls, refusals of every kind, limits that change, late timers,
/// several accounts, long messages, short deadlines.
@Suite struct CarrierLifeTests {
    @Test func livesKeepTheRules() {
        var told = 0
        var unknown = 0
        var notSent = 0
        var lates = 0
        for seed in 0..<UInt64(25 * Lives.times) {
            let simulation = Self.life(seed)
            simulation.run()
            guard simulation.problems.isEmpty else {
                Issue.record("seed \(seed): \(simulation.problems[0])")
                return
            }
            let figures = CarrierFigures(simulation, from: 0, to: 30)
            told += figures.told200
            unknown += figures.unknown
            notSent += figures.notSent
            lates += simulation.lateResponses
            if let rate = simulation.limits.rate {
                #expect(Double(figures.mostInASecond) <= rate, "seed \(seed)")
            }
            for message in simulation.messages where message.isAccepted {
                #expect(message.acceptedSegments == message.segments, "seed \(seed): a 200 that is none")
            }
            for message in simulation.messages where message.refusal != nil {
                #expect(message.acceptedSegments == 0, "seed \(seed): sent and told as not sent")
            }
        }
        #expect(told > 1000 && unknown > 10 && notSent > 100 && lates > 10)
    }

    private static func life(_ seed: UInt64) -> CarrierSimulation {
        var random = SplitMix64(seed: seed &* 7919)
        var smsc = SimulatedSMSC(limit: random.chance(50) ? Double(1 + random.below(300)) : nil)
        smsc.counting = [.sliding, .fixed, .attempts].randomElement(using: &random) ?? .sliding
        if random.chance(30) { smsc.limits.append((10, Double(1 + random.below(300)))) }
        smsc.refusedByChance = random.chance(50) ? random.below(25) : 0
        let statuses: [CommandStatus] = [
            .throttled, .messageQueueFull, .systemError, .invalidBindStatus, .invalidDestinationAddress, .submitFailed,
        ]
        smsc.refusal = statuses.randomElement(using: &random) ?? .throttled
        smsc.answerTime = [0.001, 0.02, 0.3, 1.5].randomElement(using: &random) ?? 0.02
        smsc.answerJitter = smsc.answerTime * ([0.1, 1, 4].randomElement(using: &random) ?? 1)
        if random.chance(20) { smsc.stall = (10, 2) }
        if random.chance(30) { smsc.hangs = 5..<Double(6 + random.below(20)) }
        if random.chance(20) { smsc.refuses = 8..<Double(9 + random.below(15)) }
        if random.chance(20) { smsc.window = 1 + random.below(10) }
        let rate = Double(1 + random.below(150))
        var load = CarrierSimulation.Load(rates: [(0, rate), (10, rate * 2), (20, rate / 4)])
        load.segments = random.chance(40) ? 1 + random.below(6) : 1
        load.allowance = [1, 5, 9.9, 25].randomElement(using: &random) ?? 9.9
        load.accounts = [10, 3, 1]
        load.hasNext = random.chance(50)
        let limits = CarrierLimits(
            waiting: [10, 1000].randomElement(using: &random) ?? 10,
            window: 1 + random.below(12), rate: random.chance(50) ? Double(1 + random.below(200)) : nil)
        let simulation = CarrierSimulation(
            limits: limits, windows: Array(repeating: nil, count: 1 + random.below(4)), smsc: smsc, load: load,
            seconds: 30, seed: seed)
        simulation.lateness = [0, 0.002, 0.02].randomElement(using: &random) ?? 0
        if random.chance(50) { simulation.dropsEvery = Double(1 + random.below(15)) }
        return simulation
    }
}
