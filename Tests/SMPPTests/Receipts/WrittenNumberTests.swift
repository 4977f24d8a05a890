import Testing

@testable import SMPP

/// Whose number a receipt names, however it is written.
@Suite struct WrittenNumberTests {
    @Test(arguments: [
        ("79161234567", "79161234567"), ("+79161234567", "79161234567"), ("0079161234567", "79161234567"),
        ("89161234567", "79161234567"), ("9161234567", "79161234567"), ("+7 (916) 123-45-67", "79161234567"),
        ("80291234567", "375291234567"), ("810375291234567", "375291234567"), ("0671234567", "380671234567"),
        ("02079460958", "442079460958"), ("011442079460958", "442079460958"), ("06301234567", "36301234567"),
        ("D77#79161234567", "79161234567"), ("7716179161234567", "79161234567"),
        ("525512345678", "5215512345678"), ("541112345678", "5491112345678"), ("551187654321", "5511987654321"),
        ("7916*****67", "79161234567"), ("+7916XXX4567", "79161234567"), ("*******4567", "79161234567"),
        ("7916###4567", "79161234567"), ("8916***4567", "79161234567"), ("916***4567", "79161234567"),
        ("7916*****67", "7916*****67"), ("1234", "1234"), ("112", "112"),
    ])
    func oneNumber(written: String, sent: String) {
        #expect(NumberAgreement.of(written, sent) >= .agrees)
        #expect(NumberAgreement.of(sent, written) >= .agrees)
    }

    /// Only the same digits are surely the same number.
    @Test(arguments: [
        ("79161234567", "79161234567", true), ("+79161234567", "79161234567", true),
        ("0079161234567", "79161234567", true),
        ("+7 (916) 123-45-67", "79161234567", true), ("1234", "1234", true), ("89161234567", "79161234567", false),
        ("9161234567", "79161234567", false), ("376312345", "79376312345", false), ("0671234567", "671234567", false),
        ("7916*****67", "79161234567", false), ("7916*****67", "7916*****67", false),
        ("D77#79161234567", "79161234567", false),
    ])
    func sameDigits(written: String, sent: String, isEqual: Bool) {
        #expect(NumberAgreement.of(written, sent) == (isEqual ? .equal : .agrees))
        #expect(NumberAgreement.of(sent, written) == (isEqual ? .equal : .agrees))
    }

    @Test(arguments: [
        ("79161234567", "79261234567"), ("79161234567", "79161234568"), ("9161234567", "79171234567"),
        ("1234", "79161231234"), ("1234", "1235"), ("234567", "79161234567"), ("7916*****68", "79161234567"),
        ("7926*****67", "79161234567"), ("7916*****67", "7926*****67"), ("84912345678", "74912345679"),
        ("79161234567", "791612345678"), ("380671234567", "380681234567"),
        ("89161234567", "39161234567"), ("84912345678", "74912345679"),
    ])
    func twoNumbers(written: String, sent: String) {
        #expect(NumberAgreement.of(written, sent) == .differs)
        #expect(NumberAgreement.of(sent, written) == .differs)
    }

    @Test(arguments: ["", "Firm", "***********", "X", "*********67", "DE", "Änne", String(repeating: "1", count: 41)])
    func nobodyKnows(written: String) {
        #expect(NumberAgreement.of(written, "79161234567") == .unknown)
        #expect(NumberAgreement.of("79161234567", written) == .unknown)
    }

    /// The recipient is the source; or the destination, where the source is our sender.
    @Test(
        arguments: [
            ("79161234567", "Firm", "Firm", .equal), ("79161234567", "Other", "Firm", .equal),
            ("89161234567", "Firm", "Firm", .agrees), ("Firm", "79161234567", "Firm", .equal),
            ("FIRM", "9161234567", "Firm", .agrees), ("Other", "79161234567", "Firm", .unknown),
            ("79990001122", "79161234567", "Firm", .differs), ("79990001122", "79161234567", "79990001122", .equal),
            ("89990001122", "79161234567", "79990001122", .equal),
            ("79165555555", "79161234567", "79161234567", .differs),
            ("79161234568", "Firm", "Firm", .differs), ("Firm", "79161234568", "Firm", .differs),
            ("79161234568", "", "Firm", .differs), ("", "79990001122", "Firm", .differs),
            ("***", "79990001122", "Firm", .differs), ("", "79990001122", "79990001122", .unknown),
            ("", "79161234567", "", .equal), ("", "79161234567", "Firm", .unknown), ("", "79990001122", "", .differs),
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
            ("79161234567", "Firm", .equal), ("79990001122", "79161234567", .differs),
            ("Firm", "79161234567", .unknown),
            ("", "79990001122", .unknown), ("", "79161234567", .unknown),
        ] as [(String, String, NumberAgreement)])
    func addressesWithoutASender(source: String, destination: String, agreement: NumberAgreement) {
        let received = ReceivedReceipt(
            DeliveryReceipt(messageID: "1", state: .delivered), source: source, destination: destination)
        #expect(received.agreement(withRecipient: "79161234567", sender: .unknown) == agreement)
    }

    /// Any octets: no crash, and both sides see the same.
    @Test func anythingMayCome() {
        var random = SplitMix64(seed: 5)
        let pieces = ["7", "9", "0", "8", "16", "1234567", "*", "X", "#", "+", " ", "-", "D", "a", "é"]
        func text() -> String { (0..<random.below(9)).map { _ in pieces[random.below(pieces.count)] }.joined() }
        for _ in 0..<20_000 {
            let (one, other) = (text(), text())
            #expect(NumberAgreement.of(one, other) == NumberAgreement.of(other, one), "\(one) \(other)")
        }
    }
}
