/// A line of the simulator's `GET /record`: one `submit_sm` that it received.
package struct RecordLine: Hashable, Sendable {
    /// Its number in the record, from 1 without gaps.
    package var number = 0
    package var systemID = ""
    package var bind = ""
    package var from = ""
    package var to = ""
    package var reference = 0
    package var part = 1
    package var parts = 1
    package var text = ""
    /// As `0x00000000`; nil where it was not answered.
    package var status: String?
    /// The state that its receipt tells; nil where none is sent.
    package var receipt: String?

    package init() {}

    /// Reads a JSON object whose members are strings, numbers, true, false or null; nil for anything else. Members that are
    /// not ours are passed over.
    package init?(json line: some Sequence<UInt8>) {
        var scanner = FlatJSON(line)
        guard scanner.take("{") else { return nil }
        var hasNumber = false
        if !scanner.take("}") {
            repeat {
                guard let key = scanner.string(), scanner.take(":"), let value = scanner.value() else { return nil }
                if key == "n" { hasNumber = true }
                set(key, value)
            } while scanner.take(",")
            guard scanner.take("}") else { return nil }
        }
        guard hasNumber, scanner.isAtEnd else { return nil }
    }

    private mutating func set(_ key: String, _ value: FlatJSON.Value) {
        switch key {
        case "n": number = value.integer ?? 0
        case "system_id": systemID = value.text ?? ""
        case "bind": bind = value.text ?? ""
        case "from": from = value.text ?? ""
        case "to": to = value.text ?? ""
        case "ref": reference = value.integer ?? 0
        case "part": part = value.integer ?? 1
        case "parts": parts = value.integer ?? 1
        case "text": text = value.text ?? ""
        case "status": status = value.text
        case "receipt": receipt = value.text
        default: break
        }
    }
}

/// A scanner of JSON (RFC 8259) as flat as the record's lines: some 50 times faster than decoding each by reflection, which
/// counts where the driver reads as much as it sends.
struct FlatJSON {
    enum Value {
        case string(String)
        /// A number, true or false, as written.
        case word(String)
        case null

        /// Nil for null.
        var text: String? {
            switch self {
            case .string(let text), .word(let text): text
            case .null: nil
            }
        }

        var integer: Int? { text.flatMap { Int($0) } }
    }

    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    var isAtEnd: Bool {
        bytes[offset...].allSatisfy(Self.isSpace)
    }

    /// Takes a mark, with the spaces before it.
    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: mark) else { return false }
        offset += 1
        return true
    }

    mutating func value() -> Value? {
        skipSpaces()
        guard offset < bytes.count else { return nil }
        if bytes[offset] == UInt8(ascii: "\"") { return string().map { .string($0) } }
        let start = offset
        while offset < bytes.count, !Self.isEnd(bytes[offset]) { offset += 1 }
        guard offset > start else { return nil }
        let word = String(decoding: bytes[start..<offset], as: UTF8.self)
        return word == "null" ? .null : .word(word)
    }

    mutating func string() -> String? {
        guard take("\"") else { return nil }
        var decoded: [UInt8] = []
        var start = offset
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                let tail = bytes[start..<offset]
                offset += 1
                // Most strings have no escape.
                return decoded.isEmpty
                    ? String(decoding: tail, as: UTF8.self) : String(decoding: decoded + tail, as: UTF8.self)
            case UInt8(ascii: "\\"):
                decoded += bytes[start..<offset]
                offset += 1
                guard let scalar = escape() else { return nil }
                decoded += Array(String(scalar).utf8)
                start = offset
            default: offset += 1
            }
        }
        return nil
    }

    /// What follows a backslash.
    private mutating func escape() -> Unicode.Scalar? {
        guard offset < bytes.count else { return nil }
        let mark = bytes[offset]
        offset += 1
        switch mark {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(mark)
        case UInt8(ascii: "u"): return unit().map { scalar($0) }
        default: return nil
        }
    }

    /// The scalar of a UTF-16 unit and, for a high half, the escape after it; half a pair is U+FFFD.
    private mutating func scalar(_ unit: UInt32) -> Unicode.Scalar {
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let isHigh = (0xD800..<0xDC00).contains(unit)
        guard isHigh, offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
            bytes[offset + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        let back = offset
        offset += 2
        guard let low = self.unit(), (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else {
            offset = back
            return "\u{FFFD}"
        }
        return scalar
    }

    private mutating func unit() -> UInt32? {
        guard offset + 4 <= bytes.count else { return nil }
        let digits = String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self)
        offset += 4
        return UInt32(digits, radix: 16)
    }

    private mutating func skipSpaces() {
        while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func isEnd(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: ":")
            || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]")
    }
}
