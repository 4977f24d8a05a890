/// What forms that another node was asked for are counted by.
package struct PassingLabel: Hashable, Sendable {
    /// What came of it.
    package enum Ending: Hashable, Sendable {
        /// The node has answered.
        case answered(Outcome)
        /// It left for the node, and no reply came.
        case lost
        /// It could not be given to the node: the next one was asked, or none.
        case unreachable

        /// A stable name.
        package var name: String {
            switch self {
            case .answered(let outcome): outcome.rawValue
            case .lost: "lost"
            case .unreachable: "unreachable"
            }
        }
    }

    /// The node's name.
    package var node: String
    package var ending: Ending

    package init(node: String, ending: Ending) {
        self.node = node
        self.ending = ending
    }
}
