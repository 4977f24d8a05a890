import Messaging
import SMPP

/// What an SMSC wants every message to be like, stricter than SMPP 3.4.
enum SubmitDemand: Hashable, Sendable {
    /// Type of number and numbering plan (§5.2.5, §5.2.6).
    struct Numbering: Hashable, Sendable {
        var ton: UInt8
        var npi: UInt8
    }

    enum Validity: Hashable, Sendable {
        case none, relative
    }

    /// Senders with letters, and recipients, are numbered so: 0x48, 0x50.
    case numbering(alphanumeric: Numbering, recipient: Numbering)
    /// Senders with letters have at most 11 letters, digits and blanks: 0x0A.
    case plainSender
    /// 0x43.
    case esmClass(Set<UInt8>)
    /// No user data header: 0x43.
    case noUserDataHeader
    /// No optional parameter whatever: 0xC1.
    case noTLVs
    /// No `message_payload`: 0xC1.
    case noPayload
    /// No SAR parameters: 0xC1.
    case noSAR
    /// Never both `message_payload` and `short_message`: 0xC0.
    case oneText
    /// 0x0104 (SMPP 5.0 §4.7.6).
    case dataCoding(Set<UInt8>)
    /// No part ends inside a character: half a surrogate pair, an odd octet of UCS-2, an escape of GSM: 0x01.
    case wholeCharacters
    /// UCS-2 without surrogates: 0x01.
    case noSurrogates
    /// At most so many octets, the user data header included: 0x01.
    case longest(Int)
    /// `validity_period` (§7.1.1): 0x62.
    case validity(Validity)
    /// `registered_delivery` (§5.2.17): 0x07.
    case registeredDelivery(Set<UInt8>)

    /// Nil where the message is as it must be.
    func refusal(of message: ShortMessage) -> CommandStatus? {
        switch self {
        case .numbering(let alphanumeric, let recipient):
            return Self.refusal(of: message, alphanumeric: alphanumeric, recipient: recipient)
        case .plainSender:
            let sender = message.source.value
            let isPlain =
                sender.utf8.count <= 11 && sender.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == " ") }
            return !Self.hasLetters(sender) || isPlain ? nil : .invalidSourceAddress
        case .esmClass(let allowed): return allowed.contains(message.esmClass) ? nil : .invalidESMClass
        case .noUserDataHeader: return message.esmClass & 0x40 == 0 ? nil : .invalidESMClass
        case .noTLVs: return message.tlvs.isEmpty ? nil : .parameterNotAllowed
        case .noPayload: return message.tlvs[.messagePayload] == nil ? nil : .parameterNotAllowed
        case .noSAR: return message.tlvs[.sarTotalSegments] == nil ? nil : .parameterNotAllowed
        case .oneText:
            return message.tlvs[.messagePayload] == nil || message.shortMessage.isEmpty
                ? nil : CommandStatus(rawValue: 0xC0)
        case .dataCoding(let allowed):
            return allowed.contains(message.dataCoding) ? nil : CommandStatus(rawValue: 0x104)
        case .wholeCharacters: return Self.hasWholeCharacters(message) ? nil : .invalidMessageLength
        case .noSurrogates:
            let units = Self.units(message)
            return message.dataCoding == 8 && units.contains { (0xD800...0xDFFF).contains($0) }
                ? .invalidMessageLength : nil
        case .longest(let octets): return message.shortMessage.count <= octets ? nil : .invalidMessageLength
        case .validity(.none): return message.validityPeriod.isEmpty ? nil : .invalidExpiry
        case .validity(.relative): return message.validityPeriod.hasSuffix("R") ? nil : .invalidExpiry
        case .registeredDelivery(let allowed):
            return allowed.contains(message.registeredDelivery) ? nil : CommandStatus(rawValue: 0x07)
        }
    }

    private static func refusal(
        of message: ShortMessage, alphanumeric: Numbering, recipient: Numbering
    ) -> CommandStatus? {
        if hasLetters(message.source.value), numbering(message.source) != alphanumeric {
            return CommandStatus(rawValue: 0x48)
        }
        return numbering(message.destination) == recipient ? nil : CommandStatus(rawValue: 0x50)
    }

    private static func numbering(_ address: SMPPAddress) -> Numbering {
        Numbering(ton: address.ton, npi: address.npi)
    }

    private static func hasLetters(_ address: String) -> Bool {
        address.contains { !$0.isNumber && $0 != "+" }
    }

    private static func text(_ message: ShortMessage) -> ArraySlice<UInt8> {
        let octets = message.tlvs[.messagePayload]?.value ?? message.shortMessage
        guard message.esmClass & 0x40 != 0 else { return octets[...] }
        return octets.dropFirst(UserDataHeader.parse(octets)?.textStart ?? 0)
    }

    private static func units(_ message: ShortMessage) -> [UInt16] {
        let octets = Array(text(message))
        return stride(from: 0, to: octets.count - 1, by: 2).map { UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]) }
    }

    private static func hasWholeCharacters(_ message: ShortMessage) -> Bool {
        let text = text(message)
        switch message.dataCoding {
        case 0: return text.last != 0x1B
        case 8:
            let units = units(message)
            let isSplit = units.last.map { (0xD800...0xDBFF).contains($0) } ?? false
            let isRest = units.first.map { (0xDC00...0xDFFF).contains($0) } ?? false
            return text.count.isMultiple(of: 2) && !isSplit && !isRest
        default: return true
        }
    }
}

extension CommandStatus {
    /// ESME_RINVESMCLASS.
    fileprivate static let invalidESMClass = CommandStatus(rawValue: 0x43)
    /// ESME_ROPTPARNOTALLWD.
    fileprivate static let parameterNotAllowed = CommandStatus(rawValue: 0xC1)
}
