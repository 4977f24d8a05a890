/// Every error that a reply can name (design §1), with its HTTP status, outcome, reason phrase and whether to repeat.
package enum ReplyCode: String, Error, Sendable, Hashable, CaseIterable {
    case missingField = "missing_field"
    case duplicateField = "duplicate_field"
    case fieldTooLong = "field_too_long"
    case badEncoding = "bad_encoding"
    case badRequest = "bad_request"
    case httpsRequired = "https_required"
    case badCredentials = "bad_credentials"
    case accountDisabled = "account_disabled"
    case ipNotAllowed = "ip_not_allowed"
    case senderNotAllowed = "sender_not_allowed"
    case destinationNotAllowed = "destination_not_allowed"
    case recipientBlocked = "recipient_blocked"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case bodyTooLarge = "body_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case headersTooLarge = "headers_too_large"
    case badNumber = "bad_number"
    case severalNumbers = "several_numbers"
    case `extension`
    case badSender = "bad_sender"
    case badClass = "bad_class"
    case badValidity = "bad_validity"
    case textEmpty = "text_empty"
    case textTooLong = "text_too_long"
    case attachmentsRefused = "attachments_refused"
    case messageIDTaken = "message_id_taken"
    case rateLimited = "rate_limited"
    case quotaExceeded = "quota_exceeded"
    case recipientLimited = "recipient_limited"
    case lockedOut = "locked_out"
    case `internal`
    case noBind = "no_bind"
    case busy
    case draining
    case noJournal = "no_journal"
    case notRecorded = "not_recorded"
    case carrierTimeout = "carrier_timeout"
    case connectionLost = "connection_lost"
    case partialUnknown = "partial_unknown"
    case partial
    case carrierRefused = "carrier_refused"

    /// The HTTP status.
    package var status: Int {
        switch self {
        case .missingField, .duplicateField, .fieldTooLong, .badEncoding, .badRequest, .httpsRequired: 400
        case .badCredentials: 401
        case .accountDisabled, .ipNotAllowed, .senderNotAllowed, .destinationNotAllowed, .recipientBlocked: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .messageIDTaken: 409
        case .bodyTooLarge: 413
        case .unsupportedMediaType: 415
        case .headersTooLarge: 431
        case .badNumber, .severalNumbers, .extension, .badSender, .badClass, .badValidity, .textEmpty, .textTooLong,
            .attachmentsRefused:
            422
        case .rateLimited, .quotaExceeded, .recipientLimited, .lockedOut: 429
        case .internal: 500
        case .partial, .carrierRefused: 502
        case .noBind, .busy, .draining, .noJournal: 503
        case .carrierTimeout, .connectionLost, .partialUnknown, .notRecorded: 504
        }
    }

    /// What became of the message.
    package var outcome: Outcome {
        switch self {
        case .missingField, .duplicateField, .fieldTooLong, .badEncoding, .badRequest, .httpsRequired, .badCredentials,
            .accountDisabled, .ipNotAllowed, .senderNotAllowed, .destinationNotAllowed, .recipientBlocked, .notFound,
            .methodNotAllowed,
            .bodyTooLarge, .unsupportedMediaType, .headersTooLarge, .badNumber, .severalNumbers, .extension,
            .badSender, .badClass, .badValidity, .textEmpty, .textTooLong, .attachmentsRefused,
            .messageIDTaken, .carrierRefused:
            .refused
        case .requestTimeout, .rateLimited, .quotaExceeded, .recipientLimited, .lockedOut, .internal, .noBind, .busy,
            .draining, .noJournal:
            .notSent
        case .carrierTimeout, .connectionLost, .partialUnknown, .notRecorded: .unknown
        case .partial: .partial
        }
    }

    /// Whether the same request may be sent again later: only what was not sent.
    package var retry: Bool {
        switch outcome {
        case .notSent: true
        case .accepted, .refused, .partial, .unknown: false
        }
    }

    /// Seconds for `Retry-After` where the caller knows nothing better; nil where the header does not apply.
    package var defaultRetryAfter: Int? {
        switch status {
        case 429: 1
        case 503: 5
        default: nil
        }
    }

    /// The reason phrase: short, ASCII, and the outcome for a client that shows nothing but the status line.
    package var reason: String {
        switch self {
        case .missingField: "Missing field"
        case .duplicateField: "Duplicate field"
        case .fieldTooLong: "Field too long"
        case .badEncoding: "Bad encoding"
        case .badRequest: "Bad request"
        case .httpsRequired: "HTTPS required"
        case .badCredentials: "Bad credentials"
        case .accountDisabled: "Account disabled"
        case .ipNotAllowed: "IP address not allowed"
        case .senderNotAllowed: "Sender not allowed"
        case .destinationNotAllowed: "Destination not allowed"
        case .recipientBlocked: "Recipient blocked"
        case .notFound: "Not found"
        case .methodNotAllowed: "Method not allowed"
        case .requestTimeout: "Request timeout"
        case .bodyTooLarge: "Body too large"
        case .unsupportedMediaType: "Unsupported media type"
        case .headersTooLarge: "Headers too large"
        case .badNumber: "Bad number"
        case .severalNumbers: "Several numbers"
        case .extension: "Number has an extension"
        case .badSender: "Bad sender"
        case .badClass: "Bad class"
        case .badValidity: "Bad validity"
        case .textEmpty: "Text is empty"
        case .textTooLong: "Text too long"
        case .attachmentsRefused: "Attachments refused"
        case .messageIDTaken: "Message id taken, not sent"
        case .rateLimited: "Rate limited"
        case .quotaExceeded: "Quota used up, not sent"
        case .recipientLimited: "Recipient limited, not sent"
        case .lockedOut: "Locked out"
        case .internal: "Internal error, not sent"
        case .noBind: "Not sent, no carrier connection"
        case .busy: "Not sent, busy"
        case .draining: "Not sent, shutting down"
        case .noJournal: "Not sent, journal not writable"
        case .notRecorded: "Unknown, outcome not recorded, do not repeat"
        case .carrierTimeout: "Unknown, carrier did not answer, do not repeat"
        case .connectionLost: "Unknown, carrier connection lost, do not repeat"
        case .partialUnknown: "Unknown for some parts, do not repeat"
        case .partial: "Partly accepted, do not repeat"
        case .carrierRefused: "Carrier refused"
        }
    }
}
