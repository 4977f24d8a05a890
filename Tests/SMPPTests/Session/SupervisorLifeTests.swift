import Testing

@testable import SMPP

@Suite struct SupervisorLifeTests {
    /// The lives of a usual run add up to five weeks.
    @Test func livesFullOfFaultsKeepTheRules() {
        let lives = 200 * Lives.times
        var lived = Duration.zero
        var bounds = 0
        var returns = 0
        var faults = 0
        var accepted = 0
        var lates = 0
        for seed in 0..<UInt64(lives) {
            let seed = 50_000 + seed
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
        #expect(lived >= .seconds(16_000) * lives)
        // The lives must have been eventful.
        #expect(faults > 2 * lives)
        #expect(bounds > 2 * lives)
        #expect(returns > lives / 8)
        #expect(accepted > 10 * lives)
        #expect(lates > lives / 4)
    }
}
