import SMPP

extension Scenario {
    /// What comes from the SMSC: receipts and messages.
    static let receipts: [Scenario] = [
        Scenario("hex-ids-decimal-receipts", 1, "ids are hexadecimal, in receipts decimal") {
            $0.messageIDs = .hexadecimal
            $0.quirks.receipts = ReceiptQuirks(forms: [.text], ids: .decimal)
        },
        Scenario("decimal-ids-hex-receipts", 1, "ids are decimal, in receipts hexadecimal") {
            $0.quirks.receipts = ReceiptQuirks(forms: [.text], ids: .hexadecimal)
        },
        Scenario("padded-receipt-ids", 1, "ids have leading zeros in receipts") {
            $0.quirks.receipts = ReceiptQuirks(forms: [.text], ids: .padded)
        },
        Scenario("uppercase-receipt-ids", 1, "ids are hexadecimal, in receipts with capital letters") {
            $0.messageIDs = .hexadecimal
            $0.quirks.receipts = ReceiptQuirks(forms: [.parameters], ids: .uppercase)
        },
        Scenario("ids-over-64-bits", 1, "ids are hexadecimal numbers of more than 64 bits, in receipts decimal") {
            $0.messageIDs = .hexadecimal
            $0.quirks.responses = [.idOver64Bits]
            $0.quirks.receipts = ReceiptQuirks(forms: [.text], ids: .decimal)
        },
        Scenario("uuid-ids", 1, "ids are UUIDs, in receipts with capital letters") {
            $0.messageIDs = .uuid
            $0.quirks.receipts = ReceiptQuirks(forms: [.textAndParameters], ids: .uppercase)
        },
        Scenario("empty-message-id", 3, "messages are taken without a message_id; receipts have one") {
            $0.quirks.everyMessage = [MessageQuirk(every: 1, action: .emptyID)]
            $0.quirks.receipts = ReceiptQuirks(forms: [.text])
        },
        Scenario("receipts-by-data-sm", 23, "receipts come by data_sm") {
            $0.quirks.receipts = ReceiptQuirks(forms: [.data])
        },
        Scenario("receipt-marks", 23, "receipts whose esm_class is 0x04, 0x08, 0x44 or 0, in turn") {
            $0.quirks.receipts = ReceiptQuirks(
                forms: [.text, .acknowledgement, .falseHeader, .unmarkedParameters, .unmarkedText])
        },
        Scenario("receipt-formats", 24, "receipts in every form that carriers use, in turn") {
            $0.quirks.receipts = ReceiptQuirks(forms: ReceiptForm.delivered)
        },
        Scenario("strange-receipt-states", 24, "receipts with a state that nobody knows") {
            $0.quirks.receipts = ReceiptQuirks(forms: [.strange])
        },
        Scenario("receipt-before-response", 25, "the receipt comes before the response with its id") {
            $0.quirks.receipts = ReceiptQuirks(forms: [.text], comeFirst: true)
        },
        Scenario("receipt-on-other-bind", 25, "receipts come on all binds that receive, in turns, after 0.1 s") {
            $0.receipts = ReceiptOptions(delay: .milliseconds(100))
        },
        Scenario("receipt-twice", 25, "every receipt comes twice") {
            $0.quirks.receipts = ReceiptQuirks(forms: [.textAndParameters], copies: 2)
        },
        Scenario("receipt-unasked", 25, "receipts come though nobody asked for them") {
            $0.quirks.receipts = ReceiptQuirks(forms: [.text], areUnasked: true)
        },
        Scenario("receipt-of-strangers", 25, "with each receipt comes one of a message that nobody sent") {
            $0.quirks.receipts = ReceiptQuirks(forms: [.text], haveStrangers: true)
        },
        Scenario("intermediate-receipts", 26, "each receipt follows an intermediate notification") {
            $0.quirks.receipts = ReceiptQuirks(forms: [.text], haveIntermediate: true)
        },
        Scenario(
            "mo-utf16-udh", 28,
            "messages come in: parts with a split surrogate pair, a + with 1/1, Latin-1, data_sm, empty"
        ) {
            $0.quirks.talks = [QuirkTalk(moment: .bound, words: inboundWords)]
        },
    ]

    private static let inboundWords: [QuirkWord] = {
        let phone = SMPPAddress(ton: 1, npi: 1, "79160000002")
        let service = SMPPAddress("1234")
        func text(_ octets: [UInt8], from source: SMPPAddress? = nil, esmClass: UInt8 = 0, coding: UInt8 = 0) -> PDUBody
        {
            .deliver(
                ShortMessage(
                    source: source ?? phone, destination: service, esmClass: esmClass, dataCoding: coding,
                    shortMessage: octets))
        }
        let bodies: [PDUBody] = [
            // U+1F389 is D83C DF89: its halves stand in two parts.
            text([5, 0, 3, 9, 2, 1, 0x04, 0x1F, 0xD8, 0x3C], esmClass: 0x40, coding: 8),
            text([5, 0, 3, 9, 2, 2, 0xDF, 0x89, 0x04, 0x40], esmClass: 0x40, coding: 8),
            text("STOP".latin1Octets, from: SMPPAddress(ton: 1, npi: 1, "+79160000002")),
            text([0xE9, 0xE8, 0xA3], coding: 3),
            .data(DataMessage(source: phone, destination: service, tlvs: [TLV(.messagePayload, Array("HELP".utf8))])),
            text([]),
        ]
        return bodies.enumerated().map { .pdu(PDU(sequence: 0x1000_0001 + UInt32($0.offset), $0.element)) }
    }()
}
