import Messaging
import SMPP

/// What values of fields mean, in a few words, and what of them may be shown.
enum AnnotationWords {
    /// An integer field of a mandatory body.
    static func meaning(of field: String, _ value: UInt8, in id: CommandID) -> String {
        switch field {
        case _ where field.hasSuffix("_ton"): typesOfNumber[value] ?? "reserved"
        case _ where field.hasSuffix("_npi"): numberingPlans[value] ?? "reserved"
        case "interface_version": "SMPP \(value >> 4).\(value & 0xF)"
        case "esm_class": esmClass(value, in: id)
        case "data_coding": dataCoding(value)
        case "registered_delivery": registeredDelivery(value)
        case "message_state": messageStates[value] ?? "reserved"
        case "replace_if_present_flag": value == 1 ? "replace" : value == 0 ? "do not replace" : "reserved"
        default: "\(value)"
        }
    }

    /// An optional parameter's value.
    static func meaning(of tlv: TLV, revealSecrets: Bool) -> String {
        if isPrivate(tlv.tag) {
            return revealSecrets ? quoted(String(latin1: tlv.value)) : "\(tlv.value.count) octets"
        }
        switch tlv.tag {
        case .messageState: return tlv.integer.flatMap { messageStates[UInt8(clamping: $0)] } ?? "reserved"
        case .interfaceVersion: return tlv.integer.map { "SMPP \($0 >> 4).\($0 & 0xF)" } ?? "wrong length"
        case .networkErrorCode where tlv.value.count == 3:
            return "network \(tlv.value[0]), error \(UInt16(tlv.value[1]) << 8 | UInt16(tlv.value[2]))"
        case .receiptedMessageID: return quoted(tlv.text)
        case TLVTag(rawValue: 0x001D): return quoted(tlv.text)
        default: return tlv.integer.map { "\($0)" } ?? "\(tlv.value.count) octets"
        }
    }

    /// Whether a parameter holds text or numbers of people, or may do so because nobody knows what it holds.
    static func isPrivate(_ tag: TLVTag) -> Bool {
        switch tag {
        case .messagePayload, .sourceSubaddress, .destinationSubaddress: true
        case TLVTag(rawValue: 0x0303), TLVTag(rawValue: 0x0381): true
        default: tag.name.hasPrefix("TLV ")
        }
    }

    /// A number without its middle; a sender's name whole.
    static func maskedAddress(_ text: String, ton: UInt8) -> String {
        if ton == 5, text.unicodeScalars.contains(where: { $0.properties.isAlphabetic }) { return text }
        let (front, back) = text.count >= 9 ? (4, 2) : text.count >= 4 ? (1, 1) : (0, 0)
        return text.prefix(front) + String(repeating: "*", count: text.count - front - back) + text.suffix(back)
    }

    /// Quoted, with everything escaped that could disturb a terminal.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
                result += "\\u{" + scalar.value.hexDigits(2) + "}"
            default:
                if scalar == "\"" || scalar == "\\" { result += "\\" }
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// What a message says; of data how much there is.
    static func quotedMessage(_ content: InboundContent) -> String {
        if let text = InboundContent.text([content], CharsetDecoder.read) { return quoted(text) }
        return switch content.alphabet {
        case .octets: "\(content.octets.count) octets of data"
        default: "\(content.octets.count) octets that nobody can read"
        }
    }

    // MARK: Words

    /// §5.2.5.
    private static let typesOfNumber: [UInt8: String] = [
        0: "unknown", 1: "international", 2: "national", 3: "network specific", 4: "subscriber number",
        5: "alphanumeric", 6: "abbreviated",
    ]

    /// §5.2.6.
    private static let numberingPlans: [UInt8: String] = [
        0: "unknown", 1: "ISDN (E.163/E.164)", 3: "data (X.121)", 4: "telex (F.69)", 6: "land mobile (E.212)",
        8: "national", 9: "private", 10: "ERMES", 14: "Internet (IP)", 18: "WAP client id",
    ]

    /// §5.2.28.
    private static let messageStates: [UInt8: String] = [
        1: "ENROUTE", 2: "DELIVERED", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIVERABLE", 6: "ACCEPTED", 7: "UNKNOWN",
        8: "REJECTED",
    ]

    /// §5.2.12.
    private static func esmClass(_ value: UInt8, in id: CommandID) -> String {
        let modes = ["default mode", "datagram", "forward", "store and forward"]
        let type: String? =
            switch value & 0x3C {
            case 0x00: nil
            case 0x04 where id != .submitSM: "delivery receipt"
            case 0x08: "delivery acknowledgement"
            case 0x10: "user acknowledgement"
            case 0x18: "conversation abort"
            case 0x20 where id != .submitSM: "intermediate notification"
            default: "reserved type"
            }
        let mode = id == .deliverSM ? nil : modes[Int(value & 3)]
        let words = [
            mode, type, value & 0x40 != 0 ? "user data header" : nil, value & 0x80 != 0 ? "reply path" : nil,
        ]
        let told = words.compactMap { $0 }
        return told.isEmpty ? "default" : told.joined(separator: ", ")
    }

    /// §5.2.19.
    private static func dataCoding(_ value: UInt8) -> String {
        let names: [UInt8: String] = [
            0: "the SMSC's default alphabet", 1: "ASCII", 2: "octets", 3: "Latin-1", 4: "octets", 5: "JIS",
            6: "Cyrillic (ISO 8859-5)", 7: "Hebrew (ISO 8859-8)", 8: "UCS-2", 9: "pictograms", 10: "ISO-2022-JP",
            13: "extended Kanji JIS", 14: "KS C 5601",
        ]
        return switch value {
        case 0x10...0x1F: "\(ReceivedAlphabet(dataCoding: value).name), class \(value & 3)"
        case 0xC0...0xDF: "message waiting, default alphabet"
        case 0xE0...0xEF: "message waiting, UCS-2"
        case 0xF0...0xFF: (value & 4 != 0 ? "octets" : "default alphabet") + ", class \(value & 3)"
        default: names[value] ?? "reserved"
        }
    }

    /// §5.2.17.
    private static func registeredDelivery(_ value: UInt8) -> String {
        let receipts = ["no receipt", "receipt", "receipt on failure", "receipt on success"]
        let acknowledgements = [nil, "delivery acknowledgement", "user acknowledgement", "both acknowledgements"]
        let words = [
            receipts[Int(value & 3)], acknowledgements[Int(value >> 2 & 3)],
            value & 0x10 != 0 ? "intermediate notification" : nil,
        ]
        return words.compactMap { $0 }.joined(separator: ", ")
    }
}
