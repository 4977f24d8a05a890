import Testing

@testable import Messaging

struct SenderNameTests {
    private func problem(_ text: String) -> SenderProblem? {
        do {
            _ = try SenderName(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            ("ACME", .alphanumeric("ACME")), ("Acme Shop", .alphanumeric("Acme Shop")), ("A", .alphanumeric("A")),
            (" ACME\u{A0}", .alphanumeric("ACME")), ("Shop_24/7", .alphanumeric("Shop_24/7")),
            ("12345678901", .international("12345678901")), ("Elevenchars", .alphanumeric("Elevenchars")),
            ("900", .short("900")), ("12345678", .short("12345678")), ("123456789", .international("123456789")),
            ("79161234567", .international("79161234567")), ("+79161234567", .international("79161234567")),
            ("+7 (916) 123-45-67", .international("79161234567")), ("+1234567", .international("1234567")),
            ("123456789012345", .international("123456789012345")), ("+ACME", .alphanumeric("+ACME")),
            ("8-800", .alphanumeric("8-800")),
        ] as [(String, SenderName)])
    func `senders are told apart`(text: String, expected: SenderName) throws {
        #expect(try SenderName(text) == expected)
    }

    /// Names are read by octets where they are plain: a space at an end makes the same name be read by scalars.
    @Test func `plain names are read as all others`() {
        for first in 0..<UInt8(0x80) {
            for second in 0..<UInt8(0x80) {
                let name = String(decoding: [first, 0x41, second], as: UTF8.self)
                #expect((try? SenderName(name)) == (try? SenderName("\u{2003}" + name)), "\(first), \(second)")
            }
        }
    }

    @Test func `its text is what goes on the wire`() throws {
        #expect(try SenderName("+79161234567").text == "79161234567")
        #expect(try SenderName("900").text == "900")
        #expect(try SenderName(" ACME ").text == "ACME")
    }

    @Test(arguments: ["", " ", "\u{A0}\t"])
    func `empty`(text: String) { #expect(problem(text) == .empty) }

    @Test(arguments: ["Twelve chars", "1234567890123456", "+1234567890123456", "A1234567890123456"])
    func `too long`(text: String) { #expect(problem(text) == .tooLong) }

    @Test(arguments: [
        "A@B", "Магазин", "АCME", "Café", "ACME€", "A{B}", "A[B]", "A^B", "A|B", "A~B", "A\\B", "A`B", "A\nB",
        "A\u{0}B", "12", "1",
        "+12345", "A\u{A0}B", "😀", "٣٤٥٦", "A\u{7F}", "Очень длинное имя",
    ])
    func `what a handset would not get`(text: String) { #expect(problem(text) == .badCharacter) }
}
