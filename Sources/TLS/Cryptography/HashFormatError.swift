/// Why a text is not a hash of ours; never holds the text.
package struct HashFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and what was expected.
    package var reason: String

    /// Memberwise.
    package init(reason: String) {
        self.reason = reason
    }

    /// The reason.
    package var description: String { reason }
}
