package import HTTPService
package import TLS

/// `planfix_chat:` of an account: its SMS are a chat of PlanFix (PlanFix's API for chats).
package struct PlanFixChatSettings: Hashable, Sendable, CustomStringConvertible {
    /// What an outcome is answered with. PlanFix's pages name 200 and 400; 503 is for whoever wants its own repeats.
    package struct Replies: Hashable, Sendable {
        /// `replies.refused`: 200, 400 or 503.
        package var refused = 400
        /// `replies.not_sent`.
        package var notSent = 400
        /// `replies.unknown`, and where only some of the segments were accepted.
        package var unknown = 200

        package init() {}
    }

    /// What PlanFix shows of a message that was delivered.
    package enum DeliveredStatus: String, Hashable, Sendable {
        case sent, read
    }

    /// Texts that stand in place of ours, by what they say.
    package enum Text: String, Hashable, Sendable, CaseIterable {
        case sent, delivered, expired, deleted, undeliverable, unknown, rejected, skipped
    }

    /// `token`: the hash of the token that PlanFix sends, unique.
    package var token: KeyHash
    /// `url`: PlanFix's, like `https://ACCOUNT.planfix.ru/webchat/api`.
    package var url: HTTPURL
    /// `planfix_token`, `planfix_token_file` or `planfix_token_env`: what we show PlanFix. Never printed.
    package var planfixToken: String
    /// `provider_id`: what both sides call this service, 1 to 64 octets without `~`.
    package var providerID: String
    /// `channel`: nil = the number or name that a subscriber has written to.
    package var channel: String?
    /// `sender` of its messages; nil = the account's default.
    package var sender: String?
    /// `carriers` of its messages; empty = the account's.
    package var carriers: [CarrierChoice] = []
    /// `ids: sealed` with `id_key`, `id_key_file` or `id_key_env`: chats are called by sealed numbers; nil = by numbers. Never printed.
    package var idKey: String?
    /// `conversation_ttl`: for so long after the account's last message to a number its answers are the account's; 1 h to 30 days.
    package var conversationTTL: Duration = .seconds(48 * 3600)
    /// `delivered`.
    package var delivered = DeliveredStatus.read
    /// `texts`: at most 200 octets each; `{time}` and `{code}` are put in.
    package var texts: [Text: String] = [:]
    /// `zone` of the times in texts; nil = this machine's.
    package var zone: String?
    /// `attachments`: whether their links are put behind the text; else they are refused.
    package var takesAttachments = true
    package var replies = Replies()
    /// `ca`: the certificates to trust in place of the system's.
    package var caFile: String?
    /// `give_up_after`: how long something is tried to be told; 1 m to 48 h.
    package var giveUpAfter: Duration = .seconds(24 * 3600)

    package init(token: KeyHash, url: HTTPURL, planfixToken: String, providerID: String) {
        self.token = token
        self.url = url
        self.planfixToken = planfixToken
        self.providerID = providerID
    }

    /// Never a token.
    package var description: String { "PlanFixChatSettings" }
}

/// `planfix_webhook:` of an account: receipts and refusals of its messages, in place of `receipts`.
package struct PlanFixWebhookSettings: Hashable, Sendable, CustomStringConvertible {
    /// `url`, `url_file` or `url_env`: PlanFix's, which is a secret. Never printed.
    package var url: HTTPURL
    /// `format`: whether fields are posted as JSON; else as a form.
    package var isJSON = false
    /// `zone` of the times in texts; nil = this machine's.
    package var zone: String?
    /// `ca`: the certificates to trust in place of the system's.
    package var caFile: String?
    /// `give_up_after`: 1 m to 48 h.
    package var giveUpAfter: Duration = .seconds(24 * 3600)

    package init(url: HTTPURL) {
        self.url = url
    }

    /// Never the URL.
    package var description: String { "PlanFixWebhookSettings" }
}
