package import NIOCore

/// A field of PlanFix's `newMessage`; all others are passed over.
private enum ChatField: String, CaseIterable {
    case cmd, providerId, chatId, contactPhone, token, message, messageId

    /// The most bytes of UTF-8 that the decoded value may have.
    var maxBytes: Int {
        switch self {
        case .cmd, .providerId: 64
        case .chatId, .messageId: 128
        case .contactPhone, .token: 256
        case .message: 65_536
        }
    }

    /// How its octets are read.
    var kind: FormField { self == .message ? .text : .to }
}

extension FormBody {
    /// The most bytes of UTF-8 that a link may have.
    private static let longestLink = 2_048

    /// The fields of a message of PlanFix's chats, in no order.
    ///
    /// - Throws: `bad_encoding`, `field_too_long`, `duplicate_field`, `missing_field`, `bad_request` for another command, or
    ///   `bad_credentials` where there is no token.
    package mutating func decodeChat(_ body: ByteBuffer, charset: FormCharset) throws(ReplyCode) -> SMSForm {
        let bytes = body.readableBytesUInt8Span
        let room = charset == .utf8 ? bytes.count : 3 * bytes.count
        if value.count < room { value.append(contentsOf: repeatElement(0, count: room - value.count)) }
        var fields: [ChatField: String] = [:]
        var attachments = ChatAttachments()
        var start = 0
        while start < bytes.count {
            let end = Self.index(of: UInt8(ascii: "&"), in: bytes, from: start)
            let equals = min(Self.index(of: UInt8(ascii: "="), in: bytes, from: start), end)
            let name = bytes.extracting(start..<equals)
            let text = bytes.extracting(min(equals + 1, end)..<end)
            start = end + 1
            let word = try decoded(name, .to, charset)
            if let field = ChatField(rawValue: word) {
                let value = try decoded(text, field.kind, charset)
                guard value.utf8.count <= field.maxBytes else { throw .fieldTooLong }
                if fields.updateValue(value, forKey: field) != nil { throw .duplicateField }
            } else if ChatAttachments.isAttachment(word) {
                let value = try decoded(text, .to, charset)
                guard value.utf8.count <= Self.longestLink else { throw .fieldTooLong }
                try attachments.add(word, value)
            }
        }
        return try Self.form(fields, attachments)
    }

    private static func form(
        _ fields: [ChatField: String], _ attachments: ChatAttachments
    ) throws(ReplyCode) -> SMSForm {
        func required(_ field: ChatField) throws(ReplyCode) -> String {
            guard let value = fields[field], !value.isEmpty else { throw .missingField }
            return value
        }
        // Whoever shows no token is told nothing else of the form.
        guard let token = fields[.token], !token.isEmpty else { throw .badCredentials }
        guard try required(.cmd) == "newMessage" else { throw .badRequest }
        let chatID = fields[.chatId] ?? ""
        let phone = chatID.isEmpty ? try required(.contactPhone) : fields[.contactPhone] ?? ""
        return SMSForm(
            credentials: .chatToken(Array(token.utf8)), from: "", to: phone, text: fields[.message] ?? "",
            chat: ChatFields(
                providerID: try required(.providerId), chatID: chatID, messageID: try required(.messageId),
                attachments: attachments))
    }

    private mutating func decoded(
        _ bytes: Span<UInt8>, _ kind: FormField, _ charset: FormCharset
    ) throws(ReplyCode) -> String {
        var position = 0
        do {
            let count = try Self.readValue(bytes, &position, of: kind, charset, into: value.mutableSpan)
            return String(copying: try UTF8Span(validating: value.span.extracting(first: count)))
        } catch {
            throw ReplyCode.badEncoding
        }
    }

    private static func index(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != byte { index += 1 }
        return index
    }
}
