import Foundation
import SMPP
import Testing

@testable import Settings

@Suite("Secrets")
struct SecretTests {
    private func fixture(_ password: String) throws -> Fixture {
        try Fixture(["carriers/main.yaml": "hosts: [\"smsc.example.net:2775\"]\nsystem_id: acme\n\(password)\n"])
    }

    @Test func fromAFile() throws {
        for text in ["s3cret", "s3cret\n", "s3cret\r\n"] {
            let fixture = try fixture("password_file: secrets/p")
            try fixture.write("carriers/secrets/p", text)
            #expect(try fixture.load().carriers.first?.setup.request.password == "s3cret")
        }
    }

    @Test func fromTheEnvironment() throws {
        let fixture = try fixture("password_env: SMSC_PASSWORD")
        #expect(
            try fixture.load(environment: ["SMSC_PASSWORD": "s3cret"]).carriers.first?.setup.request.password
                == "s3cret")
        #expect(
            fixture.problems(environment: ["SMSC_PASSWORD": ""]) == [
                "carriers/main.yaml:3:15: \"password_env\": the environment variable \"SMSC_PASSWORD\" is empty"
            ])
        #expect(fixture.problems(environment: ["SMSC_PASSWORD": "a\u{0}"]).count == 1)
        #expect(
            try self.fixture("password_env: \"hunter 2\"").problems() == [
                "carriers/main.yaml:3:15: \"password_env\" must be the name of an environment variable: letters, digits "
                    + "and _"
            ])
    }

    @Test func filesThatDoNotDo() throws {
        let fixture = try fixture("password_file: secrets/p")
        let start = "carriers/main.yaml:3:16: \"password_file\": carriers/secrets/p "
        #expect(fixture.problems() == [start + "does not exist"])
        for empty in ["", "\n"] {
            try fixture.write("carriers/secrets/p", empty)
            #expect(fixture.problems() == [start + "is empty"])
        }
        for text in ["one\ntwo\n", "one\n\n", "\none"] {
            try fixture.write("carriers/secrets/p", text)
            #expect(fixture.problems() == [start + "must hold one line without control characters"])
        }
        try fixture.write("carriers/secrets/p", [0xFF, 0xFE])
        #expect(fixture.problems() == [start + "is not UTF-8 text"])
        try fixture.write("carriers/secrets/p", String(repeating: "x", count: 4097))
        #expect(fixture.problems() == [start + "is larger than 4KiB"])
        try fixture.remove("carriers/secrets/p")
        try fixture.write("carriers/secrets/p/q", "x")
        #expect(fixture.problems() == [start + "is a directory, not a file"])
        #expect(
            try self.fixture("password_file: /dev/null").problems() == [
                "carriers/main.yaml:3:16: \"password_file\": /dev/null is not a regular file"
            ])
    }

    @Test func filesThatOthersMayRead() throws {
        let fixture = try fixture("password_file: secrets/p")
        for mode in [0o604, 0o644] {
            try fixture.write("carriers/secrets/p", "s3cret", mode: mode)
            #expect(fixture.problems() == [])
            #expect(
                fixture.warnings() == [
                    "carriers/main.yaml:3:16: \"password_file\": carriers/secrets/p may be read by everybody: "
                        + "give it to the service's group (chown root:smppost) and chmod 640 it"
                ])
        }
        // The group is this process's, as a service's is.
        for mode in [0o640, 0o400] {
            try fixture.write("carriers/secrets/p", "s3cret", mode: mode)
            #expect(fixture.warnings() == [])
        }
    }

    @Test func onlyOneWay() throws {
        let fixture = try fixture("password: s3cret\npassword_env: X\npassword_file: p")
        #expect(
            fixture.problems() == [
                "carriers/main.yaml:5:16: \"password\" and \"password_file\" and \"password_env\" stand together; only one of "
                    + "them may"
            ])
    }

    @Test func passwordsOfAccountsAreHashes() throws {
        func problems(_ lines: String) throws -> [String] {
            try Fixture([
                "config/accounts.yaml": "accounts:\n  - name: a\n    carriers: [main]\n    login: a\n\(lines)\n"
            ]).problems()
        }
        #expect(
            try problems("    password: hunter2") == [
                "config/accounts.yaml:5:15: \"password\" must be a hash, not the password itself; make one with: smppost "
                    + "hash password"
            ])
        #expect(
            try problems("    password: \"\(Fixture.hash)\"\n    key: hunter2") == [
                "config/accounts.yaml:6:10: \"key\" must be a hash, not the key itself; make both with: smppost hash key"
            ])
        let broken = try problems("    password: \"$scrypt$ln=15,r=8,p=1$hunter2\"\n    key: \"$sha256$hunter2\"")
        #expect(broken.count == 2)
        #expect(broken.allSatisfy { $0.contains(" is not a whole $") && !$0.contains("hunter2") })
    }

    /// Whatever is wrong around a secret, its text is not told.
    @Test(arguments: [
        "password: hunter2\npassword_env: X", "password: \(String(repeating: "hunter2", count: 10))",
        "password: [hunter2]",
        "password: { hunter2: 1 }",
        "password: \"hunter2\\u0007\"", "password: &hunter2 x", "password: !hunter2 x", "{password:hunter2}",
        "password=hunter2: x", "passwort: hunter2", "password: hunter2\npassword: hunter2", "tls: hunter2",
        "enquire_link: hunter2\npassword: x", "password_env: hunter2-", "password: \"hunter2", "password: [hunter2",
        "password_file: hunter2\u{1}", "binds: hunter2",
    ])
    func neverTold(_ lines: String) throws {
        let problems = try fixture(lines).problems()
        #expect(!problems.isEmpty)
        #expect(problems.allSatisfy { !$0.contains("hunter2") }, "\(problems)")
    }

    @Test func neverPrinted() throws {
        let fixture = try Fixture(FullConfiguration.files)
        try FullConfiguration.addSecrets(to: fixture)
        let settings = try fixture.load()
        for text in [
            "\(settings.monitor)", "\(settings.carriers[0])", "\(settings.carriers[0].setup.request)",
            "\(JournalSettings(store: .postgresql(url: "s3cret")))",
            "\(Secret(text: "s3cret", place: Place(file: "f")))",
        ] {
            #expect(!text.contains("s3cret") && !text.contains("0123456789abcdef"), "\(text)")
        }
    }
}
