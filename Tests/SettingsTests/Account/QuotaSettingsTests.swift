import Messaging
import Testing

@testable import Settings

/// `quota`, `per_recipient`, `blocked` and `destinations` with exclusions.
@Suite struct QuotaSettingsTests {
    private func fixture(_ lines: [String], _ others: [String: String] = [:]) throws -> Fixture {
        let account = [
            "accounts:", "  - name: acme", "    login: acme", "    password: \"\(Fixture.hash)\"",
            "    carriers: [main]", "    country: RU",
        ]
        let files = ["config/accounts.yaml": (account + lines.map { "    " + $0 }).joined(separator: "\n")]
        return try Fixture(files.merging(others, uniquingKeysWith: { $1 }))
    }

    private func journal(_ lines: String...) -> [String: String] {
        let journal = ["", "journal:", "  url: \"sqlite:x.db\""] + lines.map { "  " + $0 }
        return [
            "config/smppost.yaml": (Fixture.valid["config/smppost.yaml"] ?? "") + journal.joined(separator: "\n")
        ]
    }

    @Test(arguments: [
        ("quota: { day: 0 }", "7:19: \"day\" must be a whole number from 1 to 1000000000, not \"0\""),
        ("quota: { zone: UTC }", "7:12: \"day\" is missing; a quota has \"day\" or \"month\" or both"),
        (
            "quota: { day: 1, zone: Mars }",
            "7:28: \"zone\" must be a time zone like Europe/Moscow or UTC, not \"Mars\""
        ),
        (
            "per_recipient: 5",
            "7:20: \"per_recipient\" must be messages to one number an hour, like 5/h, from 1/h to 1000/h, not \"5\""
        ),
        (
            "per_recipient: 5/m",
            "7:20: \"per_recipient\" must be messages to one number an hour, like 5/h, from 1/h to 1000/h, not \"5/m\""
        ),
        (
            "destinations: [\"!7x\"]",
            "7:20: \"destinations\" must be a prefix of 1 to 15 digits, or one behind \"!\" that is left out, not \"!7x\""
        ),
    ])
    func whatIsWrong(_ line: String, _ problem: String) throws {
        #expect(try fixture([line]).problems() == ["config/accounts.yaml:" + problem])
    }

    @Test func aFileThatIsNotThere() throws {
        #expect(
            try fixture(["blocked: none.txt"]).problems() == [
                "config/accounts.yaml:7:14: \"none.txt\" does not exist"
            ])
    }

    /// A line that is no number does not stop the bridge: who exports the list may not be who runs it.
    @Test func aLineThatIsNoNumberIsAWarning() throws {
        let lines = (1...12).map { _ in "x\n" }.joined()
        let fixture = try fixture(["blocked: list.txt"], ["config/list.txt": "79161234567\n" + lines])
        #expect(fixture.problems() == [])
        let warnings = fixture.warnings()
        #expect(warnings.count == 11)
        #expect(
            warnings.contains(
                "config/list.txt:2:1: this line is left out: it is neither a number nor a prefix with * behind it"))
        #expect(warnings.contains("config/list.txt:1:1: 12 lines in all are left out"))
        let file = try #require(try fixture.load().accounts.first?.blocked.first)
        #expect(file.numbers.count == 1 && !file.hasChanged)
        try fixture.write("config/list.txt", "79161234567\n79161234568\n")
        #expect(file.hasChanged)
        #expect(try file.readAnew { Issue.record("\($0)") }.numbers.count == 2)
    }

    @Test func whatARestartCannotKnowIsAWarning() throws {
        let quota = ["quota: { month: 10 }", "per_recipient: 1/h"]
        let without = try fixture(quota).warnings()
        #expect(
            without == [
                "config/accounts.yaml:1:1: account acme: without \"journal\" in smppost.yaml its quota begins anew at each start"
            ])
        #expect(try fixture(quota, journal("retention: 31d")).warnings() == [])
        let short = try fixture(quota, journal("retention: 7d", "mask_numbers: true")).warnings()
        #expect(short.count == 2)
        #expect(short.contains { $0.contains("(7d) is shorter than a month") })
        #expect(short.contains { $0.contains("\"mask_numbers\"") })
    }
}
