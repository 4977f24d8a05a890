import NIOCore

/// A reply as PlanFix's chats want it: pure.
///
/// | what became of the message | status | body |
/// |---|---|---|
/// | accepted | 200 | `{"chatId":…,"contactId":…}` |
/// | refused, not sent, unknown | as the account says; 200 has the body above, and the reason follows as a status | `{"error":"the reason"}` |
/// | the form is broken | 400 | `{"error":"Invalid parameters"}` |
/// | the token is wrong | 401 | `{"error":"Invalid token"}` |
/// | the request is no form, or too much | as of the plain form | `{"error":"the reason"}` |
struct ChatReply: Equatable {
    enum Body: Equatable {
        case contact(String)
        case error(String)
    }

    let status: Int
    let body: Body

    /// - Parameter replies: of the account; nil = it is not known.
    init(_ reply: IntakeReply, _ replies: ChatTerms.Replies?) {
        switch reply.code {
        case .badCredentials: (status, body) = (401, .error("Invalid token"))
        case .missingField, .duplicateField, .fieldTooLong, .badEncoding, .badRequest:
            (status, body) = (400, .error("Invalid parameters"))
        default:  // what became of the message
            let status = replies.map { Self.status(reply.outcome, $0) } ?? reply.status
            if status == 200, let contact = reply.contactID {
                (self.status, body) = (200, .contact(contact))
            } else {
                // Without the number there is no chat to name.
                (self.status, body) = (status == 200 ? 400 : status, .error(ReplyText.clean(reply.message)))
            }
        }
    }

    private static func status(_ outcome: Outcome, _ replies: ChatTerms.Replies) -> Int {
        switch outcome {
        case .accepted: 200
        case .refused: replies.refused
        case .notSent: replies.notSent
        case .unknown, .partial: replies.unknown
        }
    }
}

extension ByteBuffer {
    /// Appends the reply's body.
    mutating func writeChat(_ reply: ChatReply) {
        switch reply.body {
        case .contact(let id):
            writeStaticString("{\"chatId\":")
            writeJSONString(id)
            writeStaticString(",\"contactId\":")
            writeJSONString(id)
        case .error(let words):
            writeStaticString("{\"error\":")
            writeJSONString(words)
        }
        writeStaticString("}")
    }
}
