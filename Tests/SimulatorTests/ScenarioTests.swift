import Testing

@testable import Simulator

@Suite struct ScenarioTests {
    /// The list of habits has 38 rows: each is played, or it is said why none can play it.
    @Test func everyHabitIsPlayedOrSaysWhyNot() {
        let played = Set(Scenario.all.map(\.habit))
        let unplayed = Set(Scenario.unplayed.keys)
        #expect(played.isDisjoint(with: unplayed))
        #expect(played.union(unplayed) == Set(1...38))
        #expect(Scenario.unplayed.values.allSatisfy { !$0.isEmpty })
    }

    @Test func namesAreSingleWords() {
        let names = Scenario.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(
            names.allSatisfy { $0.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "-.".contains($0)) } })
        #expect(Scenario.all.allSatisfy { !$0.summary.isEmpty })
        #expect(Scenario.named("garbage")?.habit == 35)
        #expect(Scenario.named("no such scenario") == nil)
    }

    @Test(arguments: Scenario.all.map(\.name))
    func everyScenarioChangesTheOptions(name: String) throws {
        let scenario = try #require(Scenario.named(name))
        var options = SimulatorOptions()
        scenario.apply(to: &options)
        let isOnlyAnOption = [
            "hasty-bind", "window-overrun", "window-of-one", "rate-limit", "receipt-on-other-bind",
        ].contains(name)
        #expect((options.quirks != Quirks()) != isOnlyAnOption)
    }
}
