package import Messaging
package import TLS

/// The chat of an account at PlanFix (PlanFix's API for chats), as the intake needs it.
package struct ChatTerms: Sendable, Hashable {
    /// HTTP statuses by outcome; PlanFix's pages know 200 and 400.
    package struct Replies: Sendable, Hashable {
        package var refused: Int
        package var notSent: Int
        /// Also where only some of the segments were accepted.
        package var unknown: Int

        package init(refused: Int = 400, notSent: Int = 400, unknown: Int = 200) {
            self.refused = refused
            self.notSent = notSent
            self.unknown = unknown
        }
    }

    /// The hash of the token that PlanFix sends.
    package var token: KeyHash
    /// What PlanFix calls this service.
    package var providerID: String
    /// What its chats and contacts are called.
    package var ids: ContactIDs
    /// Whether links of attachments are put behind the text.
    package var takesAttachments: Bool
    package var replies: Replies

    package init(
        token: KeyHash, providerID: String, ids: ContactIDs, takesAttachments: Bool, replies: Replies = Replies()
    ) {
        self.token = token
        self.providerID = providerID
        self.ids = ids
        self.takesAttachments = takesAttachments
        self.replies = replies
    }
}
