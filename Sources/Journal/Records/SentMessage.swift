package import Messaging

/// A message that went, or may have gone.
package struct SentMessage: Hashable, Sendable {
    package var id: MessageID
    package var account: String
    /// As the journal has it: masked where the configuration says so.
    package var recipient: String

    package init(id: MessageID, account: String, recipient: String) {
        self.id = id
        self.account = account
        self.recipient = recipient
    }

    /// What its outcome is then; none is a message whose process was killed.
    static let outcomes = "(o.id IS NULL OR o.outcome IN ('accepted', 'partial', 'unknown'))"
}
