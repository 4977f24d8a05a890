import SMPP
import Testing

@testable import Messaging

struct SegmenterPropertyTests {
    private static let elements: [[String]] = [
        Array("abc XYZ019@£€{}[]~|^\\_ÄñàΔΩ").map(String.init),
        Array("приветмир ЁЖ—«»№₽").map(String.init),
        Array("ab çêë{}`ÿ¶").map(String.init),
        ["a", "я", "😀", "👍🏽", "👩‍👩‍👧‍👦", "🇷🇺", "🇺", "\r\n", "\r", "\n", "e\u{301}", "\u{301}", "\u{200D}", "क्षि", "가", "각", "𠀋"],
        ["\u{301}", "\u{306}", "я\u{306}"],
        ["“", "”", "’", "—", "\u{A0}", "a", "{"],
    ]

    private func policy(_ random: inout SplitMix64) -> TextPolicy {
        let alphabets: [Alphabet] = [.gsm, .gsm, .latin1, .ascii]
        return TextPolicy(
            defaultAlphabet: alphabets.randomElement(using: &random) ?? .gsm,
            dataCoding: Bool.random(using: &random) ? [.gsm: 0, .latin1: 3, .ucs2: 8] : [.ucs2: 8],
            long: LongMethod.allCases.randomElement(using: &random) ?? .udh8, maxParts: 255,
            transliterate: Bool.random(using: &random),
            limits: Bool.random(using: &random)
                ? .standard : SegmentLimits(gsmSingle: 30, gsmPart: 11, ucs2Single: 12, ucs2Part: 7, octetsPart: 9))
    }

    @Test func `segments of any text rejoin to it, within bounds, with no pair cut`() throws {
        var random = SplitMix64(seed: 20_240_611)
        for round in 0..<3000 {
            let elements = Self.elements[round % Self.elements.count]
            let text = random.text(of: elements, count: Int.random(in: 1...400, using: &random))
            let policy = policy(&random)
            guard !text.allSatisfy(\.isWhitespace) else { continue }
            let result = try Segmenter.segment(text, policy: policy) { 0xBEEF }
            check(result, of: text, policy)
        }
    }

    private func check(_ result: SegmentedText, of text: String, _ policy: TextPolicy) {
        let texts = result.segments.map { segment in
            TextDecoding.text(
                segment.octets.dropFirst(segment.hasUDH ? policy.long.headerLength : 0), alphabet: result.alphabet)
        }
        let expected: String.UnicodeScalarView.SubSequence =
            result.alphabet == .gsm && policy.transliterate
            ? String.UnicodeScalarView(text.unicodeScalars.map { Transliteration.plain($0) ?? $0 })[...]
            : text.unicodeScalars[...]
        // Halves of a pair would come back as U+FFFD, halves of an escape pair as a space.
        #expect(texts.map(\.unicodeScalars).joined().elementsEqual(expected))

        let count = result.segments.count
        let part = policy.limits.part(result.alphabet, policy.long)
        if count > 1 {
            #expect(result.needsReference)
            for (place, (segment, text)) in zip(result.segments, texts).enumerated() {
                #expect(!text.isEmpty && units(of: text, result.alphabet) <= part)
                let numbering = segment.hasUDH ? UserDataHeader.parse(segment.octets)?.numbering?.part : segment.sar
                #expect(numbering?.total == UInt8(count) && numbering?.sequence == UInt8(place + 1))
            }
            checkCuts(texts, of: String(String.UnicodeScalarView(expected)), result.alphabet, part)
        } else if !result.segments[0].isPayload {
            #expect(units(of: text, result.alphabet) <= policy.limits.single(result.alphabet))
        }
    }

    /// Every cut is between clusters, or inside one that is longer than a part.
    private func checkCuts(_ texts: [String], of text: String, _ alphabet: Alphabet, _ part: Int) {
        var start = 0
        let cuts = Set(
            texts.dropLast().map {
                start += $0.unicodeScalars.count
                return start
            })
        var end = 0
        for character in text {
            let inside = end + 1..<end + character.unicodeScalars.count
            if cuts.contains(where: { inside.contains($0) }) { #expect(units(of: String(character), alphabet) > part) }
            end += character.unicodeScalars.count
        }
        #expect(end == text.unicodeScalars.count)
    }

    /// Septets, octets or UTF-16 units, counted apart from the code under test.
    private func units(of text: String, _ alphabet: Alphabet) -> Int {
        switch alphabet {
        case .gsm, .ascii:
            text.unicodeScalars.reduce(0) { $0 + ("^{}\\[~]|€\u{0C}".unicodeScalars.contains($1) ? 2 : 1) }
        case .latin1: text.unicodeScalars.count
        case .ucs2: text.utf16.count
        case .utf8: text.utf8.count
        }
    }
}
