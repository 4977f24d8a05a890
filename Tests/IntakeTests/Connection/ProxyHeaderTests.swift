import Intake
import Testing

/// HAProxy's PROXY protocol, by its own examples, and by what an enemy makes of them.
@Suite struct ProxyHeaderTests {
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    private static func v2(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 0xFF)] + rest
    }

    private static let v4: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0xDC, 0x04, 0x01, 0xBB]
    private static let v6: [UInt8] =
        [0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 9, count: 16) + [
            0, 80, 1, 187,
        ]

    /// Whole headers, the client in each and its port.
    private static let good: [(bytes: [UInt8], client: String?, port: Int)] = [
        (Array("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n".utf8), "192.0.2.1", 56_324),
        (Array("PROXY TCP6 2001:db8::7 2001:db8::1 80 443\r\n".utf8), "2001:db8::7", 80),
        (Array("PROXY UNKNOWN\r\n".utf8), nil, 0), (Array("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n".utf8), nil, 0),
        (v2(0x21, 0x11, v4), "192.0.2.1", 56_324), (v2(0x21, 0x21, v6), "2001:db8::7", 80),
        (v2(0x21, 0x11, v4 + [0x04, 0, 1, 0]), "192.0.2.1", 56_324), (v2(0x20, 0x00, []), nil, 0),
        (v2(0x20, 0x11, v4), nil, 0), (v2(0x21, 0x31, [UInt8](repeating: 0, count: 216)), nil, 0),
    ]

    @Test(arguments: good.indices) func headers(_ index: Int) throws {
        let (bytes, client, port) = Self.good[index]
        let expected = client.flatMap { SourceAddress(parsing: $0) }
        #expect((expected == nil) == (client == nil))
        guard case .header(let header) = ProxyHeader.read(bytes + Array("GET / ".utf8)) else {
            Issue.record("no header")
            return
        }
        #expect(header.length == bytes.count && header.client == expected && header.port == port)
        for count in 0..<bytes.count { #expect(ProxyHeader.read(Array(bytes[..<count])) == .incomplete, "\(count)") }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
        "PROXY TCP4 2001:db8::1 192.0.2.2 1 2\r\n", "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
        "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
        "PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.1\0 192.0.2.2 1 2\r\n", "\r\n\r\nGET",
        "PROXY UNKNOWN " + String(repeating: "x", count: 100),
    ])
    func malformed(_ text: String) {
        #expect(ProxyHeader.read(Array(text.utf8)) == .malformed)
    }

    @Test func malformedVersion2() {
        for bytes in [
            Self.v2(0x11, 0x11, Self.v4), Self.v2(0x22, 0x11, Self.v4), Self.v2(0x21, 0x11, Array(Self.v4.dropLast())),
            Self.v2(0x21, 0x21, Self.v4), Self.v2(0x21, 0x11, [UInt8](repeating: 0, count: ProxyHeader.longest + 1)),
        ] {
            #expect(ProxyHeader.read(bytes) == .malformed)
        }
    }

    /// Whatever comes: an answer, and never a length beyond the bytes; more bytes behind a header change nothing of it.
    @Test(arguments: 1...20) func anything(_ round: Int) {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var bytes = Self.good.randomElement(using: &random)?.bytes ?? []
            for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = .random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
                case 2: bytes.remove(at: place)
                default: bytes.insert(.random(in: 0...255, using: &random), at: place)
                }
            }
            guard case .header(let header) = ProxyHeader.read(bytes) else { continue }
            #expect((1...bytes.count).contains(header.length) && (0...65_535).contains(header.port), "\(bytes)")
            #expect(ProxyHeader.read(bytes + [0, 1, 2]) == .header(header), "\(bytes)")
        }
    }
}
