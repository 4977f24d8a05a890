import Intake
import NIOCore
import Testing

@Suite struct AddressBlockTests {
    private func contains(_ block: String, _ address: String) throws -> Bool {
        try #require(AddressBlock(parsing: block)).contains(try #require(SourceAddress(parsing: address)))
    }

    @Test func blocks() throws {
        #expect(try contains("203.0.113.0/24", "203.0.113.255"))
        #expect(try !contains("203.0.113.0/24", "203.0.114.0"))
        #expect(try contains("203.0.113.7/24", "203.0.113.1"))
        #expect(try contains("203.0.113.7", "203.0.113.7"))
        #expect(try !contains("203.0.113.7", "203.0.113.6"))
        #expect(try contains("0.0.0.0/0", "255.1.2.3"))
        #expect(try !contains("0.0.0.0/0", "2001:db8::1"))
        #expect(try contains("2001:db8::/32", "2001:db8:ffff::1"))
        #expect(try !contains("2001:db8::/32", "2001:db9::1"))
        #expect(try contains("2001:db8::5/128", "2001:db8::5"))
        #expect(try contains("2001:db8:0:1::/64", "2001:db8:0:1:ffff::"))
        #expect(try !contains("2001:db8:0:1::/64", "2001:db8:0:2::"))
        #expect(try contains("::/0", "1.2.3.4"))
        #expect(try contains("10.0.0.0/8", "::ffff:10.9.8.7"))
        #expect(try contains("::1", "::1"))
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/+1", "1.2.3.4/8/8", "::1/129", "host",
        "1.2.3.4/0x8",
        "[::1]", "1.2.3.4:80", "::1/99999999999999999999",
    ])
    func notBlocks(_ text: String) {
        #expect(AddressBlock(parsing: text) == nil)
    }
}

@Suite struct AccountMeterTests {
    private let start = NIODeadline.uptimeNanoseconds(5_000_000_000)

    @Test func rateHasABurstOfOneSecond() {
        let meter = AccountMeter(rate: 10, inFlight: nil)
        for _ in 0..<10 { #expect(meter.admit(now: start) == .admitted) }
        #expect(meter.admit(now: start) == .limited(retryAfter: 1))
        #expect(meter.admit(now: start + .milliseconds(99)) == .limited(retryAfter: 1))
        #expect(meter.admit(now: start + .milliseconds(100)) == .admitted)
        #expect(meter.admit(now: start + .milliseconds(100)) == .limited(retryAfter: 1))
        for _ in 0..<10 { #expect(meter.admit(now: start + .seconds(60)) == .admitted) }
        #expect(meter.admit(now: start + .seconds(60)) == .limited(retryAfter: 1))
    }

    @Test func slowRatesTellWhen() {
        let meter = AccountMeter(rate: 0.1, inFlight: nil)
        #expect(meter.admit(now: start) == .admitted)
        #expect(meter.admit(now: start) == .limited(retryAfter: 10))
        #expect(meter.admit(now: start + .milliseconds(9_500)) == .limited(retryAfter: 1))
        #expect(meter.admit(now: start + .seconds(10)) == .admitted)
    }

    @Test func inFlight() {
        let meter = AccountMeter(rate: nil, inFlight: 2)
        #expect(meter.admit(now: start) == .admitted)
        #expect(meter.admit(now: start) == .admitted)
        #expect(meter.admit(now: start) == .limited(retryAfter: 1))
        #expect(meter.current == 2)
        meter.release()
        #expect(meter.admit(now: start) == .admitted)
    }

    @Test func loopsShareOneRate() async {
        let meter = AccountMeter(rate: 1000, inFlight: nil)
        let start = start
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<500).count { _ in meter.admit(now: start) == .admitted } }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == 1000)
    }
}
