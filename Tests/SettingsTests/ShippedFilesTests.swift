import Foundation
import SMPP
import TLS
import Testing

@testable import Settings

/// The files of `config` and `carriers`, as they are shipped.
@Suite("Shipped files")
struct ShippedFilesTests {
    private func shipped(_ path: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    private func fixture() throws -> Fixture {
        let fixture = try Fixture()
        for path in ["config/smppost.yaml", "config/accounts.yaml", "carriers/simulator.yaml"] {
            try fixture.write(path, try shipped(path))
        }
        try fixture.remove("carriers/main.yaml")
        try fixture.write("config/tls/server.crt", Fixture.certificate?.certificatePEM ?? "")
        try fixture.write("config/tls/server.key", Fixture.certificate?.keyPEM ?? "")
        return fixture
    }

    @Test func defaultWorksAndIsSafe() throws {
        let fixture = try fixture()
        let settings = try fixture.load()
        #expect(settings.warnings == [])
        #expect(settings.intake.listen.allSatisfy { NetworkText.isLoopback($0.host) })
        #expect(NetworkText.isLoopback(settings.monitor.listen.host))
        #expect(settings.journal?.store == .sqlite(path: fixture.root + "/config/var/smppost.db"))
        let account = try #require(settings.accounts.first)
        #expect(settings.accounts.count == 1)
        #expect((account.name, account.login, account.defaultSender) == ("demo", "demo", "SMPPOST"))
        #expect(account.senders == ["SMPPOST", "Demo"])
        #expect(account.allowFrom == ["127.0.0.1/32", "::1/128"])
        #expect(account.key == nil)
        #expect(account.password?.matches(Array("demo-password".utf8)) == true)
        #expect(account.password?.matches(Array("demo-passwort".utf8)) == false)
        let carrier = try #require(settings.carriers.first)
        #expect(carrier.setup.hosts.map(\.description) == ["127.0.0.1:2775"])
        #expect((carrier.setup.request.systemID, carrier.setup.request.password) == ("smppost", "simulatr"))
        #expect(carrier.setup.binds == [BindPlan(kind: .transceiver, count: 2)])
        #expect((carrier.setup.limits.window, carrier.setup.rate) == (100, nil))
    }

    @Test func withoutACertificateOnlyThatIsMissing() throws {
        let fixture = try fixture()
        try fixture.remove("config/tls")
        let problems = fixture.problems()
        #expect(problems.count == 2)
        #expect(
            problems.first?.hasSuffix("does not exist; make one with: smppost certificate --self-signed HOST") == true,
            "\(problems)")
        #expect(problems.last?.hasSuffix("server.key does not exist") == true, "\(problems)")
    }

    @Test func exampleWorks() throws {
        let fixture = try fixture()
        try fixture.write("carriers/example.yaml", try shipped("carriers/example.yaml.disabled"))
        let start = "carriers/example.yaml:"
        let problems = fixture.problems()
        #expect(problems.count == 2)
        #expect(problems.first == start + "1:1: no account uses this carrier")
        #expect(problems.last?.hasSuffix("carriers/secrets/example.password does not exist") == true)
    }

    /// The example shows defaults where it does not say otherwise.
    @Test func exampleShowsTheDefaults() throws {
        let fixture = try fixture()
        try fixture.write("carriers/simulator.yaml", try shipped("carriers/example.yaml.disabled"))
        try fixture.write("carriers/secrets/example.password", "secret")
        var example = try #require(try fixture.load().carriers.first)
        var plain = try #require(try Fixture().load().carriers.first)
        (plain.setup.name, plain.setup.hosts, plain.setup.request) = (
            example.name, example.setup.hosts, example.setup.request
        )
        #expect((example.setup.binds, example.setup.rate) == ([BindPlan(kind: .transceiver, count: 2)], 30))
        (example.setup.binds, example.setup.rate, example.setup.statuses) = (
            plain.setup.binds, plain.setup.rate, plain.setup.statuses
        )
        #expect(example == plain)
    }

    /// A key that a reader knows stands in the files that document it.
    @Test func everyKeyIsDocumented() throws {
        let log = ProblemLog()
        let fixture = try Fixture(FullConfiguration.files)
        try FullConfiguration.addSecrets(to: fixture)
        _ = try fixture.load(log: log)
        #expect(log.knownKeys.count > 90)
        let files = [
            "smppost": "config/smppost.yaml", "accounts": "config/accounts.yaml",
            "carrier": "carriers/example.yaml.disabled",
        ]
        // That one is known so that it can be told to be of no use any more.
        for key in log.knownKeys.sorted() where key != "smppost.journal.log_directory" {
            let parts = key.split(separator: ".").map(String.init)
            let text = try shipped(try #require(files[parts[0]]))
            let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }
            #expect(words.contains("\(parts[parts.count - 1]):"), "\(key) is not in \(files[parts[0]] ?? "")")
        }
    }

    /// A setting that is commented out works when it is not.
    @Test(arguments: ["config/smppost.yaml", "config/accounts.yaml", "carriers/example.yaml.disabled"])
    func commentedKeysAreRealOnes(_ path: String) throws {
        let fixture = try fixture()
        let target = path.hasPrefix("carriers") ? "carriers/simulator.yaml" : path
        let lines = try shipped(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let setting = #/^( *)# ( *[a-z_0-9]+:( .*)?)$/#
        var tried = 0
        var inSection = false
        var changed = lines
        for (index, line) in lines.enumerated() {
            guard let match = line.wholeMatch(of: setting) else {
                inSection = false
                continue
            }
            let active = String(match.1) + String(match.2)
            tried += 1
            // A commented section goes in with the lines below it; any other setting alone.
            if match.3 == nil || (inSection && match.2.hasPrefix(" ")) {
                inSection = true
                changed[index] = active
                continue
            }
            var one = lines
            one[index] = active
            try fixture.write(target, one.joined(separator: "\n"))
            let problems = fixture.problems().filter { $0.contains("unknown key") || $0.contains("not valid YAML") }
            #expect(problems == [], "\(active)")
        }
        try fixture.write(target, changed.joined(separator: "\n"))
        #expect(fixture.problems().filter { $0.contains("unknown key") || $0.contains("not valid YAML") } == [])
        #expect(tried >= 8)
    }
}
