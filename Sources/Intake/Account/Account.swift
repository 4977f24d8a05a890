package import SMPP
package import TLS

/// How an account wants its HTTP status lines.
package enum ReplyProfile: String, Sendable, Hashable, CaseIterable {
    /// The status tells the outcome.
    case strict
    /// The status is always 200; headers, reason phrase and body stay truthful.
    case always200
}

/// One account of `accounts.yaml`, as the intake needs it.
package struct Account: Sendable, Hashable {
    /// Its index in the list of accounts.
    package var index: Int
    /// The name in log lines and metrics.
    package var name: String
    /// The login of the form, or nil where the account has a key only.
    package var login: String?
    /// The hash of the password that goes with `login`.
    package var password: ScryptHash?
    /// The hash of the API key.
    package var key: KeyHash?
    /// False: every request is answered with `account_disabled`.
    package var enabled: Bool
    /// The language of its replies.
    package var language: Language
    /// Messages per second, with a burst of one second's worth; nil = no limit.
    package var rate: Double?
    /// Messages that may wait for their reply at one time; nil = no limit.
    package var inFlight: Int?
    /// Where requests may come from; empty = from everywhere.
    package var allowFrom: [AddressBlock]
    /// How its status lines are written.
    package var replyProfile: ReplyProfile
    /// What it may send in a day, a month, and to one number.
    package var quota: AccountQuota.Limits
    /// Its chat at PlanFix; nil = none.
    package var chat: ChatTerms?

    /// An account; only its index and its name have no default.
    package init(
        index: Int, name: String, login: String? = nil, password: ScryptHash? = nil, key: KeyHash? = nil,
        enabled: Bool = true, language: Language = .ru, rate: Double? = nil, inFlight: Int? = nil,
        allowFrom: [AddressBlock] = [], replyProfile: ReplyProfile = .strict,
        quota: AccountQuota.Limits = AccountQuota.Limits(), chat: ChatTerms? = nil
    ) {
        self.index = index
        self.name = name
        self.login = login
        self.password = password
        self.key = key
        self.enabled = enabled
        self.language = language
        self.rate = rate
        self.inFlight = inFlight
        self.allowFrom = allowFrom
        self.replyProfile = replyProfile
        self.quota = quota
        self.chat = chat
    }

    /// Whether a request from `source` is allowed.
    func allows(_ source: SourceAddress) -> Bool {
        allowFrom.isEmpty || allowFrom.contains { $0.contains(source) }
    }
}
