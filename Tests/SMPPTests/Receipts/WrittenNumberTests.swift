import Testing

@testable import SMPP

/// Whose number a receipt names, however it is written.
@Suite struct WrittenNumberTests {
    @Test(arguments: [
        ("79161234567", "79161234567"), ("+79161234567", "79161234567"), ("0079161234567", "79161234567"),
        ("+7 (916) 123-45-67", "79161234567"), ("81079161234567", "79161234567"), ("810375291234567", "375291234567"),
        ("011442079460958", "442079460958"), ("1234", "1234"), ("112", "112"), ("+13850123456", "13850123456"),
    ])
    func sameDigits(written: String, sent: String) {
        #expect(NumberAgreement.of(written, sent) == .equal)
    }

    @Test(arguments: [
        ("89161234567", "79161234567"), ("9161234567", "79161234567"), ("80291234567", "375291234567"),
        ("0671234567", "380671234567"), ("02079460958", "442079460958"), ("06301234567", "36301234567"),
        ("D77#79161234567", "79161234567"), ("D77#9161234567", "79161234567"), ("525512345678", "5215512345678"),
        ("541112345678", "5491112345678"), ("5215512345678", "525512345678"), ("551187654321", "5511987654321"),
        ("7916*****67", "79161234567"), ("+7916XXX4567", "79161234567"), ("*******4567", "79161234567"),
        ("7916###4567", "79161234567"), ("8916***4567", "79161234567"), ("916***4567", "79161234567"),
        ("7916*****67", "7916*****67"), ("79161234567", "7916*****67"), ("9161234567", "7916*****67"),
        ("0671234567", "671234567"), ("*********67", "79161234567"),
    ])
    func mayBeOneNumber(written: String, sent: String) {
        #expect(NumberAgreement.of(written, sent) == .partial)
    }

    @Test(arguments: [
        ("79161234567", "79261234567"), ("79161234567", "79161234568"), ("9161234567", "79171234567"),
        ("1234", "79161231234"), ("1234", "1235"), ("234567", "79161234567"), ("7916*****68", "79161234567"),
        ("7926*****67", "79161234567"), ("7916*****67", "7926*****67"), ("84912345678", "74912345679"),
        ("79161234567", "791612345678"), ("380671234567", "380681234567"), ("376312345", "79376312345"),
        ("89161234567", "39161234567"), ("1234567", "79161234567"), ("379161234567", "79161234567"),
        ("7716179161234567", "79161234567"), ("8613850123456", "13850123456"), ("13850123456", "8613850123456"),
        ("+9161234567", "79161234567"), ("D77#379161234567", "79161234567"), ("79161234567", "7926*****67"),
        ("379161234567", "7916*****67"), ("1234567", "7916*****67"), ("*********68", "79161234567"),
    ])
    func twoNumbers(written: String, sent: String) {
        #expect(NumberAgreement.of(written, sent) == .contrary)
    }

    @Test(arguments: ["", "Firm", "***********", "X", "DE", "Änne", String(repeating: "1", count: 41)])
    func noNumber(written: String) {
        #expect(NumberAgreement.of(written, "79161234567") == nil)
    }

    /// A masked number with its key is known again.
    @Test func aKeyTellsMaskedNumbersApart() {
        func hash(_ digits: UInt64) -> UInt64 { digits &* 0x9E37_79B9_7F4A_7C15 }
        let sent = "7916*****67~" + String(hash(79_161_234_567), radix: 16)
        func agreement(_ source: String, _ destination: String = "Firm") -> NumberAgreement {
            var received = ReceivedReceipt(
                DeliveryReceipt(messageID: "1", state: .delivered), source: source, destination: destination)
            received.setKeys(hash)
            return received.agreement(withRecipient: sent, sender: SenderKey("Firm"))
        }
        for source in ["79161234567", "+79161234567", "0079161234567"] { #expect(agreement(source) == .equal) }
        #expect(agreement("Firm", "79161234567") == .equal)
        for source in ["9161234567", "89161234567", "7916***4567"] { #expect(agreement(source) == .partial) }
        #expect(agreement("") == .unknown)
        #expect(NumberAgreement.of("79161234567", "Firm") == .unknown)
        for source in ["79161234667", "+79160000067", "79261234567", "79161234568", "9161234568"] {
            #expect(agreement(source) == .contrary)
        }
        #expect(NumberAgreement.of("79161234567", sent) == .partial)
        var received = ReceivedReceipt(DeliveryReceipt(messageID: "1", state: .delivered), source: "+79161234567")
        received.setKeys(hash)
        #expect(received.numbers.contains { $0 == RecipientNumber(sent) })
        #expect(RecipientNumber("7916*****67") == nil)
    }

    /// The recipient is the source; or the destination, where the source is our sender.
    @Test(
        arguments: [
            ("79161234567", "Firm", "Firm", .equal), ("79161234567", "Other", "Firm", .equal),
            ("89161234567", "Firm", "Firm", .partial), ("Firm", "79161234567", "Firm", .equal),
            ("FIRM", "9161234567", "Firm", .partial), ("Other", "79161234567", "Firm", .partial),
            ("79990001122", "79161234567", "Firm", .contrary), ("79990001122", "79161234567", "79990001122", .equal),
            ("89990001122", "79161234567", "79990001122", .equal),
            ("79165555555", "79161234567", "79161234567", .contrary),
            ("79161234568", "Firm", "Firm", .contrary), ("Firm", "79161234568", "Firm", .contrary),
            ("79161234568", "", "Firm", .contrary), ("", "79990001122", "Firm", .contrary),
            ("***", "79990001122", "Firm", .contrary), ("", "79990001122", "79990001122", .unknown),
            ("", "79161234567", "", .equal), ("", "79161234567", "Firm", .partial), ("", "79990001122", "", .contrary),
            ("", "Firm", "Firm", .unknown), ("", "", "Firm", .unknown), ("", "", "", .unknown),
        ] as [(String, String, String, NumberAgreement)])
    func addressesOfAReceipt(source: String, destination: String, sender: String, agreement: NumberAgreement) {
        let received = ReceivedReceipt(
            DeliveryReceipt(messageID: "1", state: .delivered), source: source, destination: destination)
        #expect(received.agreement(withRecipient: "79161234567", sender: SenderKey(sender)) == agreement)
        #expect(received.agreement(withRecipient: nil, sender: SenderKey(sender)) == .unknown)
    }

    /// Where nobody knows the sender, as in a message whose answer came too late.
    @Test(
        arguments: [
            ("79161234567", "Firm", .equal), ("79990001122", "79161234567", .contrary),
            ("Firm", "79161234567", .unknown),
            ("", "79990001122", .unknown), ("", "79161234567", .unknown),
        ] as [(String, String, NumberAgreement)])
    func addressesWithoutASender(source: String, destination: String, agreement: NumberAgreement) {
        let received = ReceivedReceipt(
            DeliveryReceipt(messageID: "1", state: .delivered), source: source, destination: destination)
        #expect(received.agreement(withRecipient: "79161234567", sender: .unknown) == agreement)
    }

    /// Any octets: no crash.
    @Test func anythingMayCome() {
        var random = SplitMix64(seed: 5)
        let pieces = ["7", "9", "0", "8", "16", "1234567", "*", "X", "#", "+", " ", "-", "D", "a", "é", "~", "f"]
        func text() -> String { (0..<random.below(9)).map { _ in pieces[random.below(pieces.count)] }.joined() }
        for _ in 0..<20_000 {
            let (one, other) = (text(), text())
            _ = NumberAgreement.of(one, other)
            _ = RecipientNumber(one)
        }
    }
}
