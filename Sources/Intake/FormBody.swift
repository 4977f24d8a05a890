package import NIOCore

/// How a form says who sends it.
package enum Credentials: Sendable, Hashable {
    /// A login with the bytes of its password.
    case password(login: String, password: [UInt8])
    /// The bytes of an API key.
    case key([UInt8])
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
}

/// Why a form is refused.
package enum FormProblem: Error, Sendable, Hashable {
    case missing(FormField)
    case duplicate(FormField)
    /// `login` or `password` together with `key`.
    case loginAndKey
    case tooLong(FormField)
    /// A broken percent escape, bytes that are not in the charset, or a control character; nil = in a field's name.
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
    /// The value being decoded, as UTF-8.
    private var value: [UInt8] = []
    private var values: [String?] = Array(repeating: nil, count: FormField.allCases.count)
    private var password: [UInt8]?
    private var key: [UInt8]?

    /// A decoder; one serves any number of forms, one after another.
    package init() {
        value.reserveCapacity(1024)
    }

    /// The fields of `body`.
    /// - Throws: the first problem in the order of the bytes, then what is missing.
    package mutating func decode(_ body: ByteBuffer, charset: FormCharset) throws(FormProblem) -> SMSForm {
        for index in values.indices { values[index] = nil }
        password = nil
        key = nil
        defer { password = nil }
        let bytes = body.readableBytesUInt8Span
        var position = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "&") {
                position += 1
                continue
            }
            if let field = try readName(bytes, &position) {
                try readValue(bytes, &position, of: field, charset)
                try keep(field)
            } else {
                skipValue(bytes, &position)
            }
        }
        return try form()
    }

    /// Reads a name and the `=` behind it; nil for a field that is not ours.
    private func readName(_ bytes: Span<UInt8>, _ position: inout Int) throws(FormProblem) -> FormField? {
        var packed: UInt64 = 0
        var count = 0
        while position < bytes.count {
            var byte = bytes[position]
            if byte == UInt8(ascii: "&") { break }
            position += 1
            if byte == UInt8(ascii: "=") { break }
            if byte == UInt8(ascii: "%") {
                guard let decoded = Self.escape(bytes, &position) else { throw .encoding(nil) }
                byte = decoded
            }
            packed = packed << 8 | UInt64(byte)
            count += 1
        }
        return FormField(packedName: packed, count: count)
    }

    /// Decodes a value into `value`, up to the `&` or the end.
    private mutating func readValue(
        _ bytes: Span<UInt8>, _ position: inout Int, of field: FormField, _ charset: FormCharset
    ) throws(FormProblem) {
        value.removeAll(keepingCapacity: true)
        while position < bytes.count {
            var byte = bytes[position]
            if byte == UInt8(ascii: "&") { break }
            position += 1
            if byte == UInt8(ascii: "+") {
                byte = UInt8(ascii: " ")
            } else if byte == UInt8(ascii: "%") {
                guard let decoded = Self.escape(bytes, &position) else { throw .encoding(field) }
                byte = decoded
            }
            if byte < 0x20 || byte == 0x7F {
                // Line ends and tabs come from people's templates; what else is down here never belongs in a form.
                guard (0x09...0x0D).contains(byte), byte != 0x0B else { throw .encoding(field) }
            }
            if byte >= 0x80, charset == .windows1251 {
                guard let scalar = Windows1251.scalar(byte) else { throw .encoding(field) }
                append(scalar)
            } else {
                value.append(byte)
            }
        }
    }

    /// Appends a character from U+0080 up as UTF-8.
    private mutating func append(_ scalar: UInt16) {
        if scalar < 0x800 {
            value.append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
        } else {
            value.append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
            value.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F))
        }
        value.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
    }

    /// Passes over a value that nobody wants.
    private func skipValue(_ bytes: Span<UInt8>, _ position: inout Int) {
        while position < bytes.count, bytes[position] != UInt8(ascii: "&") { position += 1 }
    }

    /// Puts `value` in its place.
    private mutating func keep(_ field: FormField) throws(FormProblem) {
        guard values[field.index] == nil else { throw .duplicate(field) }
        guard value.count <= field.maxBytes else { throw .tooLong(field) }
        guard let text = Self.text(value) else { throw .encoding(field) }
        switch field {
        case .password:
            // Copies: `value` keeps its room.
            password = Array(value[...])
            values[field.index] = ""
        case .key:
            key = Array(value[...])
            values[field.index] = ""
        case .login, .from, .to, .text: values[field.index] = text
        }
    }

    /// The text of these bytes; nil where they are not UTF-8. `String(validating:as:)` is generic, and not specialised here.
    private static func text(_ octets: [UInt8]) -> String? {
        do {
            return String(copying: try UTF8Span(validating: octets.span))
        } catch {
            return nil
        }
    }

    /// The form, once all bytes are read. An empty `login`, `password` or `key` counts as none: PlanFix sends the
    /// fields of its template whether they are filled in or not.
    private func form() throws(FormProblem) -> SMSForm {
        let login = values[FormField.login.index] ?? ""
        let password = password ?? []
        let credentials: Credentials
        if let key, !key.isEmpty {
            guard login.isEmpty, password.isEmpty else { throw .loginAndKey }
            credentials = .key(key)
        } else {
            if login.isEmpty { throw .missing(.login) }
            if password.isEmpty { throw .missing(.password) }
            credentials = .password(login: login, password: password)
        }
        guard let to = values[FormField.to.index] else { throw .missing(.to) }
        guard let text = values[FormField.text.index] else { throw .missing(.text) }
        return SMSForm(credentials: credentials, from: values[FormField.from.index] ?? "", to: to, text: text)
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
