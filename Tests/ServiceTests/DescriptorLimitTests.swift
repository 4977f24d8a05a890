import Service
import Testing

@Suite struct DescriptorLimitTests {
    private static let cases: [(Int, Int?, Int, Int)] = [
        (10_000, nil, 10, 10_000), (10_000, 65_536, 10, 10_000), (10_000, 1024, 10, 812), (500, 1024, 10, 500),
        (10_000, 100, 10, 50), (10_000, 1, 10, 1),
    ]

    @Test(arguments: cases)
    func someAreKeptForCarriersAndFiles(_ wanted: Int, _ limit: Int?, _ binds: Int, _ taken: Int) {
        #expect(DescriptorLimit.connections(wanted: wanted, limit: limit, binds: binds) == taken)
        let warning = DescriptorLimit.warning(wanted: wanted, limit: limit, binds: binds)
        #expect((warning == nil) == (taken == wanted))
        #expect(warning?.contains("\(taken) connections") ?? true)
    }

    @Test func theLimitIsTheHardOne() {
        let limit = DescriptorLimit.raise()
        #expect(limit == DescriptorLimit.raise())
    }
}
