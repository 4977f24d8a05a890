/// What replies are counted by.
package struct ReplyLabel: Hashable, Sendable {
    /// The account's name; nil = nobody's that is known.
    package var account: String?
    /// The HTTP status that the reply stands for, also where the account is always told 200.
    package var status: Int
    /// nil = accepted.
    package var code: ReplyCode?

    package init(account: String?, status: Int, code: ReplyCode?) {
        self.account = account
        self.status = status
        self.code = code
    }

    /// The account of everything beyond `LoopCounters.maxLabels`.
    static let otherAccount = "other"
}
