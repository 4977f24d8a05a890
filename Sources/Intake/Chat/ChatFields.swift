import Messaging

/// What a message of PlanFix's chats has beside its token, its recipient's phone and its text. An object: plain messages carry an empty
/// reference, and no more.
package final class ChatFields: Sendable, Hashable {
    /// `providerId`.
    package let providerID: String
    /// `chatId`; empty in the first message to a contact.
    package let chatID: String
    /// `messageId`: the same in each repeat.
    package let messageID: String
    package let attachments: ChatAttachments

    package init(providerID: String, chatID: String, messageID: String, attachments: ChatAttachments) {
        self.providerID = providerID
        self.chatID = chatID
        self.messageID = messageID
        self.attachments = attachments
    }

    package static func == (left: ChatFields, right: ChatFields) -> Bool {
        (left.providerID, left.chatID, left.messageID, left.attachments)
            == (right.providerID, right.chatID, right.messageID, right.attachments)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(messageID) }

    /// The form that its chat makes of it: to the number that the chat is with, which the contact's phone may not say any more, with the
    /// links behind the text, each in a line of its own.
    ///
    /// - Parameter terms: of the account; nil = it has no chat any more.
    /// - Throws: `bad_request` or `attachments_refused`.
    func message(_ form: SMSForm, under terms: ChatTerms?) throws(ReplyCode) -> SMSForm {
        guard let terms, providerID == terms.providerID else { throw .badRequest }
        guard attachments.isEmpty || terms.takesAttachments && attachments.haveLinks else { throw .attachmentsRefused }
        var form = form
        if !chatID.isEmpty {
            guard let address = terms.ids.address(of: chatID) else { throw .badRequest }
            let isInternational = address.utf8.count >= 8 && address.utf8.allSatisfy { (0x30...0x39).contains($0) }
            form.to = isInternational ? "+" + address : address
        }
        form.text = ([form.text] + attachments.links).filter { !$0.isEmpty }.joined(separator: "\n")
        return form
    }
}
