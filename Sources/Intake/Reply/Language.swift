/// The language of the one line that a person at PlanFix reads.
package enum Language: String, Sendable, Hashable, CaseIterable {
    /// Russian.
    case ru
    /// English.
    case en
}
