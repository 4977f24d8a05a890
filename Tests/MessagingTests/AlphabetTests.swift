import Testing

@testable import Messaging

struct AlphabetTests {
    private func encoded(_ text: String, _ alphabet: Alphabet, transliterate: Bool = false) -> [UInt8]? {
        var octets: [UInt8] = []
        return alphabet.encode(text, transliterate: transliterate, into: &octets) ? octets : nil
    }

    @Test func `what is copied is its own septet`() {
        for octet in UInt8.min...UInt8.max {
            let isOwn =
                octet < 0x80 && GSMAlphabet.code(of: Unicode.Scalar(octet)) == .init(septet: octet, isExtended: false)
            let octets = [0x41, octet, 0x41]
            let isPlain = GSMAlphabet.isPlain(octets.span)
            #expect(isPlain == (isOwn && octet >= 0x20), "\(octet)")
        }
    }

    @Test func `every code of the default table, both ways`() {
        #expect(GSMAlphabet.characters.count == 128)
        for (septet, character) in GSMAlphabet.characters.enumerated() where septet != 0x1B {
            let text = character.map(String.init) ?? ""
            #expect(encoded(text, .gsm) == [UInt8(septet)])
            #expect(TextDecoding.text([UInt8(septet)], alphabet: .gsm) == text)
        }
    }

    @Test(
        arguments: [
            ("@", 0x00), ("£", 0x01), ("$", 0x02), ("\n", 0x0A), ("\r", 0x0D), ("Δ", 0x10), ("_", 0x11), ("Ξ", 0x1A),
            ("É", 0x1F),
            (" ", 0x20), ("¤", 0x24), ("0", 0x30), ("¡", 0x40), ("A", 0x41), ("Ä", 0x5B), ("§", 0x5F), ("¿", 0x60),
            ("a", 0x61),
            ("ä", 0x7B), ("à", 0x7F), ("Ç", 0x09), ("Ω", 0x15),
        ] as [(String, UInt8)])
    func `codes by the standard`(text: String, septet: UInt8) {
        #expect(encoded(text, .gsm) == [septet])
    }

    @Test(
        arguments: [
            ("\u{0C}", 0x0A), ("^", 0x14), ("{", 0x28), ("}", 0x29), ("\\", 0x2F), ("[", 0x3C), ("~", 0x3D),
            ("]", 0x3E),
            ("|", 0x40), ("€", 0x65),
        ] as [(String, UInt8)])
    func `the extension table, both ways`(text: String, septet: UInt8) {
        #expect(encoded(text, .gsm) == [0x1B, septet])
        #expect(TextDecoding.text([0x1B, septet], alphabet: .gsm) == text)
    }

    @Test func `exactly 137 scalars have a GSM code`() {
        let all = (0...0x10FFFF as ClosedRange<UInt32>).lazy.compactMap(Unicode.Scalar.init)
        #expect(all.count { GSMAlphabet.code(of: $0) != nil } == 137)
    }

    @Test(arguments: ["ç", "ё", "`", "\u{1B}", "\u{A0}", "’", "e\u{301}", "😀", "\t", "Α"])
    func `what GSM does not have`(text: String) {
        #expect(encoded(text, .gsm) == nil)
    }

    @Test func `an escape before what it does not extend`() {
        #expect(TextDecoding.text([0x1B, 0x41], alphabet: .gsm) == "A")
        #expect(TextDecoding.text([0x41, 0x1B], alphabet: .gsm) == "A ")
        #expect(TextDecoding.text([0x1B, 0x1B, 0x65], alphabet: .gsm) == " e")
        #expect(TextDecoding.text([0x80, 0xFF, 0x42], alphabet: .gsm) == "\u{FFFD}\u{FFFD}B")
        #expect(TextDecoding.text([] as [UInt8], alphabet: .gsm) == "")
    }

    @Test func `Latin-1 and ASCII`() {
        #expect(encoded("Aÿ\u{A0}ç", .latin1) == [0x41, 0xFF, 0xA0, 0xE7])
        for text in ["\u{80}", "\u{9F}", "Ā", "€", "я"] { #expect(encoded(text, .latin1) == nil) }
        #expect(encoded("A{~\n", .ascii) == [0x41, 0x7B, 0x7E, 0x0A])
        #expect(encoded("é", .ascii) == nil)
        #expect(TextDecoding.text([0x41, 0xFF, 0x85], alphabet: .latin1) == "Aÿ\u{85}")
        #expect(TextDecoding.text([0x41, 0xFF], alphabet: .ascii) == "A\u{FFFD}")
    }

    @Test func `UCS-2 is UTF-16BE`() {
        #expect(encoded("Aя😀", .ucs2) == [0x00, 0x41, 0x04, 0x4F, 0xD8, 0x3D, 0xDE, 0x00])
        #expect(TextDecoding.text([0x00, 0x41, 0x04, 0x4F, 0xD8, 0x3D, 0xDE, 0x00], alphabet: .ucs2) == "Aя😀")
        #expect(TextDecoding.text([0xD8, 0x3D, 0x00, 0x41], alphabet: .ucs2) == "\u{FFFD}A")
        #expect(TextDecoding.text([0x00, 0x41, 0x04], alphabet: .ucs2) == "A\u{FFFD}")
        #expect(TextDecoding.text([0x04], alphabet: .ucs2) == "\u{FFFD}")
    }

    @Test func `typographic signs become plain only on demand`() {
        let text = "«It’s» — “ok”–no\u{A0}way\u{2009}‘x’ „y‟ ‹z› 5−3‐2"
        #expect(encoded(text, .gsm) == nil)
        let octets = encoded(text, .gsm, transliterate: true)
        #expect(octets.map { TextDecoding.text($0, alphabet: .gsm) } == "\"It's\" - \"ok\"-no way 'x' \"y\" 'z' 5-3-2")
        #expect(encoded("“я”", .gsm, transliterate: true) == nil)
        #expect(encoded("…", .gsm, transliterate: true) == nil)
    }

    @Test func `what transliteration yields has a GSM code, and it never touches what has one`() {
        for value in 0...0x10FFFF as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value), let plain = Transliteration.plain(scalar) else { continue }
            #expect(GSMAlphabet.code(of: plain)?.isExtended == false)
            #expect(GSMAlphabet.code(of: scalar) == nil)
        }
    }
}
