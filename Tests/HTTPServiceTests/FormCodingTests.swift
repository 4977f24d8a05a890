import HTTPService
import Testing

@Suite struct FormCodingTests {
    @Test func encodesAFormValue() {
        #expect("a b+c&d=é*-._~".formEncoded == "a+b%2Bc%26d%3D%C3%A9*-._%7E")
        #expect("\r\n\u{0}".formEncoded == "%0D%0A%00")
    }

    @Test func forms() {
        #expect(
            FormCoding.encode([("text", "a b&c=d+é\n%"), ("", ""), ("x", "*-._~")])
                == "text=a+b%26c%3Dd%2B%C3%A9%0A%25&=&x=*-._%7E")
    }

    @Test func whatWasEncodedIsReadBack() {
        let fields = [(name: "a b", value: "é&=+%\n"), (name: "", value: ""), (name: "a b", value: "second")]
        #expect(FormCoding.decode(Substring(FormCoding.encode(fields))) == ["a b": "é&=+%\n", "": ""])
    }

    @Test(arguments: ["%", "%4", "%zz", "a=%FF", String(repeating: "a=b&", count: 33)])
    func refuses(text: String) {
        #expect(FormCoding.decode(Substring(text)) == nil)
    }
}
