package import NIOCore

/// How a form says who sends it.
package enum Credentials: Sendable, Hashable {
    /// A login with the bytes of its password.
    case password(login: String, password: [UInt8])
    /// The bytes of an API key.
    case key([UInt8])
    /// The bytes of the token of a chat.
    case chatToken([UInt8])
}

/// A form whose fields are all there and all readable. Whether `to` is a number is not decided here.
package struct SMSForm: Sendable, Hashable {
    /// Who sends it.
    package var credentials: Credentials
    /// The sender's name; empty = the account's default.
    package var from: String
    /// The recipient as written; may be empty.
    package var to: String
    /// The message; may be empty.
    package var text: String
    /// What only some accounts may ask for.
    package var options = FormOptions()
    /// What only a message of PlanFix's chats has.
    package var chat: ChatFields?
}

/// Fields of a form that count only where the account allows them; empty = not there.
package struct FormOptions: Sendable, Hashable {
    /// `class`: 0 to 3, or `flash`.
    package var messageClass: String
    /// `validity`: a number with s, m, h or d.
    package var validity: String

    package init(messageClass: String = "", validity: String = "") {
        self.messageClass = messageClass
        self.validity = validity
    }
}

/// Why a form is refused.
package enum FormProblem: Error, Sendable, Hashable {
    case missing(FormField)
    case duplicate(FormField)
    /// `login` or `password` together with `key`.
    case loginAndKey
    case tooLong(FormField)
    /// A broken percent escape, bytes that are not in the charset, or a control character where there is no text; nil = in a field's name.
    case encoding(FormField?)

    /// The error of the reply.
    package var code: ReplyCode {
        switch self {
        case .missing: .missingField
        case .duplicate, .loginAndKey: .duplicateField
        case .tooLong: .fieldTooLong
        case .encoding: .badEncoding
        }
    }

    /// The field that the reply names.
    package var field: String? {
        switch self {
        case .missing(let field), .duplicate(let field), .tooLong(let field): field.rawValue
        case .loginAndKey: FormField.key.rawValue
        case .encoding(let field): field?.rawValue
        }
    }
}

