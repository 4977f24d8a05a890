import Testing

@testable import Settings

/// `journal:` beyond what every key has in common.
@Suite("Journal settings")
struct JournalSettingsTests {
    private func fixture(_ journal: String, _ files: [String: String] = [:]) throws -> Fixture {
        let service = (Fixture.valid["config/smppost.yaml"] ?? "") + "\njournal: { \(journal) }\n"
        return try Fixture(["config/smppost.yaml": service].merging(files) { $1 })
    }

    /// There is one problem, and it says this.
    private func expectOne(
        _ words: String, of journal: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let problems = try fixture(journal).problems()
        #expect(problems.count == 1, sourceLocation: sourceLocation)
        #expect(problems.allSatisfy { $0.contains(words) }, sourceLocation: sourceLocation)
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

    /// An upgrade does not stop at a key of earlier versions.
    @Test func theLogsPlaceIsNoMatterAnyMore() throws {
        let power = try fixture("url: \"sqlite:x\", durability: power, log_directory: /dev/shm")
        #expect(try power.load().journal?.durability == .power)
        let warnings = power.warnings()
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("\"log_directory\" does nothing any more") == true)
    }

    @Test func timesFitTogether() throws {
        try expectOne(
            "\"duplicate_window\" (11m) is longer", of: "url: \"sqlite:x\", in_doubt_ttl: 10m, duplicate_window: 11m")
        try expectOne("\"retention\" (2h) is shorter", of: "url: \"sqlite:x\", retention: 2h")
        #expect(try fixture("url: \"sqlite:x\", retention: 3h, duplicate_window: 3h").problems() == [])
    }
}
