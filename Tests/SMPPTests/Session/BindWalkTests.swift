import Testing

@testable import SMPP

@Suite struct BindWalkTests {
    @Test func randomLivesKeepTheRules() {
        let walks = 1000 * Lives.times
        var bounds = 0
        var accepted = 0
        var lates = 0
        var displaced = 0
        for seed in 0..<UInt64(walks) {
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
        #expect(bounds > walks)
        #expect(accepted > walks * 5 / 2)
        #expect(lates > walks / 4)
        #expect(displaced > walks / 4)
    }

    @Test func longLivesKeepTheRules() {
        for seed in 10_000..<10_000 + UInt64(5 * Lives.times) {
            var walk = BindWalk(seed: seed)
            walk.run(steps: 10_000)
            #expect(walk.problems.isEmpty, "seed \(seed): \(walk.problems.first ?? "")")
        }
    }
}
