import Testing

@testable import Messaging

struct SegmenterTests {
    private static let gsmOrUCS2 = TextPolicy(dataCoding: [.gsm: 0, .ucs2: 8])

    private func segmented(
        _ text: String, _ policy: TextPolicy = gsmOrUCS2, reference: UInt16 = 0x1234
    ) throws(TextProblem) -> SegmentedText {
        try Segmenter.segment(text, policy: policy) { reference }
    }

    private func text(_ count: Int, of character: String = "a") -> String { String(repeating: character, count: count) }

    // MARK: Alphabets

    @Test(
        arguments: [
            ("Hello @ {€}", .gsm, 0), ("Привет", .ucs2, 8), ("çê", .latin1, 3), ("😀", .ucs2, 8), ("`", .latin1, 3),
            ("naïve “quotes”", .ucs2, 8),
        ] as [(String, Alphabet, UInt8)])
    func `the cheapest alphabet that carries the text`(text: String, alphabet: Alphabet, coding: UInt8) throws {
        let result = try segmented(text, TextPolicy())
        #expect(result.alphabet == alphabet && result.dataCoding == coding)
        #expect(result.segments.count == 1 && !result.needsReference)
        #expect(TextDecoding.text(result.segments[0].octets, alphabet: alphabet) == text)
    }

    @Test func `an alphabet that the carrier does not list is not used`() throws {
        #expect(try segmented("çê").alphabet == .ucs2)
        #expect(try segmented("abc", TextPolicy(dataCoding: [.ucs2: 8])).dataCoding == 0)
        let latin = TextPolicy(defaultAlphabet: .latin1, dataCoding: [.ucs2: 2])
        #expect(try segmented("çê{", latin).alphabet == .latin1)
        #expect(try segmented("çê{", latin).dataCoding == 0)
        #expect(try segmented("Δ", latin).dataCoding == 2)
        #expect(try segmented("Δ", latin).alphabet == .ucs2)
    }

    @Test func `coding 0 is the default alphabet and no other`() throws {
        let policy = TextPolicy(defaultAlphabet: .latin1, dataCoding: [.gsm: 0, .latin1: 3, .ucs2: 8])
        #expect(try segmented("abc", policy).dataCoding == 3)
        #expect(try segmented("Δ", policy).alphabet == .ucs2)
        #expect(try segmented(text(150), policy).alphabet == .latin1)
        #expect(try segmented("Δ", TextPolicy(defaultAlphabet: .latin1, dataCoding: [.gsm: 5])).dataCoding == 5)
    }

    @Test func `UCS-2 carries what nothing else does, listed or not`() throws {
        #expect(try segmented("Привет", TextPolicy(dataCoding: [:])).dataCoding == 8)
        #expect(try segmented("Привет", TextPolicy(dataCoding: [.ucs2: 0x18])).dataCoding == 0x18)
    }

    @Test func `fewer segments count more than the default alphabet`() throws {
        let braces = text(100, of: "{")
        #expect(try segmented(braces).segments.count == 2)
        #expect(try segmented(braces, TextPolicy()).alphabet == .latin1)
        #expect(try segmented(braces, TextPolicy()).segments.count == 1)
        #expect(try segmented(text(400), TextPolicy(defaultAlphabet: .latin1)).alphabet == .latin1)
        #expect(try segmented(text(150), TextPolicy(defaultAlphabet: .latin1, dataCoding: [.gsm: 1])).alphabet == .gsm)
    }

    @Test func `ASCII as the default alphabet`() throws {
        let policy = TextPolicy(defaultAlphabet: .ascii, dataCoding: [.ucs2: 8])
        #expect(try segmented("a`{", policy).segments[0].octets == [0x61, 0x60, 0x7B])
        #expect(try segmented(text(160), policy).segments.count == 1)
        #expect(try segmented(text(159) + "{", policy).segments.count == 2)
        #expect(try segmented("é", policy).alphabet == .ucs2)
    }

    @Test func `transliteration only where it keeps a text in GSM`() throws {
        var policy = Self.gsmOrUCS2
        policy.transliterate = true
        let result = try segmented("“Shop” — 5\u{A0}€", policy)
        #expect(result.alphabet == .gsm)
        #expect(TextDecoding.text(result.segments[0].octets, alphabet: .gsm) == "\"Shop\" - 5 €")
        let cyrillic = try segmented("«Магазин» — 5", policy)
        #expect(TextDecoding.text(cyrillic.segments[0].octets, alphabet: .ucs2) == "«Магазин» — 5")
        let long = try segmented(text(100, of: "“—"), policy)
        #expect(long.segments.map(\.octets.count) == [159, 53])
        #expect(long.segments.flatMap { $0.octets.dropFirst(6) } == Array(text(100, of: "\"-").utf8))
    }

    // MARK: Lengths

