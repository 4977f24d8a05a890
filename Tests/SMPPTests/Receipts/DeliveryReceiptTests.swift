import Testing

@testable import SMPP

@Suite struct DeliveryReceiptTests {
    private static let standard =
        "id:1234567890 sub:001 dlvrd:001 submit date:2611241010 done date:2611241012 stat:DELIVRD err:000 text:Hello, you"

    private func parse(_ text: String, esmClass: UInt8 = 0x04, tlvs: [TLV] = []) -> DeliveryReceipt? {
        DeliveryReceipt(parsing: ShortMessage(esmClass: esmClass, shortMessage: Array(text.utf8), tlvs: tlvs))
    }

    @Test func theStandardText() throws {
        let receipt = try #require(parse(Self.standard))
        #expect(receipt.messageID == "1234567890")
        #expect(receipt.state == .delivered && receipt.rawState == "DELIVRD")
        #expect(receipt.error == "000" && receipt.networkError == nil && receipt.otherID == nil)
        #expect(receipt.text == "Hello, you")
    }

    @Test(arguments: [
        "ID:AB12 SUB:001 DLVRD:000 SUBMIT DATE:2611241010 DONE DATE:2611241012 STAT:EXPIRED ERR:0A TEXT:x",
        "stat:EXPIRED err:0A id:AB12 done date:2611241012 text:x",
        "text:x stat:EXPIRED id:AB12 err:0A done date:2611241012",
        "id: AB12 sub: dlvrd: submit date: done date: 2611241012 stat: EXPIRED err: 0A text: x",
        "id:AB12,stat:EXPIRED,err:0A,done_date:2611241012,text:x",
        "id:AB12\r\nstat:EXPIRED\r\nerr:0A\r\ndone date:2611241012\r\ntext:x",
        "message id:AB12 status:EXPIRED error:0A done:2611241012 Text:x",
        "\u{05}\u{00}\u{03}\u{2A}\u{01}\u{01}id:AB12 stat:EXPIRED err:0A done date:2611241012 text:x\u{00}",
    ])
    func anyOrderCaseAndSpacing(text: String) throws {
        let receipt = try #require(parse(text))
        #expect(receipt.messageID == "AB12")
        #expect(receipt.state == .expired && receipt.rawState == "EXPIRED")
        #expect(receipt.error == "0A")
        #expect(ReceiptText(scanning: Array(text.utf8)).doneDate == "2611241012")
        #expect(receipt.text == "x")
    }

    @Test func theFirstOfTwoFieldsCountsAndATextEndsTheReceipt() throws {
        let receipt = try #require(parse("id:1 id:2 stat:DELIVRD stat:EXPIRED text:err:9 id:3 stat:REJECTD"))
        #expect(receipt.messageID == "1" && receipt.state == .delivered)
        #expect(receipt.error == nil)
        #expect(receipt.text == "err:9 id:3 stat:REJECTD")
    }

    @Test func aFieldNameInsideAWordIsNone() throws {
        #expect(parse("paid:5 restat:DELIVRD", esmClass: 0) == nil)
        #expect(parse("id 5 stat DELIVRD", esmClass: 0) == nil)
        let receipt = try #require(parse("valid:5 substat:PARKED"))
        #expect(receipt.messageID == nil && receipt.state == .other && receipt.rawState.isEmpty)
    }

    @Test(
        arguments: [
            (0x04, true), (0x44, true), (0x08, true), (0x10, true), (0x20, true), (0xC4, true), (0x07, true),
            (0x00, false), (0x40, false), (0x03, false), (0x18, false), (0x0C, false), (0x80, false),
        ] as [(UInt8, Bool)])
    func esmClassTells(esmClass: UInt8, isReceipt: Bool) {
        #expect((parse("", esmClass: esmClass) != nil) == isReceipt)
        #expect(parse(Self.standard, esmClass: esmClass)?.state == .delivered)
    }

    /// A subscriber's text that speaks of ids and states is his message.
    @Test(arguments: [
        "My id:77 and stat:DELIVRD, please", "id:77 stat:DELIVRD", "id:77 stat:ok err:1 sub:2",
        "Look: id:123 sub:001 dlvrd:001 submit date:2611241010 done date:2611241012 stat:DELIVRD err:000 text:x",
        "id:5 err:what sub:way", "DELIVRD", "stat:DELIVRD err:000 sub:001",
    ])
    func aSubscribersText(text: String) {
        #expect(parse(text, esmClass: 0) == nil)
        #expect(parse(text, esmClass: 4) != nil)
    }

