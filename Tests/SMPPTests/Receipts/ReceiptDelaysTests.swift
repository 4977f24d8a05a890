import Testing

@testable import SMPP

@Suite struct ReceiptDelaysTests {
    @Test func countsByBucket() throws {
        var delays = ReceiptDelays()
        #expect(delays.mean == nil && delays.bound(ofShare: 0.5) == nil)
        for seconds in [-1.0, 0.5, 1, 4, 100_000] { delays.add(.seconds(seconds)) }
        #expect(delays.count == 5 && delays.longest == 100_000)
        #expect(delays.buckets.reduce(0, +) == 5)
        #expect(delays.buckets.first == 3 && delays.buckets.last == 1)
        #expect(delays.bound(ofShare: 0.5) == 1)
        #expect(delays.bound(ofShare: 0.8) == 5)
        #expect(delays.bound(ofShare: 1) == 100_000)
        #expect(try #require(delays.mean) == 100_005.5 / 5)
    }

    @Test func noBoundIsAboveTheLongest() {
        var delays = ReceiptDelays()
        delays.add(.milliseconds(20))
        #expect(delays.bound(ofShare: 0.99) == 0.02)
    }
}
