import SMPP

/// How an SMSC that has habits writes receipts. They go out with the response, over its own bind.
struct ReceiptQuirks: Hashable, Sendable {
    /// How an id of the response stands in the receipt.
    enum IDs: Hashable, Sendable {
        case same, hexadecimal, decimal, padded, uppercase
    }

    /// In turn; none plays nothing.
    var forms: [ReceiptForm] = []
    var ids = IDs.same
    /// Each so often.
    var copies = 1
    /// Before the response whose id they name.
    var comeFirst = false
    /// Also to those who did not ask for them.
    var areUnasked = false
    /// Before each an intermediate notification: the message is on its way.
    var haveIntermediate = false
    /// With each another of a message that nobody sent.
    var haveStrangers = false

    var isPlayed: Bool { !forms.isEmpty }

    func form(_ index: Int) -> ReceiptForm { forms[index % max(1, forms.count)] }

    /// - Parameter sequence: gives the next sequence number.
    func words(_ receipt: OddReceipt, sequence: () -> UInt32) -> [QuirkWord] {
        var receipt = receipt
        receipt.id = written(receipt.id)
        var bodies: [PDUBody] = []
        if haveIntermediate {
            var early = receipt
            early.form = .intermediate
            bodies.append(early.body)
        }
        bodies += Array(repeating: receipt.body, count: max(1, copies))
        if haveStrangers {
            var stranger = receipt
            stranger.id = "stranger" + receipt.id
            bodies.append(stranger.body)
        }
        return bodies.map { .pdu(PDU(sequence: sequence(), $0)) }
    }

    private func written(_ id: String) -> String {
        switch ids {
        case .same: id
        case .hexadecimal: UInt128(id).map { String($0, radix: 16) } ?? id
        case .decimal: UInt128(id, radix: 16).map { String($0) } ?? id
        case .padded: String(repeating: "0", count: max(0, 20 - id.utf8.count)) + id
        case .uppercase: id.uppercased()
        }
    }
}

/// The forms of receipts that carriers send.
enum ReceiptForm: Hashable, Sendable, CaseIterable {
    /// The text of appendix B alone.
    case text
    /// `receipted_message_id` and `message_state` alone.
    case parameters
    /// Both.
    case textAndParameters
    /// The id as a parameter, the state in the text.
    case idParameter
    /// Parameters, but an `esm_class` of 0.
    case unmarkedParameters
    /// The text, but an `esm_class` of 0.
    case unmarkedText
    /// `esm_class` 0x08.
    case acknowledgement
    /// `esm_class` 0x44, though there is no user data header.
    case falseHeader
    /// No `sub:` and no `dlvrd:`.
    case short
    /// `err:` in hexadecimal, and with four digits.
    case hexadecimalError, longError
    /// Dates with seconds, and with a year of four digits.
    case seconds, longYear
    /// The text in `message_payload`.
    case payload
    /// Misspelt, and in lower case.
    case misspelt, lowerCase
    /// The state before the id.
    case reordered
    /// `network_error_code` as three digits.
    case errorDigits
    /// The text in UCS-2.
    case ucs2
    /// By `data_sm`.
    case data
    /// A state that nobody knows.
    case strange
    /// On its way: `esm_class` 0x20.
    case intermediate

    /// Those that tell of a delivery.
    static let delivered = allCases.filter { $0 != .strange && $0 != .intermediate }
}

/// One receipt that is to be written.
struct OddReceipt {
    /// As it stands in the receipt.
    var id: String
    /// Whose receipt it is.
    var message: ShortMessage
    var form: ReceiptForm
    var time: UTCTime

    var body: PDUBody {
        if form == .data {
            return .data(
                DataMessage(
                    source: message.destination, destination: message.source, esmClass: 0x04, tlvs: parameters))
        }
        var receipt = ShortMessage(source: message.destination, destination: message.source, esmClass: esmClass)
        switch form {
        case .parameters, .unmarkedParameters: receipt.tlvs = parameters
        case .textAndParameters: (receipt.shortMessage, receipt.tlvs) = (text.latin1Octets, parameters)
        case .idParameter:
            receipt.shortMessage = "stat:DELIVRD err:000".latin1Octets
            receipt.tlvs = [TLV(.receiptedMessageID, cString: id)]
        case .payload: receipt.tlvs = [TLV(.messagePayload, text.latin1Octets)]
        case .errorDigits:
            receipt.shortMessage = text.latin1Octets
            receipt.tlvs = parameters + [TLV(.networkErrorCode, "000".latin1Octets)]
        case .ucs2:
            receipt.dataCoding = 8
            receipt.shortMessage = text.latin1Octets.flatMap { [0, $0] }
        case .text, .unmarkedText, .acknowledgement, .falseHeader, .short, .hexadecimalError, .longError, .seconds,
            .longYear, .misspelt, .lowerCase, .reordered, .data, .strange, .intermediate:
            receipt.shortMessage = text.latin1Octets
        }
        return .deliver(receipt)
    }

    private var esmClass: UInt8 {
        switch form {
        case .unmarkedParameters, .unmarkedText: 0
        case .acknowledgement: 0x08
        case .falseHeader: 0x44
        case .intermediate: 0x20
        case .text, .parameters, .textAndParameters, .idParameter, .short, .hexadecimalError, .longError, .seconds,
            .longYear, .payload, .misspelt, .lowerCase, .reordered, .errorDigits, .ucs2, .data, .strange:
            0x04
        }
    }

    private var parameters: [TLV] {
        [TLV(.receiptedMessageID, cString: id), TLV(.messageState, form == .intermediate ? 1 : 2 as UInt8)]
    }

    private var text: String {
        let date = form == .seconds ? shortDate + seconds : form == .longYear ? "20" + shortDate : shortDate
        let counts = "sub:001 dlvrd:001 "
        let dates = "submit date:\(date) done date:\(date)"
        switch form {
        case .short: return "id:\(id) \(dates) stat:DELIVRD err:000 text:"
        case .hexadecimalError: return "id:\(id) \(counts)\(dates) stat:DELIVRD err:0x1F text:"
        case .longError: return "id:\(id) \(counts)\(dates) stat:DELIVRD err:0041 text:"
        case .misspelt: return "id:\(id) \(counts)\(dates) stat:DELIVERED err:000 Text:"
        case .lowerCase: return "id:\(id.lowercased()) \(counts)\(dates) stat:delivrd err:000 text:"
        case .reordered: return "stat:DELIVRD err:000 \(dates) \(counts)id:\(id)"
        case .strange: return "id:\(id) \(counts)\(dates) stat:TELEPORTED err:000 text:"
        case .intermediate: return "id:\(id) sub:001 dlvrd:000 \(dates) stat:ENROUTE err:000 text:"
        case .text, .parameters, .textAndParameters, .idParameter, .unmarkedParameters, .unmarkedText,
            .acknowledgement, .falseHeader, .seconds, .longYear, .payload, .errorDigits, .ucs2, .data:
            return "id:\(id) \(counts)\(dates) stat:DELIVRD err:000 text:"
        }
    }

    /// `2611240532` (appendix B).
    private var shortDate: String { String(time.smpp.prefix(10)) }
    private var seconds: String { String(time.smpp.dropFirst(10).prefix(2)) }
}
