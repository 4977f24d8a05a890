import Testing

@testable import SMPP

@Suite struct BindWalkTests {
    @Test func randomLivesKeepTheRules() {
        var bounds = 0
        var accepted = 0
        var lates = 0
        var displaced = 0
        for seed in 0..<4000 as Range<UInt64> {
            var walk = BindWalk(seed: seed)
            walk.run(steps: 150)
            guard walk.problems.isEmpty else {
                Issue.record("seed \(seed): \(walk.problems[0])")
                return
            }
            bounds += walk.bounds
            lates += walk.ledger.lates
            displaced += walk.ledger.displaced
            accepted += walk.ledger.accepted
        }
        // The walk must have been somewhere.
        #expect(bounds > 4000)
        #expect(accepted > 10_000)
        #expect(lates > 1000)
        #expect(displaced > 1000)
    }

    @Test func longLivesKeepTheRules() {
        for seed in 10_000..<10_020 as Range<UInt64> {
            var walk = BindWalk(seed: seed)
            walk.run(steps: 10_000)
            #expect(walk.problems.isEmpty, "seed \(seed): \(walk.problems.first ?? "")")
        }
    }
}