    @Test func theCarriersSigns() {
        func isReceipt(_ esmClass: UInt8, _ text: String, _ tlvs: [TLV] = [], _ signs: ReceiptSigns) -> Bool {
            let message = ShortMessage(esmClass: esmClass, shortMessage: Array(text.utf8), tlvs: tlvs)
            return DeliveryReceipt(parsing: message, signs: signs) != nil
        }
        let id = [TLV(.receiptedMessageID, cString: "F00")]
        #expect(isReceipt(4, "", [], .esmClass) && isReceipt(0, "", id, .messageID))
        #expect(isReceipt(0, Self.standard, [], .text) && !isReceipt(0, Self.standard, [], [.esmClass, .messageID]))
        #expect(!isReceipt(4, "x", [], [.text, .messageID]) && !isReceipt(0, "x", id, [.text, .esmClass]))
    }

    /// No `stat:`, and a word that says it all the same.
    @Test(
        arguments: [
            ("id:77 DELIVRD err:000", .delivered), ("id:77 sub:001 dlvrd:001 UNDELIV text:DELIVRD", .undeliverable),
            ("id:77,EXPIRED", .expired), ("id:77 text:DELIVRD", .other), ("id:77 delivered to you", .other),
            ("id:77 MESSAGE NOT DELIVERED", .other), ("id:77 was ACCEPTED then DELIVRD", .other),
            ("id:77 DELIVRD, yes: DELIVRD", .delivered), ("id:77 NOT NOW DELIVRD", .delivered),
            ("id:77 stat: err:000 REJECTD", .rejected), ("id:77 stat:PARKED DELIVRD", .other),
            ("Message 77 DELIVERED", .delivered),
        ] as [(String, ReceiptState)])
    func aStateWithoutItsField(text: String, state: ReceiptState) {
        #expect(parse(text)?.state == state)
    }

    @Test func tlvsTellAndWin() throws {
        let tlvs = [
            TLV(.receiptedMessageID, cString: "F00"), TLV(.messageState, UInt8(5)),
            TLV(.networkErrorCode, [3, 0x01, 0x02]),
        ]
        let bare = try #require(parse("", esmClass: 0, tlvs: tlvs))
        #expect(bare.messageID == "F00" && bare.otherID == nil)
        #expect(bare.state == .undeliverable && bare.rawState == "5")
        #expect(bare.networkError?.network == 3 && bare.networkError?.code == 258)
        let both = try #require(parse(Self.standard, tlvs: tlvs))
        #expect(both.messageID == "F00" && both.otherID == "1234567890")
        #expect(both.state == .undeliverable && both.rawState == "DELIVRD")
        #expect(both.error == "000")
    }

    @Test func anIDWithoutStateAndStatesThatNobodyKnows() throws {
        let id = TLV(.receiptedMessageID, Array("7".utf8))
        #expect(parse("", esmClass: 0, tlvs: [id])?.state == .other)
        #expect(parse("", tlvs: [id, TLV(.messageState, UInt8(77))])?.rawState == "77")
        let strange = try #require(parse("id:7 stat:PARKED"))
        #expect(strange.state == .other && strange.rawState == "PARKED" && !strange.state.isFinal)
        #expect(parse("id:7 stat:DELIVRD", tlvs: [TLV(.messageState, UInt8(77))])?.state == .delivered)
        #expect(parse("id:7 stat:DELIVRD", tlvs: [TLV(.messageState, [])])?.state == .delivered)
        #expect(parse("x", esmClass: 0, tlvs: [TLV(.receiptedMessageID, [0])]) == nil)
    }

    @Test(
        arguments: [
            ("DELIVRD", .delivered), ("delivered", .delivered), ("DELIVERD", .delivered), ("DLVRD", .delivered),
            ("EXPIRED", .expired), ("EXPIRD", .expired), ("DELETED", .deleted), ("UNDELIV", .undeliverable),
            ("UNDELIVERABLE", .undeliverable), ("UNDELIVRD", .undeliverable), ("FAILED", .undeliverable),
            ("ACCEPTD", .accepted), ("ACCEPTED", .accepted), ("ACKED", .accepted), ("UNKNOWN", .unknown),
            ("REJECTD", .rejected), ("REJECTED", .rejected), ("BUFFRED", .enroute), ("BUFFERD", .enroute),
            ("ENROUTE", .enroute), ("EN_ROUTE", .enroute), ("EN ROUTE", .enroute), ("SCHEDULED", .scheduled),
            ("SKIPPED", .skipped), ("2", .delivered), ("8", .rejected), ("42", .other), ("?", .other), ("LOST", .other),
        ] as [(String, ReceiptState)])
    func statesHoweverSpelt(word: String, state: ReceiptState) {
        #expect(parse("id:1 stat:\(word) err:0")?.state == state)
    }

