import Messaging
import SMPP
import Testing

@testable import Bridge

@Suite struct CarrierProfileTests {
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
