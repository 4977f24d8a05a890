import Foundation
import Messaging
import NIOCore
import Testing

@testable import LoadTest

@Suite struct MessageTests {
    @Test func marksAreFoundAgain() {
        let marker = MessageMarker(run: 0xABCDEF)
        for number in [0, 1, 35, 36, 1_000_000, 78_364_164_095] {
            let text = marker.text(number)
            #expect(text.unicodeScalars.count == MessageMarker.length)
            #expect(marker.number(in: text) == number)
            #expect(marker.number(in: "Lx. L \(text) more") == number)
        }
        #expect(marker.number(in: "") == nil)
        #expect(marker.number(in: marker.prefix + "00000") == nil)
        #expect(marker.number(in: marker.prefix + "000000Z") == nil)
        #expect(marker.number(in: MessageMarker(run: 7).text(3)) == nil)
    }

    @Test func messagesAreAFunctionOfSeedAndNumber() {
        let maker = MessageMaker(.standard, seed: 5, run: 1)
        let same = MessageMaker(.standard, seed: 5, run: 1)
        let other = MessageMaker(.standard, seed: 6, run: 1)
        let numbers = [900, 3, 0, 12]
        #expect(numbers.map(maker.message) == numbers.map(same.message))
        #expect(numbers.map(maker.message) != numbers.map(other.message))
    }

    /// The form says what the audit expects, decoded by rules of its own.
    @Test func formsCarryTheMessage() throws {
        var mix = MessageMix.standard
        mix.accounts = [.init(name: "a", .password(login: "a&b", password: "p= +%ж"))]
        mix.from = ["Я & Co", ""]
        mix.entries += [
            .init(weight: 40, .template([.literal("№ "), .counter, .literal(" + & = % "), .digits(6), .marker])),
            .init(weight: 40, .generated(.emoji, length: 20...80)),
            .init(weight: 40, .generated(.latin1, length: 20...80), numbers: [.init(first: 7, last: 9, digits: 4)]),
        ]
        let maker = MessageMaker(mix, seed: 3, run: 77)
        for number in 0..<500 {
            var body = ByteBuffer()
            maker.writeForm(number, into: &body)
            let fields = Self.decoded(String(buffer: body))
            let message = maker.message(number)
            #expect(fields.map(\.0) == ["login", "password", "from", "to", "text"])
            #expect(fields.map(\.1) == ["a&b", "p= +%ж", message.from, message.to, message.text])
            #expect(maker.marker.number(in: message.text) == number)
        }
    }

    @Test func keysAndNoAccount() {
        var mix = MessageMix.standard
        mix.accounts = [.init(name: "k", .key("se+cret"))]
        var body = ByteBuffer()
        MessageMaker(mix, seed: 1, run: 1).writeForm(0, into: &body)
        #expect(String(buffer: body).hasPrefix("key=se%2Bcret&from=&to=7916"))
        body.clear()
        MessageMaker(.standard, seed: 1, run: 1).writeForm(0, into: &body)
        #expect(String(buffer: body).hasPrefix("from=&to=7916"))
    }

    @Test(arguments: MessageMix.Script.allCases)
    func scriptsNeedTheirAlphabet(script: MessageMix.Script) throws {
        let mix = MessageMix(
            numbers: MessageMix.standard.numbers, entries: [.init(.generated(script, length: 20...1_000))])
        let maker = MessageMaker(mix, seed: 8, run: 2)
        for number in 0..<200 {
            let text = maker.message(number).text
            #expect((20...1_000).contains(text.unicodeScalars.count))
            let segmented = try Segmenter.segment(text, policy: TextPolicy(maxParts: 40)) { 1 }
            #expect(segmented.alphabet == script.expected, "\(text)")
        }
    }

    @Test func weightsAreKept() {
        let mix = MessageMix(
            numbers: MessageMix.standard.numbers,
            entries: [
                .init(weight: 9, .template([.literal("often")])), .init(weight: 1, .template([.literal("seldom")])),
            ])
        let maker = MessageMaker(mix, seed: 4, run: 2)
        let seldom = (0..<5_000).count { maker.message($0).text.hasSuffix("seldom") }
        #expect((400...600).contains(seldom))
    }

    @Test func decimalsHaveTheirWidth() {
        for (value, width, text) in [
            (UInt64(0), 1, "0"), (7, 4, "0007"), (12_345, 3, "12345"), (UInt64.max, 1, "18446744073709551615"),
            (9_999_999_999_999_999_999, 1, "9999999999999999999"), (10, 1, "10"),
        ] {
            var buffer = ByteBuffer()
            buffer.writeDecimal(value, width: width)
            #expect(String(buffer: buffer) == text)
        }
    }

    private static func decoded(_ form: String) -> [(String, String)] {
        form.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts[1].replacing("+", with: " ").removingPercentEncoding ?? "?")
        }
    }
}

extension MessageMix.Script {
    fileprivate var expected: Alphabet {
        switch self {
        case .gsm: .gsm
        case .latin1: .latin1
        case .cyrillic, .emoji: .ucs2
        }
    }
}
