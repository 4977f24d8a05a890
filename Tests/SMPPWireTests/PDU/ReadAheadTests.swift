import SMPPWire
import Testing

@Suite struct ReadAheadTests {
    @Test func readsOnUpToItsBound() {
        var ahead = ReadAhead(bound: 100)
        ahead.read(1_000_000)
        #expect(ahead.mayRead)
        ahead.writability(false)
        ahead.read(99)
        #expect(ahead.mayRead)
        ahead.read(1)
        #expect(!ahead.mayRead)
        ahead.writability(true)
        #expect(ahead.mayRead)
        ahead.writability(false)
        ahead.read(99)
        #expect(ahead.mayRead)
    }
}
