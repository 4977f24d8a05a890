import SMPP
import Testing

@testable import Messaging

/// National shift tables on the way out: what a carrier's file allows, and the room that their header takes.
struct ShiftTableTests {
    private func policy(_ languages: [NationalLanguage], long: LongMethod = .udh8, packed: Bool = false) -> TextPolicy {
        TextPolicy(
            dataCoding: [.gsm: 0, .ucs2: 8], long: long, maxParts: 255, packedGSM: packed, shiftTables: languages)
    }

    private func segmented(_ text: String, _ policy: TextPolicy) throws -> SegmentedText {
        try Segmenter.segment(text, policy: policy) { 0x12 }
    }

    /// The text of all parts, read as an SMSC's or a handset's end would.
    private func read(_ result: SegmentedText, _ policy: TextPolicy) -> String? {
        let parts = result.segments.map { segment in
            ReceivedUserData(
                segment.octets, hasHeader: segment.hasUDH, dataCoding: result.dataCoding, sar: segment.sar,
                policy: policy
            ).content
        }
        return InboundContent.text(parts) { _, _ in nil }
    }

    @Test func everyTableIsReadAndWrittenAlike() {
        for language in NationalLanguage.allCases {
            let both = language.lockingTable == nil ? nil : language
            let tables = ShiftTables(single: language, locking: both)
            let codes = ShiftCodes(tables)
            for (septet, isEscaped) in (UInt8(0)..<0x80).flatMap({ [($0, false), ($0, true)] }) {
                guard septet != 0x1B, let character = tables.character(septet, isEscaped: isEscaped) else { continue }
                var octets: [UInt8] = []
                #expect(codes.encode(String(Character(character)), into: &octets))
                #expect(GSMAlphabet.decode(octets, shift: tables) == String(Character(character)))
                #expect(octets.count <= (isEscaped ? 2 : 1))
            }
            // The rows that all tables share (TS 23.038 Annex A).
            #expect(tables.character(0x65, isEscaped: true) == "€")
            #expect(tables.character(0x0A, isEscaped: true) == "\u{0C}")
            #expect(tables.character(0x0A, isEscaped: false) == "\n")
            #expect(tables.character(0x31, isEscaped: false) == "1")
        }
    }

    @Test func withoutTheKeyNothingChanges() throws {
        #expect(try segmented("Doğu şarkısı", policy([])).alphabet == .ucs2)
        let plain = try segmented("hello", policy([.turkish]))
        #expect(plain.segments == [Segment(octets: Array("hello".utf8))])
    }

