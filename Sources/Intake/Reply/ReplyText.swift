/// Makes the one line of a reply safe to show anywhere: bounded, one line, nothing that HTML would take for markup.
enum ReplyText {
    /// Characters of a text body, the message's id included (design §1).
    static let maxCharacters = 200
    /// What stands between the message and its id.
    static let idLabel = " ID: "
    /// Characters of the line without label and id (13 characters).
    static let maxMessageCharacters = maxCharacters - idLabel.utf8.count - 13

    /// The message, cleaned and cut; the usual one comes back as it is.
    static func clean(_ message: String) -> String {
        var characters = 0
        var isClean = true
        for byte in message.utf8 {
            if byte & 0xC0 != 0x80 { characters += 1 }
            if !isPlain(byte) { isClean = false }
        }
        if isClean, characters <= maxMessageCharacters { return message }
        var line = ""
        for scalar in message.unicodeScalars.prefix(maxMessageCharacters) {
            line.unicodeScalars.append(isShowable(scalar) ? scalar : " ")
        }
        return line
    }

    /// The reason phrase, cleaned and cut: visible ASCII and spaces (RFC 9112 §4).
    static func cleanReason(_ reason: String) -> String {
        if reason.utf8.count <= 100, reason.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return reason }
        return String(
            String.UnicodeScalarView(
                reason.unicodeScalars.prefix(100).map { (0x20...0x7E).contains($0.value) ? $0 : "?" }))
    }

    /// Whether a byte needs no second look. 0xC2 begins the C1 controls and 0xE2 the separators: those take the slow way.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, 0x7F, 0xC2, 0xE2, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): false
        default: true  // all others
        }
    }

    private static func isShowable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: false
        default: scalar != "<" && scalar != ">" && scalar != "&"  // all others
        }
    }
}
