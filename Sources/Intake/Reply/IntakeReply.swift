package import Messaging
package import SMPP

/// What a request is answered with. It says all that the HTTP reply will, and nothing about how the reply is written.
package struct IntakeReply: Sendable {
    /// The HTTP status; `always200` accounts get 200 in its place.
    package var status: Int
    /// What became of the message.
    package var outcome: Outcome
    /// The error; nil when the carrier accepted the message.
    package var code: ReplyCode?
    /// The reason phrase, ASCII; other characters are replaced when it is written.
    package var reason: String
    /// One line for a person, in `language`; it is cut and cleaned when it is written.
    package var message: String
    /// The language of `message`.
    package var language: Language
    /// Segments that the carrier accepted.
    package var acceptedSegments: Int
    /// Segments of the message; 0 = not applicable.
    package var totalSegments: Int
    /// The carrier's message ids of the accepted segments.
    package var carrierIDs: [String]
    /// The carrier's `command_status` (`0x0000000B`) and its name, where the carrier gave one.
    package var smppStatus: (hex: String, name: String)?
    /// Seconds for `Retry-After`.
    package var retryAfter: Int?
    /// Whether the same request may be sent again later.
    package var retry: Bool
    /// The value of `Allow`.
    package var allow: String?
    /// Whether this is the answer to an earlier request, from the ledger.
    package var replayed: Bool
    /// For the log: the carrier that answered, or did not answer in time.
    package var carrier: String?
    /// For the log: the recipient's digits, which are masked there.
    package var recipient: String?
    /// What PlanFix's chats call the recipient; nil = its number is not known, or the form was the plain one.
    package var contactID: String?
    /// Called with the reply's message id on its connection's event loop, once the reply was handed to the socket of a client
    /// that was still there; never, where the client had gone.
    package var onDelivered: (@Sendable (MessageID) -> Void)?

    /// A reply, part by part.
    // Inlined: a value of this size is made in place then, not copied to the caller.
    @inline(__always)
    package init(
        status: Int, outcome: Outcome, code: ReplyCode?, reason: String, message: String, language: Language,
        acceptedSegments: Int = 0, totalSegments: Int = 0, carrierIDs: [String] = [],
        smppStatus: (hex: String, name: String)? = nil, retryAfter: Int? = nil, retry: Bool = false,
        allow: String? = nil, replayed: Bool = false
    ) {
        self.status = status
        self.outcome = outcome
        self.code = code
        self.reason = reason
        self.message = message
        self.language = language
        self.acceptedSegments = acceptedSegments
        self.totalSegments = totalSegments
        self.carrierIDs = carrierIDs
        self.smppStatus = smppStatus
        self.retryAfter = retryAfter
        self.retry = retry
        self.allow = allow
        self.replayed = replayed
    }

    /// The reply that `code` stands for.
    /// - Parameters:
    ///   - retryAfter: seconds; where the header applies (429, 503) and none are given, the code's default.
    ///   - detail: a few words of ours behind the text, such as a field's name; never what was sent.
    package init(_ code: ReplyCode, language: Language, retryAfter: Int? = nil, detail: String? = nil) {
        self.init(
            status: code.status, outcome: code.outcome, code: code, reason: code.reason,
            message: code.text(in: language, detail: detail), language: language,
            retryAfter: code.defaultRetryAfter.map { retryAfter ?? $0 }, retry: code.retry,
            allow: code == .methodNotAllowed ? "POST" : nil)
    }

    /// The reply to a message of which the carrier accepted every segment.
    package static func accepted(segments: Int, carrierIDs: [String], language: Language) -> IntakeReply {
        let message: String
        switch language {
        case .ru: message = segments > 1 ? "Принято оператором, частей: \(segments)." : "Принято оператором."
        case .en: message = segments > 1 ? "Accepted by the carrier, parts: \(segments)." : "Accepted by the carrier."
        }
        return IntakeReply(
            status: 200, outcome: .accepted, code: nil, reason: "Accepted", message: message, language: language,
            acceptedSegments: segments, totalSegments: segments, carrierIDs: carrierIDs)
    }
}