/// Reads `application/x-www-form-urlencoded` bodies (WHATWG URL §5.1, but strict where that is lenient). Each byte is looked at
/// once; a field's value is decoded into one buffer that is kept from form to form.
package struct FormBody {
    /// The fields that have come.
    private struct Fields {
        private var seen: UInt8 = 0
        var login = ""
        var from = ""
        var to = ""
        var text = ""
        var password: [UInt8] = []
        var key: [UInt8] = []
        var options = FormOptions()

        func has(_ field: FormField) -> Bool { seen & Self.bit(field) != 0 }
        mutating func mark(_ field: FormField) { seen |= Self.bit(field) }
        private static func bit(_ field: FormField) -> UInt8 { 1 << UInt8(truncatingIfNeeded: field.index) }
    }

    /// Room for the value being decoded, which is its first bytes, as UTF-8.
    var value = [UInt8](repeating: 0, count: 1024)

    /// A decoder; one serves any number of forms, one after another.
    package init() {}

    /// The fields of `body`.
    /// - Throws: the first problem in the order of the bytes, then what is missing.
    package mutating func decode(_ body: ByteBuffer, charset: FormCharset) throws(FormProblem) -> SMSForm {
        let bytes = body.readableBytesUInt8Span
        // A byte of Windows-1251 is three of UTF-8 at most.
        let room = charset == .utf8 ? bytes.count : 3 * bytes.count
        if value.count < room { value.append(contentsOf: repeatElement(0, count: room - value.count)) }
        var fields = Fields()
        var position = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "&") {
                position += 1
                continue
            }
            if let field = try Self.readName(bytes, &position) {
                let count = try Self.readValue(bytes, &position, of: field, charset, into: value.mutableSpan)
                try keep(field, count, in: &fields)
            } else {
                Self.skipValue(bytes, &position)
            }
        }
        return try Self.form(of: fields)
    }

    /// Reads a name and the `=` behind it; nil for a field that is not ours.
    private static func readName(_ bytes: Span<UInt8>, _ position: inout Int) throws(FormProblem) -> FormField? {
        var packed: UInt64 = 0
        var count = 0
        var index = position
        defer { position = index }
        while index < bytes.count {
            var byte = bytes[index]
            // Most bytes: letters, and what stands between and behind them from `@` to `~`.
            if byte &- 0x40 < 0x3F {
                packed = packed << 8 | UInt64(byte)
                index += 1
                count += 1
                continue
            }
            if byte == UInt8(ascii: "&") { break }
            index += 1
            if byte == UInt8(ascii: "=") { break }
            if byte == UInt8(ascii: "%") {
                guard let decoded = escape(bytes, &index) else { throw .encoding(nil) }
                byte = decoded
            }
            packed = packed << 8 | UInt64(byte)
            count += 1
        }
        return FormField(packedName: packed, count: count)
    }

    /// Decodes a value into `room`, up to the `&` or the end; returns its size there.
    static func readValue(
        _ bytes: Span<UInt8>, _ position: inout Int, of field: FormField, _ charset: FormCharset,
        into room: consuming MutableSpan<UInt8>
    ) throws(FormProblem) -> Int {
        var index = position
        var count = 0
        defer { position = index }
        while index < bytes.count {
            var byte = bytes[index]
            // Most bytes: letters, digits, and what else stands for itself from `,` to `~`.
            if byte &- 0x2C < 0x53 {
                room[count] = byte
                index += 1
                count += 1
                continue
            }
            if byte == UInt8(ascii: "&") { break }
            index += 1
            if byte == UInt8(ascii: "+") {
                byte = UInt8(ascii: " ")
            } else if byte == UInt8(ascii: "%") {
                guard let decoded = escape(bytes, &index) else { throw .encoding(field) }
                byte = decoded
            }
            if byte < 0x20 || byte == 0x7F {
                // Line ends and tabs come from people's templates, and a text may have whatever word processors put into it; what
                // else is down here never belongs in a form.
                guard field == .text || (0x09...0x0D).contains(byte) && byte != 0x0B else { throw .encoding(field) }
            }
            if byte >= 0x80, charset == .windows1251 {
                guard let scalar = Windows1251.scalar(byte) else { throw .encoding(field) }
                put(scalar, into: &room, &count)
            } else {
                room[count] = byte
                count += 1
            }
        }
        return count
    }

    /// Appends a character from U+0080 up as UTF-8.
    private static func put(_ scalar: UInt16, into room: inout MutableSpan<UInt8>, _ count: inout Int) {
        if scalar < 0x800 {
            room[count] = 0xC0 | UInt8(truncatingIfNeeded: scalar >> 6)
        } else {
            room[count] = 0xE0 | UInt8(truncatingIfNeeded: scalar >> 12)
            room[count + 1] = 0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F)
            count += 1
        }
        room[count + 1] = 0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F)
        count += 2
    }

    /// Passes over a value that nobody wants.
    private static func skipValue(_ bytes: Span<UInt8>, _ position: inout Int) {
        while position < bytes.count, bytes[position] != UInt8(ascii: "&") { position += 1 }
    }

    /// Puts the first `count` bytes of `value` in their place.
    private func keep(_ field: FormField, _ count: Int, in fields: inout Fields) throws(FormProblem) {
        if fields.has(field) { throw .duplicate(field) }
        // Blanks around a login or a key come from copying it: none has them.
        let range =
            field == .login || field == .key ? Self.withoutBlanks(value.span.extracting(first: count)) : 0..<count
        guard range.count <= field.maxBytes else { throw .tooLong(field) }
        // `String(validating:as:)` is generic, and not specialised here.
        let text: UTF8Span
        do {
            text = try UTF8Span(validating: value.span.extracting(range))
        } catch {
            throw .encoding(field)
        }
        fields.mark(field)
        switch field {
        case .password: fields.password = Array(value[range])
        case .key: fields.key = Array(value[range])
        case .login: fields.login = String(copying: text)
        case .from: fields.from = String(copying: text)
        case .to: fields.to = String(copying: text)
        case .text: fields.text = String(copying: text)
        case .messageClass: fields.options.messageClass = String(copying: text)
        case .validity: fields.options.validity = String(copying: text)
        }
    }

    /// Where a value begins and ends without spaces, tabs, line ends and no-break spaces around it.
    private static func withoutBlanks(_ value: Span<UInt8>) -> Range<Int> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        func isNoBreakSpace(_ index: Int) -> Bool { value[index] == 0xC2 && value[index + 1] == 0xA0 }
        var (start, end) = (0, value.count)
        while start < end {
            if isBlank(value[start]) {
                start += 1
            } else if start + 1 < end, isNoBreakSpace(start) {
                start += 2
            } else {
                break
            }
        }
        while start < end {
            if isBlank(value[end - 1]) {
                end -= 1
            } else if start + 1 < end, isNoBreakSpace(end - 2) {
                end -= 2
            } else {
                break
            }
        }
        return start..<end
    }

    /// The form, once all bytes are read. An empty `login`, `password` or `key` counts as none: PlanFix sends the
    /// fields of its template whether they are filled in or not.
    private static func form(of fields: consuming Fields) throws(FormProblem) -> SMSForm {
        let credentials: Credentials
        if fields.key.isEmpty {
            if fields.login.isEmpty { throw .missing(.login) }
            if fields.password.isEmpty { throw .missing(.password) }
            credentials = .password(login: fields.login, password: fields.password)
        } else {
            guard fields.login.isEmpty, fields.password.isEmpty else { throw .loginAndKey }
            credentials = .key(fields.key)
        }
        guard fields.has(.to) else { throw .missing(.to) }
        guard fields.has(.text) else { throw .missing(.text) }
        return SMSForm(
            credentials: credentials, from: fields.from, to: fields.to, text: fields.text,
            options: fields.options)
    }

    /// The byte of the two hexadecimal digits at `position`, which moves behind them; nil when they are not there.
    private static func escape(_ bytes: Span<UInt8>, _ position: inout Int) -> UInt8? {
        guard position + 1 < bytes.count, let high = hex(bytes[position]), let low = hex(bytes[position + 1])
        else { return nil }
        position += 2
        return high << 4 | low
    }

    /// The value of a hexadecimal digit; nil for any other byte.
    static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil  // not a hexadecimal digit
        }
    }
}
