import NIOCore
import SMPP
import Testing

struct IPAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("::", "::"), ("fe80::", "fe80::"),
        ("::ffff:127.0.0.1", "::ffff:7f00:1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ])
    func whatIsRead(_ text: String, _ told: String) {
        #expect(IPAddress(text)?.description == told)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.256", "+1.2.3.4", "01.2.3.4", "localhost", "1:2", "1::2::3", "::g", "::+1", "::00001",
        "1:2:3:4:5:6:7:8:9", ":", "1.2.3.4::", "fe80::1%lo", "1:2:3:4:5:6:7::8:9",
    ])
    func whatIsNone(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    /// The system reads what is written, and writes the same but for dotted quads.
    @Test func asTheSystemDoes() throws {
        var draws = SplitMix64(seed: 1)
        for _ in 0..<2000 {
            // Many zeros, so that runs of them are tried.
            let groups = (0..<8).map { _ in draws.next() % 3 == 0 ? UInt64(draws.next() % 0x10000) : 0 }
            let halves = [groups[..<4], groups[4...]].map { $0.reduce(UInt64(0)) { $0 << 16 | $1 } }
            let v4 = IPAddress(ipv4: UInt32(truncatingIfNeeded: halves[1] >> 16))
            for address in [IPAddress(ipv6: halves[0], halves[1]), v4] {
                let system = try #require(try SocketAddress(ipAddress: address.description, port: 0).ipAddress)
                #expect(system == address.description || system.contains("."))
                #expect(IPAddress(system) == address)
            }
        }
    }
}
