import Intake
import Messaging
import SMPP
import Settings
import Testing

@testable import Bridge

@Suite struct CarrierProfileTests {
    /// Each segment has a reference of its own, where the carrier's file asks for it.
    @Test func segmentsAreReferenced() {
        let profile = CarrierProfile(addresses: AddressRules(), text: TextPolicy())
        let body = ShortMessage(
            source: SMPPAddress("ACME"), destination: SMPPAddress("79161234567"), esmClass: 0, shortMessage: [0x41])
        var bodies = [body, body]
        profile.refer(&bodies, tag: 7)
        let references = bodies.map { $0.tlvs[.userMessageReference]?.integer }
        #expect(references == (0...1).map { UInt32(MessageReference.of(tag: 7, segment: $0)) })
        #expect(references[0] != references[1])
    }

    private func plan(
        _ text: String, _ options: MessageOptions = MessageOptions(), form: FormOptions = FormOptions()
    ) throws -> MessagePlan {
        let rules = AccountRules(
            name: "acme", senders: [], defaultSender: "ACME", options: options, destinations: [],
            numbers: NumberRules(country: .ru), carriers: CarrierOrder([], carriers: []))
        return try MessagePlan(from: "", to: "79161234567", text: text, options: form, rules: rules)
    }

    private func message(_ profile: CarrierProfile, _ plan: MessagePlan) throws -> ShortMessage? {
        try profile.shortMessages(for: plan, now: { 1_793_000_000 }, reference: { 1 }).first
    }

    @Test func validityRelativeAndAbsolute() throws {
        var profile = CarrierProfile(addresses: AddressRules(), text: TextPolicy())
        #expect(try message(profile, plan("Hi"))?.validityPeriod == "")
        profile.validity = 129_600
        #expect(try message(profile, plan("Hi"))?.validityPeriod == "000001120000000R")
        profile.validityIsAbsolute = true
        // 1793000000 is 2026-10-26T07:33:20Z.
        #expect(try message(profile, plan("Hi"))?.validityPeriod == "261027193320000+")
        let hour = MessageOptions(validity: 3600)
        #expect(try message(profile, plan("Hi", hour))?.validityPeriod == "261026083320000+")
        let allowed = MessageOptions(validity: 3600, formFields: [.validity])
        #expect(
            try message(profile, plan("Hi", allowed, form: FormOptions(validity: "90s")))?.validityPeriod
                == "261026073450000+")
    }

    @Test func classesHaveCodingsOfTheirOwn() throws {
        let profile = CarrierProfile(addresses: AddressRules(), text: TextPolicy())
        let flash = MessageOptions(messageClass: 0)
        #expect(try message(profile, plan("Hi", flash))?.dataCoding == 0x10)
        #expect(try message(profile, plan("é", flash))?.dataCoding == 0x10)
        #expect(try message(profile, plan("Привет", flash))?.dataCoding == 0x18)
        #expect(try message(profile, plan("Âme", MessageOptions(messageClass: 2)))?.dataCoding == 0x1A)
        // No coding with a class says UTF-8: what these say is sent.
        let utf8 = CarrierProfile(addresses: AddressRules(), text: TextPolicy(defaultAlphabet: .utf8))
        #expect(try message(utf8, plan("è", flash))?.shortMessage == [0x04])
        #expect(try message(utf8, plan("же", flash))?.dataCoding == 0x18)
        #expect(try message(utf8, plan("же", flash))?.shortMessage == [0x04, 0x36, 0x04, 0x35])
        #expect(try message(utf8, plan("же"))?.shortMessage == Array("же".utf8))
        let allowed = MessageOptions(formFields: [.messageClass])
        #expect(try message(profile, plan("Hi", allowed, form: FormOptions(messageClass: "flash")))?.dataCoding == 0x10)
        #expect(try message(profile, plan("Hi", allowed, form: FormOptions(messageClass: "1")))?.dataCoding == 0x11)
        #expect(try message(profile, plan("Hi", form: FormOptions(messageClass: "1")))?.dataCoding == 0)
        for wrong in ["4", "-1", "x"] {
            #expect(throws: ReplyCode.badClass) { try plan("Hi", allowed, form: FormOptions(messageClass: wrong)) }
        }
        let times = MessageOptions(formFields: [.validity])
        for wrong in ["1", "1s", "31d", "m", "-5m", "99999999999999999999d", "5 m"] {
            #expect(throws: ReplyCode.badValidity) { try plan("Hi", times, form: FormOptions(validity: wrong)) }
        }
    }

    @Test func staticParametersStandBehindOurs() throws {
        let own = TLV(TLVTag(rawValue: 0x1400), [1, 2])
        for long in LongMethod.allCases {
            var profile = CarrierProfile(addresses: AddressRules(), text: TextPolicy(long: long))
            profile.tlvs = [own]
            #expect(try message(profile, plan("Hi"))?.tlvs == [own])
            let parts = try profile.shortMessages(
                for: plan(String(repeating: "a", count: 300)), now: { 0 }, reference: { 1 })
            #expect(parts.allSatisfy { $0.tlvs.last == own })
        }
    }

    @Test func whatIsCancelled() throws {
        let profile = CarrierProfile(addresses: AddressRules(), text: TextPolicy())
        let requests = profile.cancellations(of: ["a1", "", "-", "a2"], try plan("Hi"))
        #expect(requests.map(\.messageID) == ["a1", "a2"])
        #expect(requests.first?.source.value == "ACME" && requests.first?.destination.value == "79161234567")
    }

    /// Whether a carrier could take a text is the same whether it is looked at or taken.
    @Test(arguments: [1, 2, 10], ["a", "€", "Ж", "👨‍👩‍👧‍👦"])
    func aTextThatCannotBeTakenIsFoundWithoutTakingIt(parts: Int, character: String) throws {
        let profile = CarrierProfile(addresses: AddressRules(), text: TextPolicy(maxParts: parts))
        for count in stride(from: 1, to: 2000, by: 7) {
            let text = String(repeating: character, count: count)
            var isTaken = true
            do throws(TextProblem) {
                _ = try Segmenter.segment(text, policy: profile.text) { 0 }
            } catch {
                isTaken = false
            }
            let plan = try plan(text)
            #expect((profile.problem(with: plan) == nil) == isTaken, "\(count) × \(character)")
        }
    }
}
