import LoadTest
import Testing

@Suite struct FormURLTests {
    @Test(arguments: [
        ("https://example.net/sms", "example.net", 443, "/sms", "example.net"),
        ("HTTPS://example.net:8443/sms?a=b", "example.net", 8443, "/sms?a=b", "example.net:8443"),
        ("https://[::1]:8443", "::1", 8443, "/", "[::1]:8443"),
        ("https://[::1]/x", "::1", 443, "/x", "[::1]"),
        ("https://h?q", "h", 443, "/?q", "h"),
    ])
    func parses(text: String, host: String, port: Int, path: String, authority: String) throws {
        let url = try #require(FormURL(text))
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.path == path)
        #expect(url.authority == authority)
    }

    @Test(arguments: [
        "", "http://example.net/", "example.net", "https://", "https:///sms", "https://h:0/", "https://h:65536/",
        "https://h:x/", "https://user@h/", "https://h/#f", "https://[::1", "https://h /", "https://h/\r\nX: y",
    ])
    func refuses(text: String) {
        #expect(FormURL(text) == nil)
    }

    @Test func encodesAFormValue() {
        #expect("a b+c&d=é*-._~".formEncoded == "a+b%2Bc%26d%3D%C3%A9*-._%7E")
        #expect("\r\n\u{0}".formEncoded == "%0D%0A%00")
    }
}
