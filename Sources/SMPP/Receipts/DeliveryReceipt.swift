/// What a carrier says about a message that it accepted earlier: from TLVs first, then from the text
/// (SMPP 3.4 §2.11, appendix B).
package struct DeliveryReceipt: Hashable, Sendable, CustomStringConvertible {
    /// The carrier's id of the message, as it wrote it; nil where it gave none.
    package var messageID: String?
    /// The id in the text, where the TLV has another one.
    package var otherID: String?
    /// The TLV `user_message_reference`: what the `submit_sm` had as such.
    package var reference: UInt16?
    package var state: ReceiptState
    /// The state as the carrier wrote it: the word of the text, else the number of the TLV; empty where it gave none.
    package var rawState: String
    /// From the TLV `network_error_code`.
    package var networkError: NetworkErrorCode?
    /// `err:` of the text, a code of the carrier's own; at most 64 characters.
    package var error: String?
    /// The beginning of the message, by the text. Never printed.
    package var text: String?

    package init(messageID: String?, state: ReceiptState, rawState: String = "") {
        self.messageID = messageID
        self.state = state
        self.rawState = rawState
    }

    /// Reads a `deliver_sm` or `data_sm`; nil where it is no receipt, by the signs that the carrier's receipts have.
    ///
    /// Beside its sign nothing in it is required.
    package init?(parsing message: ShortMessage, signs: ReceiptSigns = .all) {
        let receiptedID = message.tlvs[.receiptedMessageID].flatMap { Self.bounded($0.text, CarrierMessageID.longest) }
        let fields = Self.fields(of: message)
        let isMarked = signs.contains(.esmClass) && Self.isMarked(message.esmClass)
        let isNamed = signs.contains(.messageID) && receiptedID != nil
        guard isMarked || isNamed || (signs.contains(.text) && fields.isReceipt) else { return nil }
        let textID = Self.bounded(fields.id, CarrierMessageID.longest)
        messageID = receiptedID ?? textID
        if receiptedID != nil, textID != receiptedID { otherID = textID }

        reference = message.tlvs[.userMessageReference]?.integer.flatMap(UInt16.init(exactly:))

        let number = message.tlvs[.messageState]?.integer
        let word = Self.bounded(fields.stat ?? fields.bareState)
        state = number.flatMap { ReceiptState(messageState: $0) } ?? word.flatMap { ReceiptState(word: $0) } ?? .other
        rawState = word ?? number.map { String($0) } ?? ""

        networkError = message.tlvs[.networkErrorCode].flatMap { NetworkErrorCode($0.value) }
        error = Self.bounded(fields.err)
        text = fields.text.map { String($0.unicodeScalars.prefix(Self.maxText)) }
    }

    /// Never the text, and no number.
    package var description: String { "DeliveryReceipt(id: \(messageID ?? "-"), state: \(state.rawValue))" }

    /// Longest text that is kept; the standard has 20.
    static let maxText = 160
    /// Longest state or error that is kept.
    static let maxWord = 64

    /// Receipt, delivery acknowledgement, user acknowledgement, intermediate notification (§5.2.12, bits 5 to 2).
    private static func isMarked(_ esmClass: UInt8) -> Bool {
        switch esmClass & 0x3C {
        case 0x04, 0x08, 0x10, 0x20: true
        default: false
        }
    }

    /// Nil for an empty word.
    private static func bounded(_ word: String?, _ longest: Int = maxWord) -> String? {
        guard let word, !word.isEmpty else { return nil }
        return word.utf8.count <= longest ? word : String(word.unicodeScalars.prefix(longest))
    }

    private static func fields(of message: ShortMessage) -> ReceiptText {
        let coding = message.dataCoding
        let short = ReceiptText(scanning: narrowed(message.shortMessage, coding))
        guard short.id == nil, short.stat == nil, let payload = message.tlvs[.messagePayload] else { return short }
        return ReceiptText(scanning: narrowed(payload.value, coding))
    }

    /// A UCS-2 text of Latin characters as one octet each (§5.2.19); any other as it is.
    private static func narrowed(_ octets: [UInt8], _ dataCoding: UInt8) -> [UInt8] {
        guard dataCoding & 0x0C == 0x08, octets.count >= 2, octets[0] == 0 else { return octets }
        let scanned = octets.prefix(ReceiptText.maxLength * 2)
        return stride(from: 1, to: scanned.count, by: 2).map { scanned[$0 - 1] == 0 ? scanned[$0] : 0x3F }
    }
}

/// What makes a `deliver_sm` or `data_sm` a receipt; each is enough.
package struct ReceiptSigns: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `esm_class` says so (SMPP 3.4 §5.2.12).
    package static let esmClass = ReceiptSigns(rawValue: 1)
    /// The TLV `receipted_message_id` (§5.3.2.12).
    package static let messageID = ReceiptSigns(rawValue: 2)
    /// A text that is appendix B's from its first word on: an id, a state that is one, and two other fields at least. A subscriber's text
    /// that speaks of `id:` and `stat:` is not.
    package static let text = ReceiptSigns(rawValue: 4)

    package static let all: ReceiptSigns = [.esmClass, .messageID, .text]
}

/// How a carrier's receipts are to be read, as configured.
package struct ReceiptRules: Hashable, Sendable {
    /// How they write the id that the response gave.
    package var ids = ReceiptIDForm.auto
    /// Whether a receipt's number must agree with its message's; false where the carrier writes numbers that nobody knows.
    package var comparesNumbers = true
    package var signs = ReceiptSigns.all

    package init(ids: ReceiptIDForm = .auto, comparesNumbers: Bool = true) {
        self.ids = ids
        self.comparesNumbers = comparesNumbers
    }

    /// Whether they find the same messages.
    package func findsAlike(_ other: ReceiptRules) -> Bool {
        ids == other.ids && comparesNumbers == other.comparesNumbers
    }
}

/// The TLV `network_error_code`: which kind of network failed, and its own code (SMPP 3.4 §5.3.2.31).
package struct NetworkErrorCode: Hashable, Sendable {
    /// 1 = ANSI-136, 2 = IS-95, 3 = GSM, 4 and above = others; nil where the peer left it out.
    package var network: UInt8?
    package var code: UInt16

    /// Three octets, network and code; also two (the code) or three digits, as some peers have it. Nil for others.
    package init?(_ octets: [UInt8]) {
        switch octets.count {
        case 3 where octets.allSatisfy { (0x30...0x39).contains($0) }:
            code = octets.reduce(0) { $0 * 10 + UInt16($1 - 0x30) }
        case 3:
            network = octets[0]
            code = UInt16(octets[1]) << 8 | UInt16(octets[2])
        case 2:
            code = UInt16(octets[0]) << 8 | UInt16(octets[1])
        default:
            return nil
        }
    }
}
