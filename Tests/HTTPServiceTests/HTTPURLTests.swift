import HTTPService
import Testing

@Suite struct HTTPURLTests {
    @Test(arguments: [
        ("https://example.net/sms", "example.net", 443, "/sms", "example.net"),
        ("HTTPS://example.net:8443/sms?a=b", "example.net", 8443, "/sms?a=b", "example.net:8443"),
        ("https://[::1]:8443", "::1", 8443, "/", "[::1]:8443"),
        ("https://[::1]/x", "::1", 443, "/x", "[::1]"),
        ("https://h?q", "h", 443, "/?q", "h"),
        ("http://h", "h", 80, "/", "h"),
        ("http://h:443/", "h", 443, "/", "h:443"),
    ])
    func parses(text: String, host: String, port: Int, target: String, authority: String) throws {
        let url = try #require(HTTPURL(text))
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.target == target)
        #expect(url.authority == authority)
        #expect(url.scheme == (text.lowercased().hasPrefix("https:") ? .https : .http))
        #expect(url.hasQuery == target.contains("?"))
    }

    @Test(arguments: [
        "", "example.net", "https://", "https:///sms", "https://h:0/", "https://h:65536/", "https://h:+80/",
        "https://h:/", "https://h:x/", "https://user@h/", "https://user:1@h/", "https://h/#f", "https://[::1",
        "https://[::1]x", "https://[h]/", "https://::1/", "https://h /", "https://h/\r\nX: y", "ftp://h/", "http//h/",
    ])
    func refuses(text: String) {
        #expect(HTTPURL(text) == nil)
    }

    @Test(arguments: ["http://127.0.0.1:8080", "http://[::1]:8080", "https://h/a/?b"])
    func saysWhatItIs(text: String) {
        #expect(HTTPURL(text)?.description == text)
    }

    @Test func aPathOfOnlyASlashIsNone() {
        #expect(HTTPURL("http://h/") != HTTPURL("https://h/"))
        #expect(HTTPURL("http://h/") == HTTPURL("http://h") && HTTPURL("http://h/")?.description == "http://h")
    }
}
