import HTTPService
import SMPP
import Testing

@testable import Settings

@Suite struct PostingSettingsTests {
    private static let secret = "0123456789abcdef"

    /// A configuration whose carrier has these lines; with a journal unless told otherwise.
    private func fixture(_ inbound: String, hasJournal: Bool = true) throws -> Fixture {
        let fixture = try Fixture()
        try fixture.write("carriers/main.yaml", (Fixture.valid["carriers/main.yaml"] ?? "") + "\n" + inbound + "\n")
        if hasJournal {
            let service = Fixture.valid["config/smppost.yaml"] ?? ""
            try fixture.write("config/smppost.yaml", service + "\njournal: { url: \"sqlite:smppost.db\" }\n")
        }
        return fixture
    }

    @Test func read() throws {
        let line = "inbound: { url: \"https://[2001:db8::1]:8443/in?\", secret: \"\(Self.secret)\" }"
        let fixture = try fixture(line.replacing("?", with: ""))
        let inbound = try #require(try fixture.load().carriers[0].inbound)
        #expect(inbound.url.description == "https://[2001:db8::1]:8443/in")
        #expect(inbound.secret == Self.secret && inbound.giveUpAfter == .seconds(86_400) && inbound.caFile == nil)
        #expect(!"\(inbound)".contains(Self.secret))
        #expect(fixture.warnings() == [])
        let carrier = try fixture.load().carriers[0]
        #expect(carrier.setup.deliveryRetryStatus == .systemError && carrier.setup.limits.deliveryWithin == .seconds(5))
        #expect(carrier.setup.limits.deliveries == 1000)
    }

    @Test(arguments: [
        "http//host/", "ftp://host/", "https://", "https://host/?a=b", "https://user@host/", "https://host/#x",
        "https://host:0/", "https://host:65536/", "https://host:1a/", "https://ho st/", "https://[::1/",
        "https://[::1]x",
        "host.example/in", "",
    ]) func wrongAddresses(_ url: String) throws {
        let problems = try fixture("inbound: { url: \"\(url)\", secret: \"\(Self.secret)\" }").problems()
        #expect(problems.count == 1 && problems[0].contains("\"url\" must be an address like"), "\(problems)")
    }

    @Test func whatBelongsTogether() throws {
        let noSecret = try fixture("inbound: { url: \"https://host.example\" }").problems()
        #expect(noSecret.count == 1 && noSecret[0].contains("\"secret_file\" is missing"), "\(noSecret)")
        let noURL = try fixture("inbound: { secret: \"\(Self.secret)\" }").problems()
        #expect(noURL.count == 1 && noURL[0].contains("\"url\" is missing"), "\(noURL)")
        let noJournal = try fixture(
            "inbound: { url: \"https://host.example\", secret: \"\(Self.secret)\" }", hasJournal: false
        ).problems()
        #expect(noJournal == ["carriers/main.yaml:1:1: \"inbound\" needs \"journal\" in smppost.yaml"])
    }

    @Test func doubts() throws {
        let warnings = try fixture("inbound: { url: \"http://host.example/\", secret: short }").warnings()
        #expect(warnings.count == 2)
        #expect(warnings.contains { $0.contains("is not https") })
        #expect(warnings.contains { $0.contains("can be guessed") && !$0.contains("short ") })
    }

    @Test func retryStatusIsNotZero() throws {
        let problems = try fixture("receipts: { retry_status: 0 }").problems()
        #expect(problems.count == 1 && problems[0].contains("retry_status"), "\(problems)")
        #expect(
            try fixture("receipts: { retry_status: 0x58 }").load().carriers[0].setup.deliveryRetryStatus.rawValue
                == 0x58)
    }
}
