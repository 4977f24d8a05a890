import Messaging
import SMPP
import Testing

@testable import Bridge

@Suite struct CarrierProfileTests {
    /// Each segment has a reference of its own, where the carrier's file asks for it.
    @Test func segmentsAreReferenced() {
        var profile = CarrierProfile(addresses: AddressRules(), text: TextPolicy())
        let body = ShortMessage(
            source: SMPPAddress("ACME"), destination: SMPPAddress("79161234567"), esmClass: 0, shortMessage: [0x41])
        #expect(profile.referenced([body], tag: 7) == [body])
        profile.sendsReference = true
        let references = profile.referenced([body, body], tag: 7).map { $0.tlvs[.userMessageReference]?.integer }
        #expect(references == (0...1).map { UInt32(MessageReference.of(tag: 7, segment: $0)) })
        #expect(references[0] != references[1])
    }

    /// Whether a carrier could take a text is the same whether it is looked at or taken.
    @Test(arguments: [1, 2, 10], ["a", "€", "Ж", "👨‍👩‍👧‍👦"])
    func aTextThatCannotBeTakenIsFoundWithoutTakingIt(parts: Int, character: String) {
        let profile = CarrierProfile(addresses: AddressRules(), text: TextPolicy(maxParts: parts))
        for count in stride(from: 1, to: 2000, by: 7) {
            let text = String(repeating: character, count: count)
            var isTaken = true
            do throws(TextProblem) {
                _ = try Segmenter.segment(text, policy: profile.text) { 0 }
            } catch {
                isTaken = false
            }
            #expect((profile.problem(with: text) == nil) == isTaken, "\(count) × \(character)")
        }
    }
}
