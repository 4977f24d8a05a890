import Testing

@testable import Settings

/// `journal:` beyond what every key has in common.
@Suite("Journal settings")
struct JournalSettingsTests {
    private func fixture(_ journal: String, _ files: [String: String] = [:]) throws -> Fixture {
        let service = (Fixture.valid["config/smppost.yaml"] ?? "") + "\njournal: { \(journal) }\n"
        return try Fixture(["config/smppost.yaml": service].merging(files) { $1 })
    }

    @Test func defaults() throws {
        let fixture = try fixture("url: \"sqlite:x.db\"")
        let journal = try #require(try fixture.load().journal)
        var expected = JournalSettings(store: .sqlite(path: "\(fixture.root)/config/x.db"))
        #expect(journal == expected)
        expected.inDoubtTTL = .seconds(3 * 3600)
        expected.duplicateWindow = .zero
        expected.inDoubtReply = .unknown
        expected.onOutage = .refuse
        #expect(journal == expected)
        #expect(try fixture.load().warnings == [])
    }

    @Test func urlFromElsewhere() throws {
        let url = "postgresql://user:hunter2@host/db"
        let file = try fixture("url_file: secret.url", ["config/secret.url": url + "\n"])
        #expect(try file.load().journal?.store == .postgresql(url: url))
        let both = try fixture("url_file: secret.url, url: \"sqlite:x\"", ["config/secret.url": url])
        #expect(both.problems().count == 1)
        #expect(both.problems().allSatisfy { $0.contains("stand together") && !$0.contains("hunter2") })
        let missing = try fixture("url_env: SMPPOST_TEST_NOT_SET")
        #expect(missing.problems().count == 1)
    }

    @Test func theLogsPlaceFitsTheRest() throws {
        let power = try fixture("url: \"sqlite:x\", durability: power")
        #expect(try power.load().journal?.durability == .power)
        #expect(try power.load().journal?.logDirectory == nil)
        let both = try fixture("url: \"sqlite:x\", durability: power, log_directory: .")
        #expect(both.problems().count == 1)
        #expect(both.problems().allSatisfy { $0.contains("\"durability: power\" needs a disk") })
        let missing = try fixture("url: \"sqlite:x\", log_directory: nowhere")
        #expect(missing.problems().count == 1)
        #expect(missing.problems().allSatisfy { $0.contains("\"log_directory\" is no directory") })
        let server = try fixture("url: \"postgresql://user@host/db\", log_directory: .")
        #expect(server.problems().count == 1)
        #expect(server.problems().allSatisfy { $0.contains("\"log_directory\" is of a SQLite file") })
    }

    @Test func timesFitTogether() throws {
        let window = try fixture("url: \"sqlite:x\", in_doubt_ttl: 10m, duplicate_window: 11m")
        #expect(window.problems().count == 1)
        #expect(window.problems().allSatisfy { $0.contains("\"duplicate_window\" (11m) is longer") })
        let retention = try fixture("url: \"sqlite:x\", retention: 2h")
        #expect(retention.problems().count == 1)
        #expect(retention.problems().allSatisfy { $0.contains("\"retention\" (2h) is shorter") })
        #expect(try fixture("url: \"sqlite:x\", retention: 3h, duplicate_window: 3h").problems() == [])
    }
}
