/// A habit of real SMSCs that the simulator plays, by a name that an operator understands.
package struct Scenario: Sendable {
    /// Lower-case words with dashes.
    package let name: String
    /// The habit's number in the list of habits: 1 to 38.
    package let habit: Int
    /// One line for people.
    package let summary: String
    private let setting: @Sendable (inout SimulatorOptions) -> Void

    init(
        _ name: String, _ habit: Int, _ summary: String, _ setting: @escaping @Sendable (inout SimulatorOptions) -> Void
    ) {
        self.name = name
        self.habit = habit
        self.summary = summary
        self.setting = setting
    }

    /// Changes what the scenario is about and leaves the rest.
    package func apply(to options: inout SimulatorOptions) {
        setting(&options)
    }

    /// Every scenario, in the order of habits.
    package static let all: [Scenario] = (binds + links + messages + texts + receipts).enumerated()
        .sorted { ($0.element.habit, $0.offset) < ($1.element.habit, $1.offset) }.map(\.element)

    /// Nil where there is none of this name.
    package static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }
}
