package import Messaging

/// A message that a person sends on the monitor, as one of the accounts. Its text and number are never logged.
package struct HandMessage: Hashable, Sendable {
    /// The account's name.
    package var account: String
    /// The sender's name; empty = the account's default.
    package var from: String
    /// The recipient as written.
    package var to: String
    package var text: String

    package init(account: String, from: String, to: String, text: String) {
        self.account = account
        self.from = from
        self.to = to
        self.text = text
    }
}

/// What it was answered with.
package struct HandReply: Sendable {
    /// By which the journal knows it.
    package var id: MessageID
    package var reply: IntakeReply

    package init(id: MessageID, reply: IntakeReply) {
        self.id = id
        self.reply = reply
    }
}
