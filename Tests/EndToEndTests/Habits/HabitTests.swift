import TestPrograms
import Testing

/// Every scenario of the simulator through the real programs: what the bridge does about the habits of real SMSCs.
@Suite struct HabitTests {
    /// Habits that are played at the same time, by one bridge.
    enum Group: String, CaseIterable, CustomTestStringConvertible {
        case binds, links, messages, texts, receipts

        var habits: [Habit] {
            switch self {
            case .binds: Habit.binds
            case .links: Habit.links
            case .messages: Habit.messages
            case .texts: Habit.texts
            case .receipts: Habit.receipts
            }
        }

        var testDescription: String { rawValue }
    }

    @Test(.timeLimit(.minutes(3)), arguments: Group.allCases)
    func bridgeLivesWith(_ group: Group) async throws {
        try await Habit.play(group.habits)
    }

    @Test func everyScenarioIsTried() async throws {
        let listed = try await run(Repository.smppost, ["simulate", "--list-scenarios"])
        let names = listed.standardOutput.split(separator: "\n").dropFirst().compactMap {
            $0.split(whereSeparator: \.isWhitespace).first.map(String.init)
        }
        #expect(Set(names) == Set(Group.allCases.flatMap(\.habits).map(\.scenario)), "\(listed.everything)")
    }
}
