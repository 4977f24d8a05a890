import SMPP
import Testing

@testable import Settings

@Suite("Network texts")
struct NetworkTextTests {
    @Test(arguments: [
        ("127.0.0.1:0", "127.0.0.1", 0), ("smsc1.example.net:2775", "smsc1.example.net", 2775),
        ("[::1]:65535", "::1", 65535),
        ("[2001:db8::192.0.2.1]:80", "2001:db8::192.0.2.1", 80), ("localhost:1", "localhost", 1), ("a_b:1", "a_b", 1),
    ])
    func hostPorts(_ text: String, _ host: String, _ port: Int) {
        let parsed = NetworkText.hostPort(text)
        #expect(parsed?.host == host)
        #expect(parsed?.port == port)
    }

    @Test(arguments: [
        "", ":", ":80", "host", "host:", "host:65536", "host:-1", "host:+1", "host:8a", "::1:80", "[::1]", "[::1:80",
        "::1]:80",
        "[127.0.0.1]:80", "256.0.0.1:80", "1.2.3:80", "01.2.3.4:80", "1.2.3.4.5:80", "-a:80", "a-:80", "a..b:80",
        "a b:80",
        "http://a:80", "a:080000", "хост:80", "[]:80", "[::1%eth0]:80",
    ])
    func notHostPorts(_ text: String) {
        #expect(NetworkText.hostPort(text) == nil)
    }

    @Test(arguments: [
        "0.0.0.0/0", "203.0.113.0/24", "203.0.113.7", "::/0", "::1/128", "2001:db8::", "::ffff:192.0.2.1/120",
    ])
    func blocks(_ text: String) {
        #expect(NetworkText.isAddressBlock(text))
    }

    @Test(arguments: [
        "", "/", "/24", "203.0.113.0/33", "203.0.113.0/-1", "203.0.113.0/", "203.0.113.0/24/1", "::/129", "localhost/8",
        "203.0.113/24", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":::", "1:2:3:4:5:6:7::8:9", "12345::", "g::",
        "::1.2.3", "1.2.3.4::", ":1", "1:",
    ])
    func notBlocks(_ text: String) {
        #expect(!NetworkText.isAddressBlock(text))
    }

    @Test func loopback() {
        for host in ["127.0.0.1", "127.9.9.9", "::1", "localhost"] { #expect(NetworkText.isLoopback(host)) }
        for host in ["0.0.0.0", "::", "128.0.0.1", "127.example.net", "10.0.0.1"] {
            #expect(!NetworkText.isLoopback(host))
        }
    }

    @Test func addressesArePrintedAsTheyAreRead() {
        #expect(HostPort(host: "::1", port: 80).description == "[::1]:80")
        #expect(HostPort(host: "smsc.example.net", port: 2775).description == "smsc.example.net:2775")
    }
}