    @Test func finalStates() {
        #expect(Set(ReceiptState.allCases.filter { !$0.isFinal }) == [.accepted, .enroute, .scheduled, .other])
        #expect((0...9).allSatisfy { ReceiptState(messageState: $0) != nil })
        #expect(ReceiptState(messageState: 10) == nil)
    }

    /// Whatever a carrier writes for a date, the field behind it is read.
    @Test(arguments: [
        "2611241010", "261124101005", "20261124101005", "2026-11-24 10:10:05", "26/11/24 10:10", "2026-11-24T10:10:05",
        "NULL",
    ])
    func dates(raw: String) throws {
        let text = "id:1 submit date:\(raw) done date:2611241010 stat:DELIVRD err:000"
        let fields = ReceiptText(scanning: Array(text.utf8))
        #expect(fields.submitDate == raw && fields.doneDate == "2611241010")
        let receipt = try #require(parse(text))
        #expect(receipt.state == .delivered)
    }

    @Test func theTextMayComeInThePayloadAndInUCS2() {
        let text = Array(Self.standard.utf8)
        let payload = ShortMessage(esmClass: 0, tlvs: [TLV(.messagePayload, text)])
        #expect(DeliveryReceipt(parsing: payload)?.messageID == "1234567890")
        let wide = ShortMessage(esmClass: 4, dataCoding: 8, shortMessage: text.flatMap { [0, $0] })
        #expect(DeliveryReceipt(parsing: wide)?.state == .delivered)
        let narrow = ShortMessage(esmClass: 4, dataCoding: 8, shortMessage: text)
        #expect(DeliveryReceipt(parsing: narrow)?.state == .delivered)
    }

    @Test(
        arguments: [
            ([3, 0, 21], 3, 21), ([0x30, 0x32, 0x31], nil, 21), ([1, 2], nil, 258), ([3, 0xFF, 0xFF], 3, 65535),
        ] as [([UInt8], UInt8?, UInt16)])
    func networkErrors(octets: [UInt8], network: UInt8?, code: UInt16) throws {
        let error = try #require(NetworkErrorCode(octets))
        #expect(error.network == network && error.code == code)
        #expect(NetworkErrorCode(octets + [0, 0]) == nil && NetworkErrorCode([]) == nil)
    }

    @Test func whatIsKeptIsBoundedAndTheTextIsNotPrinted() throws {
        let long = String(repeating: "9", count: 30_000)
        let receipt = try #require(parse("id:\(long) stat:DELIVRD"))
        #expect(receipt.messageID?.utf8.count == 255)
        let texted = try #require(parse("id:1 stat:DELIVRD text:\(String(repeating: "secret", count: 900))"))
        #expect(texted.text?.count == 160)
        #expect("\(texted)" == "DeliveryReceipt(id: 1, state: delivered)")
    }

    /// A word of a receipt that has no `stat:`: nobody's word but SMPP's in small letters, in capitals any of them.
    @Test(
        arguments: [
            ("id:1 delivrd", .delivered), ("id:1 Undeliv err:1", .undeliverable), ("id:1 enroute", .enroute),
            ("id:1 DELIVERED", .delivered), ("id:1 delivered", .other), ("id:1 not delivrd", .other),
            ("id:1 delivrd undeliv", .other), ("id:1 text:delivrd", .other),
        ] as [(String, ReceiptState)])
    func aBareState(text: String, state: ReceiptState) {
        #expect(parse(text)?.state == state)
    }

    /// Any octets: no crash, and what is found is in the text.
    @Test func anythingMayCome() {
        var random = SplitMix64(seed: 7)
        let pieces = [
            "id:", "stat:", "text:", "err:", "done date:", "submit", " date", ":", " ", "DELIVRD", "12", "\0",
        ]
        for _ in 0..<20_000 {
            let text = (0..<random.below(12)).map { _ in pieces[random.below(pieces.count)] }.joined()
            guard let receipt = parse(text, esmClass: UInt8(random.below(256))) else { continue }
            #expect(receipt.messageID.map { text.contains($0) } ?? true)
            #expect(text.contains(receipt.rawState) || receipt.rawState.isEmpty)
            #expect(receipt.text.map { text.contains($0) } ?? true)
        }
    }
}
