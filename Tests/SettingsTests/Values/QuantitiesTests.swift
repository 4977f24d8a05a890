import Testing

@testable import Settings

@Suite("Quantities")
struct QuantitiesTests {
    @Test(arguments: [
        ("0s", Duration.zero), ("500ms", .milliseconds(500)), ("10s", .seconds(10)), ("5m", .seconds(300)),
        ("3h", .seconds(10_800)), ("7d", .seconds(604_800)), ("100000d", .seconds(8_640_000_000)),
    ])
    func durations(_ text: String, _ duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.text(duration) == text)
    }

    @Test(arguments: [
        "", "10", "s", "-1s", "+1s", "1.5s", "1 s", "10S", "1m30s", "100001d", "9999999999999999s", "999999999999d",
        "١s",
    ])
    func notDurations(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [
        ("0", 0), ("1000", 1000), ("64KiB", 65_536), ("64 KiB", 65_536), ("1MiB", 1_048_576), ("10B", 10),
    ])
    func sizes(_ text: String, _ size: Int) {
        #expect(ByteSize.parse(text) == size)
        #expect(ByteSize.parse(ByteSize.text(size)) == size)
    }

    @Test(arguments: ["", "KiB", "-1", "1KB", "64k", "1.5MiB", "9999999999999", "99999999999999999999MiB"])
    func notSizes(_ text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test(arguments: [("30/s", 30.0), ("0.5/s", 0.5), ("600/m", 10), ("3600/h", 1), ("100000/s", 100_000)])
    func rates(_ text: String, _ rate: Double) {
        #expect(RateText.parse(text) == rate)
    }

    @Test(arguments: [
        "", "30", "/s", "30/", "30/d", "-1/s", "0/s", "100001/s", "1e3/s", "nan/s", "inf/s", "1/2/s", "1..2/s", ".5/s",
        "0x10/s", "30 /s",
    ])
    func notRates(_ text: String) {
        #expect(RateText.parse(text) == nil)
    }

    @Test(arguments: [("0", 0), ("10", 10), ("-3", -3), ("0x1F", 31), ("999999999999", 999_999_999_999)])
    func wholeNumbers(_ text: String, _ number: Int) {
        #expect(MappingReader.wholeNumber(text) == number)
    }

    @Test(arguments: [
        "", "-", "+1", "010", "1_000", "1e3", "0x", "0x-1", "0x+1", "0xG", "1:30", "9999999999999", "0o7", "١",
    ])
    func notWholeNumbers(_ text: String) {
        #expect(MappingReader.wholeNumber(text) == nil)
    }

    @Test func suggestions() {
        let keys = ["senders", "default_sender", "rate", "carriers"]
        #expect(Suggestion.nearest(to: "sender", among: keys) == "senders")
        #expect(Suggestion.nearest(to: "Rate", among: keys) == "rate")
        #expect(Suggestion.nearest(to: "carreirs", among: keys) == "carriers")
        #expect(Suggestion.nearest(to: "window", among: keys) == nil)
        #expect(Suggestion.nearest(to: "", among: keys) == nil)
        #expect(Suggestion.nearest(to: String(repeating: "a", count: 100_000), among: keys) == nil)
        #expect(Suggestion.nearest(to: "x", among: []) == nil)
    }
}
