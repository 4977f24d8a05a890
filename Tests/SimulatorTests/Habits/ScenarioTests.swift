import Testing

@testable import Simulator

@Suite struct ScenarioTests {
    /// The habits that no SMSC can play, and why.
    private static let unplayed: [Int: String] = [
        21: "national shift tables are a choice of the sender, and this bridge makes none: UCS-2 carries those texts",
        37: "restarts of a queue between HTTP and SMPP: there is no queue",
        38:
            "names and addresses belong to the resolver, not to the SMSC: a list of hosts with dead ones is tried apart",
    ]

    /// The list of habits has 38 rows: each is played, or it is said why none can play it.
    @Test func everyHabitIsPlayedOrSaysWhyNot() {
        let played = Set(Scenario.all.map(\.habit))
        let unplayed = Set(Self.unplayed.keys)
        #expect(played.isDisjoint(with: unplayed))
        #expect(played.union(unplayed) == Set(1...38))
        #expect(Self.unplayed.values.allSatisfy { !$0.isEmpty })
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
            "hasty-bind", "window-overrun", "window-of-one", "rate-limit", "receipt-on-other-bind", "two-binds",
        ].contains(name)
        #expect((options.quirks != Quirks()) != isOnlyAnOption)
    }
}
