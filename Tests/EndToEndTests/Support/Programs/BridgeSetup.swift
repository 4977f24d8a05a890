import TestPrograms

/// The login that the tests' accounts share the password of.
enum TestAccount {
    static let login = "acme"
    static let password = "correct horse battery"
}

/// Hashes and a key, made once per test run by `smppost hash`.
struct TestSecrets: Sendable {
    let passwordHash: String
    let key: String
    let keyHash: String

    private static let made = Task { try await make() }

    static func shared() async throws -> TestSecrets { try await made.value }

    private static func make() async throws -> TestSecrets {
        let password = try await run(Repository.smppost, ["hash", "password"], input: TestAccount.password + "\n")
        let key = try await run(Repository.smppost, ["hash", "key"])
        let keyLines = key.standardOutput.split(separator: "\n").map(String.init)
        guard password.exitCode == 0, key.exitCode == 0, keyLines.count == 2 else {
            throw HarnessError("smppost hash: \(password.everything) \(key.everything)")
        }
        return TestSecrets(
            passwordHash: String(password.standardOutput.prefix { !$0.isNewline }), key: keyLines[0],
            keyHash: keyLines[1])
    }
}

/// An account of `accounts.yaml`.
struct AccountSetup: Sendable {
    var name = "acme"
    var login: String? = "acme"
    /// Whether the tests' key opens it: one account of a bridge at most.
    var hasKey = false
    var carriers = ["main"]
    var language = "ru"
    /// Whether it may send under any name, instead of its four.
    var anySender = false
    /// Nil = none.
    var defaultSender: String? = "ACME"
    var country = "RU"
    /// Further lines, such as `rate: 1/s`.
    var lines: [String] = []

    func yaml(_ secrets: TestSecrets) -> String {
        var result = ["- name: \(name)"]
        if let login {
            result += ["login: \(login)", "password: \"\(secrets.passwordHash)\""]
        }
        if hasKey {
            result.append("key: \"\(secrets.keyHash)\"")
        }
        if !anySender {
            result.append("senders: [ACME, \"Acme Shop\", \"79160000001\", \"1234\"]")
        }
        if let defaultSender { result.append("default_sender: \(defaultSender)") }
        result += [
            "carriers: [\(carriers.joined(separator: ", "))]", "country: \(country)", "language: \(language)",
        ]
        result += lines
        return result.joined(separator: "\n    ")
    }
}

/// A carrier file.
struct CarrierSetup: Sendable {
    var name = "main"
    /// 0: the port of the simulator that the test starts with the bridge.
    var port = 0
    /// Of further hosts, all 127.0.0.1.
    var otherPorts: [Int] = []
    var systemID = "acme"
    var password = "smppass"
    var window = 10
    var binds = 1
    /// The entries of `binds:` in place of `binds` transceivers.
    var bindList: String?
    /// Further lines, such as `rate: 1/s`.
    var lines: [String] = []

    private var hosts: String {
        ([port] + otherPorts).map { "\"127.0.0.1:\($0)\"" }.joined(separator: ", ")
    }

    var yaml: String {
        ([
            "hosts: [\(hosts)]", "system_id: \(systemID)", "password: \(password)",
            "binds: [\(bindList ?? "{ kind: transceiver, count: \(binds) }")]", "window: \(window)",
            "reconnect: { first: 1s, max: 2s }",
        ] + lines).joined(separator: "\n") + "\n"
    }
}

/// All that `smppost serve` is started with.
struct BridgeSetup: Sendable {
    var replyWithin = "10s"
    /// Further lines under `intake`.
    var intakeLines: [String] = []
    var accounts = [AccountSetup(hasKey: true), AccountSetup(name: "english", login: "english", language: "en")]
    var carriers = [CarrierSetup()]
    var logLevel = "debug"
    /// Further lines under `monitor`.
    var monitorLines: [String] = []
    /// Further lines of `smppost.yaml`; `ownPort` in them is the intake's.
    var lines: [String] = []

    static let ownPort = "OWN_PORT"

    /// Writes `config/` and `carriers/` below `folder`.
    func write(to folder: TemporaryFolder, port: Int, monitorPort: Int) async throws {
        let certificate = try await TestCertificate.shared()
        let secrets = try await TestSecrets.shared()
        let intake = [
            "intake:", "listen: [\"127.0.0.1:\(port)\"]",
            "tls: { certificate: \"\(certificate.certificate)\", key: \"\(certificate.key)\" }",
            "reply_within: \(replyWithin)",
        ]
        try folder.write(
            """
            \((intake + intakeLines).joined(separator: "\n  "))
            \((["monitor:", "listen: \"127.0.0.1:\(monitorPort)\""] + monitorLines).joined(separator: "\n  "))
            log:
              level: \(logLevel)
            \(lines.joined(separator: "\n").replacing(Self.ownPort, with: "\(port)"))

            """, to: "config/smppost.yaml")
        let list = accounts.map { "  " + $0.yaml(secrets) }.joined(separator: "\n")
        try folder.write("accounts:\n\(list)\n", to: "config/accounts.yaml")
        for carrier in carriers {
            try folder.write(carrier.yaml, to: "carriers/\(carrier.name).yaml")
        }
    }
}
