import Bridge
import Intake
import Messaging
import SMPP
import Testing

@Suite struct MessagePlanTests {
    private let rules = AccountRules(
        name: "acme", senders: ["ACME", "Acme Shop", "79990001122", "KIOSK"], defaultSender: "ACME",
        destinations: ["7", "375"],
        numbers: NumberRules(country: .ru), carriers: CarrierOrder([], carriers: []))

    private func refusal(from: String = "", to: String = "79161234567", text: String = "Hi") -> ReplyCode? {
        do throws(ReplyCode) {
            _ = try MessagePlan(from: from, to: to, text: text, rules: rules)
            return nil
        } catch {
            return error
        }
    }

    @Test func readsAForm() throws {
        let plan = try MessagePlan(from: "Acme Shop", to: "8 (916) 123-45-67", text: "Hi", rules: rules)
        #expect(plan.recipient.digits == "79161234567")
        #expect(plan.sender == .alphanumeric("Acme Shop"))
        #expect(plan.text == "Hi")
    }

    @Test(arguments: ["", "  ", "\t"])
    func emptySenderIsTheDefault(from: String) throws {
        let plan = try MessagePlan(from: from, to: "79161234567", text: "Hi", rules: rules)
        #expect(plan.sender == .alphanumeric("ACME"))
    }

    @Test func numericSenderIsAllowedWithAndWithoutPlus() throws {
        let plan = try MessagePlan(from: "+79990001122", to: "79161234567", text: "Hi", rules: rules)
        #expect(plan.sender == .international("79990001122"))
    }

    /// The longest prefix that a number begins with decides; where only some are left out the rest is allowed.
    @Test(arguments: [
        (["7", "!77", "7701"], ["79161234567", "77011234567"], ["77771234567", "375291234567"]),
        (["!7"], ["375291234567"], ["79161234567"]), ([], ["79161234567"], []),
    ])
    func destinations(_ prefixes: [String], allowed: [String], refused: [String]) {
        let rules = AccountRules(
            name: "acme", senders: [], defaultSender: "ACME", destinations: prefixes,
            blocked: [NumberList("7916*", country: nil), NumberList("79031234567", country: nil)],
            numbers: NumberRules(country: .ru), carriers: CarrierOrder([], carriers: []))
        func refusal(_ number: String) -> ReplyCode? {
            do throws(ReplyCode) {
                _ = try MessagePlan(from: "", to: "+" + number, text: "Hi", rules: rules)
                return nil
            } catch {
                return error
            }
        }
        for number in allowed { #expect(refusal(number) == (number.hasPrefix("7916") ? .recipientBlocked : nil)) }
        for number in refused { #expect(refusal(number) == .destinationNotAllowed) }
        if prefixes.isEmpty { #expect(refusal("79031234567") == .recipientBlocked) }
    }

    @Test func withoutADefaultTheSenderMustBeNamed() {
        let rules = AccountRules(
            name: "acme", senders: [], defaultSender: nil, destinations: [], numbers: NumberRules(country: .ru),
            carriers: CarrierOrder([], carriers: []))
        #expect(throws: ReplyCode.badSender) {
            try MessagePlan(from: "", to: "79161234567", text: "Hi", rules: rules)
        }
    }

    @Test func controlCharactersOfATextAreNoFault() throws {
        let text = "a\u{0B}b\u{1F}c\u{85}d\u{2028}e\u{2029}f\u{0}g\u{7F}h\u{9B}i\r\nj\tk\u{0C}l«м»—н"
        let plan = try MessagePlan(from: "", to: "79161234567", text: text, rules: rules)
        #expect(plan.text == "a\nbc\nd\ne\nfghi\r\nj\tk\u{0C}l«м»—н")
        #expect(refusal(text: "\u{1F}\u{0}") == .textEmpty)
    }

    @Test func noSenderWhereNoneIsWanted() throws {
        let rules = AccountRules(
            name: "acme", senders: ["ACME"], defaultSender: nil, mayOmitSender: true, destinations: [],
            numbers: NumberRules(country: .ru), carriers: CarrierOrder([], carriers: []))
        #expect(try MessagePlan(from: " ", to: "79161234567", text: "Hi", rules: rules).sender == .absent)
        #expect(try MessagePlan(from: "ACME", to: "79161234567", text: "Hi", rules: rules).sender.text == "ACME")
        var profile = CarrierProfile(addresses: AddressRules(), text: TextPolicy())
        let plan = try MessagePlan(from: "", to: "79161234567", text: "Hi", rules: rules)
        #expect(try profile.shortMessages(for: plan, now: { 0 }, reference: { 1 }).first?.source == SMPPAddress())
        profile.sendsNoSender = true
        let named = try MessagePlan(from: "ACME", to: "79161234567", text: "Hi", rules: rules)
        #expect(try profile.shortMessages(for: named, now: { 0 }, reference: { 1 }).first?.source == SMPPAddress())
    }

    @Test func refusesWhatTheAccountMayNotSend() {
        #expect(refusal(from: "OTHER") == .senderNotAllowed)
        #expect(refusal(from: "acme") == .senderNotAllowed)
        // A Kelvin sign is no K, though strings with it are equal.
        #expect(refusal(from: "KIOSK") == nil)
        #expect(refusal(from: "\u{212A}IOSK") == .badSender)
        #expect(refusal(from: "A@B") == .badSender)
        #expect(refusal(from: "TwelveLetter") == .badSender)
        #expect(refusal(to: "4915112345678") == .destinationNotAllowed)
        #expect(refusal(to: "375291234567") == nil)
        #expect(refusal(to: "79161234567, 79161234568") == .severalNumbers)
        #expect(refusal(to: "79161234567 доб. 12") == .extension)
        #expect(refusal(to: "") == .badNumber)
        #expect(refusal(to: "12345") == .badNumber)
        #expect(refusal(text: "") == .textEmpty)
    }

    @Test func theNumberIsLookedAtFirst() {
        #expect(refusal(from: "OTHER", to: "x", text: "") == .badNumber)
    }
}
