package import Messaging
package import NIOCore

/// One authenticated request within its account's limits, handed over on its connection's event loop.
package struct SMSRequest: Sendable {
    /// The message's id, which the reply will carry.
    package let id: MessageID
    /// Whose message it is, with its limits. A reference: a request goes from closure to closure, and an account that is
    /// copied on the way costs a dozen reference counts that all event loops share.
    package let entry: AccountEntry
    /// The sender's name as sent; empty = the account's default.
    package let from: String
    /// The recipient as written; may be empty.
    package let to: String
    /// The message; may be empty.
    package let text: String
    /// What only some accounts may ask for.
    package let options: FormOptions
    /// What a message of PlanFix's chats has; nil = it came by the plain form.
    package let chat: ChatFields?
    /// Why its form is refused whatever else it has; nil = it is not.
    package let refusal: ReplyCode?
    /// When the reply must have been given.
    package let deadline: NIODeadline
    /// The connection's event loop: the reply is given on it.
    package let eventLoop: any EventLoop
    /// The index of `eventLoop` among the loops of the server's group.
    package let loopIndex: Int

    /// Whose message it is.
    package var account: Account { entry.account }

    /// A request, part by part.
    package init(
        id: MessageID, entry: AccountEntry, from: String, to: String, text: String,
        options: FormOptions = FormOptions(), chat: ChatFields? = nil, refusal: ReplyCode? = nil,
        deadline: NIODeadline, eventLoop: any EventLoop, loopIndex: Int
    ) {
        self.id = id
        self.entry = entry
        self.from = from
        self.to = to
        self.text = text
        self.options = options
        self.chat = chat
        self.refusal = refusal
        self.deadline = deadline
        self.eventLoop = eventLoop
        self.loopIndex = loopIndex
    }
}

/// Decides about a message. It is called on `request.eventLoop`; `reply` must be called once, on the same loop, at
/// `request.deadline` at the latest, whether the client is still there or not. A second call is ignored and counted. When no
/// reply has come a quarter of a second after the deadline the intake answers `carrier_timeout`, unknown.
package typealias MessageHandler =
    @Sendable (_ request: consuming SMSRequest, _ reply: @escaping @Sendable (IntakeReply) -> Void) -> Void