    @Test(arguments: [
        (LongMethod.udh8, 153), (.udh16, 152), (.sar, 153),
    ])
    func `GSM at its bounds`(method: LongMethod, part: Int) throws {
        var policy = Self.gsmOrUCS2
        policy.long = method
        #expect(try segmented(text(160), policy).segments.map(\.octets.count) == [160])
        let header = method.headerLength
        #expect(try segmented(text(161), policy).segments.map(\.octets.count) == [part + header, 161 - part + header])
        #expect(try segmented(text(2 * part), policy).segments.count == 2)
        #expect(try segmented(text(2 * part + 1), policy).segments.count == 3)
        #expect(try segmented(text(10 * part), policy).segments.count == 10)
        #expect(throws: TextProblem.tooLong(parts: 11, max: 10)) { try segmented(text(10 * part + 1), policy) }
    }

    @Test(arguments: [
        (LongMethod.udh8, 67), (.udh16, 66), (.sar, 67),
    ])
    func `UCS-2 at its bounds`(method: LongMethod, part: Int) throws {
        var policy = Self.gsmOrUCS2
        policy.long = method
        #expect(try segmented(text(70, of: "я"), policy).segments.map(\.octets.count) == [140])
        #expect(try segmented(text(71, of: "я"), policy).segments.count == 2)
        #expect(try segmented(text(2 * part, of: "я"), policy).segments.count == 2)
        #expect(try segmented(text(2 * part + 1, of: "я"), policy).segments.count == 3)
        #expect(throws: TextProblem.tooLong(parts: 11, max: 10)) { try segmented(text(10 * part + 1, of: "я"), policy) }
    }

    @Test func `Latin-1 at its bounds`() throws {
        let policy = TextPolicy(dataCoding: [.latin1: 3])
        #expect(try segmented(text(140, of: "ç"), policy).segments.map(\.octets.count) == [140])
        #expect(try segmented(text(141, of: "ç"), policy).segments.map(\.octets.count) == [140, 13])
        var wide = policy
        wide.long = .udh16
        #expect(try segmented(text(141, of: "ç"), wide).segments.map(\.octets.count) == [140, 15])
    }

    @Test func `a carrier's own limits`() throws {
        var policy = TextPolicy(
            dataCoding: [.gsm: 0], long: .sar,
            limits: SegmentLimits(gsmSingle: 100, gsmPart: 50, ucs2Single: 30, ucs2Part: 20))
        #expect(try segmented(text(100), policy).segments.count == 1)
        #expect(try segmented(text(101), policy).segments.map(\.octets.count) == [50, 50, 1])
        #expect(try segmented(text(31, of: "я"), policy).segments.map(\.octets.count) == [40, 22])
        policy.dataCoding = [.gsm: 0, .latin1: 3]
        policy.limits = SegmentLimits(octetsSingle: 10, octetsPart: 5)
        #expect(try segmented(text(11, of: "ç"), policy).segments.map(\.octets.count) == [5, 5, 1])
        // Nonsense is brought to what short_message can hold, and a pair always fits.
        policy = TextPolicy(
            dataCoding: [:], maxParts: 255, limits: SegmentLimits(gsmSingle: 9999, gsmPart: 9999, ucs2Part: 0))
        #expect(try segmented(text(300), policy).segments.map(\.octets.count) == [254, 58])
        #expect(try segmented(text(36, of: "😀"), policy).segments.allSatisfy { $0.octets.count == 10 })
    }

    @Test func `more parts than a header can number are refused`() throws {
        var policy = Self.gsmOrUCS2
        policy.maxParts = 1000
        #expect(try segmented(text(153 * 255), policy).segments.count == 255)
        #expect(throws: TextProblem.tooLong(parts: 256, max: 255)) { try segmented(text(153 * 255 + 1), policy) }
        policy.maxParts = 0
        #expect(throws: TextProblem.tooLong(parts: 2, max: 1)) { try segmented(text(161), policy) }
    }

    @Test(arguments: ["", " ", "\n\t \u{A0}\r\n"])
    func `no text`(text: String) {
        #expect(throws: TextProblem.empty) { try segmented(text) }
    }

    // MARK: Cuts

    @Test func `no cut inside an escape pair`() throws {
        let result = try segmented(text(152) + "€" + text(100))
        #expect(result.segments.map(\.octets.count) == [6 + 152, 6 + 102])
        #expect(result.segments[1].octets[6..<8] == [0x1B, 0x65])
        #expect(try segmented(text(81, of: "{")).segments.map(\.octets.count) == [6 + 152, 6 + 10])
    }

    @Test func `no cut inside a surrogate pair`() throws {
        let result = try segmented(text(66, of: "я") + "😀" + text(20, of: "я"))
        #expect(result.segments.map(\.octets.count) == [6 + 132, 6 + 44])
        #expect(result.segments[1].octets[6..<10] == [0xD8, 0x3D, 0xDE, 0x00])
    }

