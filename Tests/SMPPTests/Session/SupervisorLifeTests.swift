import Testing

@testable import SMPP

@Suite struct SupervisorLifeTests {
    @Test func aYearOfFaultsKeepsTheRules() {
        var lived = Duration.zero
        var bounds = 0
        var returns = 0
        var faults = 0
        var accepted = 0
        var lates = 0
        for seed in 50_000..<52_000 as Range<UInt64> {
            var life = SupervisorLife(seed: seed)
            life.run(for: .seconds(16_000))
            guard life.problems.isEmpty else {
                Issue.record("seed \(seed) after \(life.length): \(life.problems[0])")
                return
            }
            lived += life.length
            bounds += life.bounds
            returns += life.returns
            faults += life.faults
            accepted += life.ledger.accepted
            lates += life.ledger.lates
        }
        #expect(lived >= .seconds(365 * 86_400))
        // The lives must have been eventful.
        #expect(faults > 4000)
        #expect(bounds > 4000)
        #expect(returns > 300)
        #expect(accepted > 20_000)
        #expect(lates > 500)
    }
}
