import Testing

@testable import HTTPService

struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func membersAndElementsAreSeparated() {
        let written = text { json in
            json.object { json in
                json.member("a", 1)
                json.key("list")
                json.array { json in
                    json.integer(-1)
                    json.object { _ in }
                    json.array { $0.bool(true) }
                    json.null()
                }
                json.member("b", nil as String?)
                json.member("c", nil as Int?)
                json.member("d", 1.5)
                json.member("e", false)
                json.member("f", "x")
            }
        }
        #expect(written == #"{"a":1,"list":[-1,{},[true],null],"b":null,"c":null,"d":1.5,"e":false,"f":"x"}"#)
    }

    @Test func stringsAreEscaped() {
        #expect(text { $0.string("a\"b\\c\n\u{1F}\u{7F}é😀/") } == #""a\"b\\c\u000a\u001f"# + "\u{7F}é😀/\"")
        #expect(text { json in json.object { $0.member("k\"", "") } } == #"{"k\"":""}"#)
    }

    @Test func numbersThatAreNoneAreNull() {
        #expect(text { $0.number(.nan) } == "null")
        #expect(text { $0.number(-.infinity) } == "null")
        #expect(text { $0.number(0.1) } == "0.1")
        #expect(text { $0.integer(UInt64.max) } == "18446744073709551615")
    }
}
