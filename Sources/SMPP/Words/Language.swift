/// The languages in which people are told things.
package enum Language: String, Sendable, Hashable, CaseIterable {
    /// Russian.
    case ru
    /// English.
    case en
}
