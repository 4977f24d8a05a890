import Messaging

/// Where an account may send to: prefixes that are allowed, and behind a `!` those that are not. The longest one that a number
/// begins with decides; where none does, the number is allowed unless there are allowed ones.
package struct DestinationRules: Hashable, Sendable {
    private struct Rule: Hashable {
        var prefix: Substring
        var isAllowed: Bool
    }

    /// The longest prefix first.
    private let rules: [Rule]
    private let allowsOthers: Bool

    /// - Parameter prefixes: digits, perhaps behind a `!`; none = every number is allowed.
    package init(_ prefixes: [String]) {
        rules = prefixes.map { text in
            text.first == "!"
                ? Rule(prefix: text.dropFirst(), isAllowed: false) : Rule(prefix: text[...], isAllowed: true)
        }.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
        allowsOthers = !rules.contains(where: \.isAllowed)
    }

    func allow(_ number: PhoneNumber) -> Bool {
        rules.first { number.digits.hasPrefix($0.prefix) }?.isAllowed ?? allowsOthers
    }
}