    @Test(arguments: ["\r\n", "и\u{306}", "🇷🇺", "👍🏽", "👩‍👩‍👧‍👦", "❤️", "e\u{301}\u{323}", "क्षि"])
    func `no cut inside a grapheme cluster`(cluster: String) throws {
        let length = cluster.utf16.count
        for before in 68 - length..<67 {
            let whole = text(before, of: "я") + cluster + text(30, of: "я")
            let parts = try segmented(whole).segments.map {
                TextDecoding.text($0.octets.dropFirst(6), alphabet: .ucs2)
            }
            #expect(parts == [text(before, of: "я"), cluster + text(30, of: "я")])
        }
    }

    @Test func `a line end stays whole in GSM`() throws {
        let parts = try segmented(text(152) + "\r\n" + text(20)).segments
        #expect(parts.map(\.octets.count) == [6 + 152, 6 + 22])
    }

    @Test func `a cluster longer than a part is cut between scalars`() throws {
        let tower = "я" + text(100, of: "\u{306}")
        let parts = try segmented(text(60, of: "ю") + tower).segments
        #expect(parts.map(\.octets.count) == [6 + 134, 6 + 134, 6 + 54])
        #expect(
            parts.map { TextDecoding.text($0.octets.dropFirst(6), alphabet: .ucs2).unicodeScalars.count } == [
                67, 67, 27,
            ])
    }

    @Test func `whole clusters that take one part too many are too long`() {
        // 26 units each: 2 in a part of 67, though 5 parts would hold the units.
        let families = text(12, of: "👩🏽‍❤️‍💋‍👩🏽👩🏽‍❤️‍💋‍👩🏽".first.map(String.init) ?? "")
        var policy = Self.gsmOrUCS2
        policy.maxParts = 2
        #expect(throws: TextProblem.self) { try segmented(families, policy) }
    }

    // MARK: Ways of long texts

    @Test func `an 8-bit header`() throws {
        let result = try segmented(text(161))
        #expect(result.needsReference)
        #expect(result.segments.map { Array($0.octets.prefix(6)) } == [[5, 0, 3, 0x34, 2, 1], [5, 0, 3, 0x34, 2, 2]])
        #expect(result.segments.allSatisfy { $0.hasUDH && $0.sar == nil && !$0.isPayload })
    }

    @Test func `a 16-bit header`() throws {
        var policy = Self.gsmOrUCS2
        policy.long = .udh16
        let result = try segmented(text(161), policy)
        #expect(
            result.segments.map { Array($0.octets.prefix(7)) }
                == [[6, 8, 4, 0x12, 0x34, 2, 1], [6, 8, 4, 0x12, 0x34, 2, 2]])
        #expect(result.segments.allSatisfy { UserDataHeader.parse($0.octets)?.numbering?.part.reference == 0x1234 })
    }

    @Test func `sar parameters`() throws {
        var policy = Self.gsmOrUCS2
        policy.long = .sar
        let result = try segmented(text(161), policy)
        #expect(result.needsReference)
        #expect(
            result.segments.map(\.sar)
                == [
                    SARInfo(reference: 0x1234, total: 2, sequence: 1),
                    SARInfo(reference: 0x1234, total: 2, sequence: 2),
                ])
        #expect(result.segments.allSatisfy { !$0.hasUDH })
    }

    @Test func `a payload is one PDU, but its parts are counted`() throws {
        var policy = Self.gsmOrUCS2
        policy.long = .payload
        var calls = 0
        let result = try Segmenter.segment(text(1530), policy: policy) {
            calls += 1
            return 1
        }
        #expect(calls == 0 && !result.needsReference)
        #expect(result.segments == [Segment(octets: Array(text(1530).utf8), isPayload: true)])
        #expect(try segmented(text(160), policy).segments == [Segment(octets: Array(text(160).utf8))])
        #expect(throws: TextProblem.tooLong(parts: 11, max: 10)) { try segmented(text(1531), policy) }
    }

    @Test func `a reference is taken once, and only for a text that will be sent`() {
        var calls = 0
        for text in [text(160), text(2000), "", text(161), text(700, of: "я")] {
            _ = try? Segmenter.segment(text, policy: Self.gsmOrUCS2) {
                calls += 1
                return 1
            }
        }
        #expect(calls == 1)
    }

    @Test(arguments: [LongMethod.udh8, .udh16, .sar, .payload])
    func `packed GSM`(method: LongMethod) throws {
        var policy = Self.gsmOrUCS2
        policy.packedGSM = true
        policy.long = method
        #expect(try segmented("hello", policy).segments[0].octets == [0xE8, 0x32, 0x9B, 0xFD, 0x06])
        #expect(try segmented(text(160), policy).segments[0].octets.count == 140)
        #expect(try segmented("я", policy).segments[0].octets == [0x04, 0x4F])
        let whole = text(31, of: "ab{€}@ ,")
        let parts = try segmented(whole, policy).segments
        #expect(method == .payload || parts.allSatisfy { $0.octets.count <= 140 })
        let texts = parts.map { part in
            let header = part.hasUDH ? UserDataHeader.parse(part.octets)?.textStart ?? 0 : 0
            return TextDecoding.text(
                part.octets.dropFirst(header), alphabet: .gsm, packed: true, headerLength: header)
        }
        #expect(texts.joined() == whole)
    }
}