    @Test func turkishByTheSingleShiftTable() throws {
        let result = try segmented("Iğdır", policy([.turkish]))
        #expect(result.alphabet == .gsm && result.dataCoding == 0 && !result.needsReference)
        #expect(
            result.segments == [
                Segment(octets: [3, 0x24, 1, 1, 0x49, 0x1B, 0x67, 0x64, 0x1B, 0x69, 0x72], hasUDH: true)
            ])
        #expect(read(result, policy([.turkish])) == "Iğdır")
    }

    /// 155 septets behind a header with one table; 149 in each part, 148 with a reference of 16 bits (TS 23.038 §6.2.1.2.4).
    @Test(arguments: [(LongMethod.udh8, 149), (.udh16, 148)])
    func theRoomOfOneTable(_ long: LongMethod, _ part: Int) throws {
        let policy = policy([.spanish], long: long)
        func text(_ septets: Int) -> String { String(repeating: "a", count: septets - 2) + "ú" }
        #expect(try segmented(text(155), policy).segments.count == 1)
        #expect(try segmented(text(156), policy).segments.count == 2)
        #expect(try segmented(text(2 * part), policy).segments.count == 2)
        #expect(try segmented(text(2 * part + 1), policy).segments.count == 3)
        let long = try segmented(text(2 * part), policy)
        #expect(long.segments.allSatisfy { $0.octets.count == part + (policy.long == .udh8 ? 9 : 10) })
        #expect(read(long, policy) == text(2 * part))
    }

    /// 152 and 146 with both tables.
    @Test func theRoomOfBothTables() throws {
        let policy = policy([.portuguese])
        // The locking table has the first, the single shift table alone the second.
        func text(_ septets: Int) -> String { String(repeating: "ê", count: septets - 2) + "Γ" }
        #expect(try segmented(text(152), policy).segments.count == 1)
        #expect(try segmented(text(153), policy).segments.count == 2)
        #expect(try segmented(text(292), policy).segments.count == 2)
        #expect(try segmented(text(293), policy).segments.count == 3)
        #expect(read(try segmented(text(292), policy), policy) == text(292))
    }

    @Test func packed() throws {
        let policy = policy([.turkish, .spanish], packed: true)
        for count in [1, 5, 100, 153, 154, 300, 600] {
            let text = "ş" + String(repeating: "ab1", count: count / 3)
            let result = try segmented(text, policy)
            #expect(result.segments.allSatisfy { $0.octets.count <= 140 && $0.hasUDH })
            #expect(read(result, policy) == text)
        }
    }

    /// Their numbering has no header of ours, or the SMSC makes one: then only a text of one segment has tables.
    @Test(arguments: [LongMethod.sar, .payload])
    func otherWaysOfLongTexts(_ long: LongMethod) throws {
        #expect(try segmented("şarkı", policy([.turkish], long: long)).alphabet == .gsm)
        let text = "ş" + String(repeating: "a", count: 200)
        #expect(try segmented(text, policy([.turkish], long: long)).alphabet == .ucs2)
    }

    @Test func manyTextsComeBackWhole() throws {
        var chance = SplitMix64(seed: 38)
        let letters = "aeiou ş ğ ı İ ç Ğ Ş € ^ áéíóú ãõêô ÃÕÊ क ख ग হ 1 2 3".filter { $0 != " " }.map(String.init)
        for round in 0..<2_000 {
            let policy = policy(
                NationalLanguage.allCases.filter { _ in Bool.random(using: &chance) },
                long: round % 2 == 0 ? .udh8 : .udh16, packed: round % 4 < 2)
            let text = chance.text(of: letters, count: Int.random(in: 1...400, using: &chance))
            let result = try segmented(text, policy)
            #expect(read(result, policy) == text, "\(result.alphabet)")
        }
    }
}

/// `default_alphabet: utf8` and `astral: replace`.
struct OtherTextOptionTests {
    @Test func utf8() throws {
        let policy = TextPolicy(defaultAlphabet: .utf8, dataCoding: [.utf8: 0, .ucs2: 8])
        let short = try Segmenter.segment("Привет, 👋", policy: policy) { 1 }
        #expect(short.alphabet == .utf8 && short.dataCoding == 0)
        #expect(short.segments == [Segment(octets: Array("Привет, 👋".utf8))])
        let text = String(repeating: "a", count: 133) + "я" + String(repeating: "🇷🇺", count: 40)
        let long = try Segmenter.segment(text, policy: policy) { 1 }
        let parts = long.segments.map { Array($0.octets.dropFirst(6)) }
        #expect(parts.allSatisfy { $0.count <= 134 && String(validating: $0, as: UTF8.self) != nil })
        // No scalar and no cluster is cut.
        #expect(parts.map { String(decoding: $0, as: UTF8.self).count }.reduce(0, +) == text.count)
        #expect(String(decoding: parts.joined(), as: UTF8.self) == text)
        #expect(
            TextDecoding.text(Array("я👋".utf8), alphabet: .utf8) == "я👋"
                && ReceivedAlphabet(dataCoding: 0, policy: policy) == .utf8)
    }

    @Test func astralCharactersBecomeQuestionMarks() throws {
        var policy = TextPolicy(dataCoding: [.gsm: 0, .ucs2: 8])
        #expect(try Segmenter.segment("ok 👍🏽 👨‍👩‍👧", policy: policy) { 1 }.alphabet == .ucs2)
        policy.replacesAstral = true
        let result = try Segmenter.segment("ok 👍🏽 👨‍👩‍👧", policy: policy) { 1 }
        #expect(result.alphabet == .gsm && result.segments == [Segment(octets: Array("ok ? ?".utf8))])
        let cyrillic = try Segmenter.segment("да 😀", policy: policy) { 1 }
        #expect(TextDecoding.text(cyrillic.segments[0].octets, alphabet: .ucs2) == "да ?")
    }
}
