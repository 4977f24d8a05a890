/// How a row keeps the segments of an outcome: one short text, the same in both databases and readable by people.
///
/// Segments stand in order, separated by commas; none at all is the empty text:
///
///     +ID        accepted, with the carrier's id      "+1A2B,+1A2C"   "+" where the id is empty
///     !STATUS    refused, in lower-case hexadecimal   "!b"            "!400"
///     ?REASON    unknown                              "?carrier_timeout"
///     -          not sent                             "+1A2B,!58,-"
///
/// In an id or a reason a backslash stands before a comma or a backslash that is part of it, and `\0` for a NUL,
/// which PostgreSQL's text cannot hold.
package enum SegmentCoding {
    /// The text of segments.
    package static func text(of segments: [SegmentRecord]) -> String {
        // As nearly all are.
        if segments.count == 1, case .accepted(let id) = segments[0], !hasSpecial(id.utf8.span) { return "+" + id }
        var text = ""
        for (index, segment) in segments.enumerated() {
            if index > 0 { text += "," }
            switch segment {
            case .accepted(let id):
                text += "+"
                append(id, to: &text)
            case .refused(let status):
                text += "!"
                text += String(status, radix: 16)
            case .unknown(let reason):
                text += "?"
                append(reason, to: &text)
            case .notSent:
                text += "-"
            }
        }
        return text
    }

    /// Reads what `text(of:)` wrote; nil = it did not write this.
    package static func segments(in text: String) -> [SegmentRecord]? {
        guard !text.isEmpty else { return [] }
        var segments: [SegmentRecord] = []
        var part: [UInt8] = []
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                guard let literal = unescaped(byte) else { return nil }
                part.append(literal)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: ",") {
                guard let segment = segment(part) else { return nil }
                segments.append(segment)
                part.removeAll(keepingCapacity: true)
            } else {
                part.append(byte)
            }
        }
        guard !isEscaped, let last = segment(part) else { return nil }
        segments.append(last)
        return segments
    }

    private static func append(_ value: String, to text: inout String) {
        guard hasSpecial(value.utf8.span) else {
            text += value
            return
        }
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\", ",":
                text.unicodeScalars.append("\\")
                text.unicodeScalars.append(scalar)
            case "\0":
                text += "\\0"
            default:
                text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func hasSpecial(_ octets: Span<UInt8>) -> Bool {
        for index in octets.indices {
            let octet = octets[index]
            if octet == UInt8(ascii: ",") || octet == UInt8(ascii: "\\") || octet == 0 { return true }
        }
        return false
    }

    private static func unescaped(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\\"): byte
        case UInt8(ascii: "0"): 0
        default: nil
        }
    }

    private static func segment(_ part: [UInt8]) -> SegmentRecord? {
        guard let kind = part.first else { return nil }
        let value = String(decoding: part.dropFirst(), as: UTF8.self)
        switch kind {
        case UInt8(ascii: "+"): return .accepted(id: value)
        case UInt8(ascii: "!"):
            // The standard library would take a sign.
            guard value.utf8.first.map({ $0 >= UInt8(ascii: "0") }) ?? false else { return nil }
            return UInt32(value, radix: 16).map(SegmentRecord.refused)
        case UInt8(ascii: "?"): return .unknown(reason: value)
        case UInt8(ascii: "-"): return value.isEmpty ? .notSent : nil
        default: return nil
        }
    }
}
