import Foundation
import TestPrograms
import Testing

/// The commands of the documents, run as they stand there, but for addresses, times and rates. Those that need a machine of
/// their own (`sh package`) are run by `Tests/Package/run`.
@Suite struct DocumentCommandTests {
    /// What `acme`, `demo` and the carrier `main` of the documents are.
    private static let accounts = [
        AccountSetup(),
        AccountSetup(name: "demo", login: "demo", anySender: true),
    ]

    @Test(
        .timeLimit(.minutes(4)),
        arguments: ["guide.md", "runbook.md", "planfix.ru.md", "reference.md", "load-tests.md"])
    func commandsDoWhatTheyShould(_ name: String) async throws {
        let document = Document("config/doc/\(name)")
        let blocks = document.blocks.filter { $0.language == "sh" }
        try #require(!blocks.isEmpty)
        let journal = ["journal: { url: \"sqlite:var/smppost.db\" }"]
        let setup = BridgeSetup(accounts: Self.accounts, logLevel: "notice", lines: journal)
        try await withSimulator(["--receipts", "0s"]) { smsc in
            try await withBridgeAndSimulator(setup) { bridge, _ in
                try await prepare(bridge)
                for block in blocks {
                    let isWholeChain = block.text.contains("smppost serve &")
                    let text = try isWholeChain ? wholeChain(block.text, bridge) : replaced(block.text, bridge, smsc)
                    let output = try await run(
                        "bash", ["-euo", "pipefail", "-c", text], folder: bridge.folder.path,
                        environment: [
                            "SMPPOST_CONFIG": bridge.folder.file(isWholeChain ? "chain" : "config"),
                            "PATH": bridge.folder.file("bin") + ":/usr/local/bin:/usr/bin:/bin",
                        ], atMost: .seconds(60))
                    #expect(
                        output.exitCode == 0, "\(name):\(block.line): \(text)\n\(output.everything.suffix(3_000))")
                }
                try await look(document, bridge)
            }
        }
    }

    /// What the commands left behind.
    private func look(_ document: Document, _ bridge: Bridge) async throws {
        switch document.path {
        case "config/doc/guide.md":
            let csv = try String(contentsOfFile: bridge.folder.file("messages.csv"), encoding: .utf8)
            #expect(csv.contains("accepted"), "the first message is in the journal")
        case "config/doc/load-tests.md":
            let steps = try String(contentsOfFile: bridge.folder.file("steps.json"), encoding: .utf8)
            #expect(steps.contains("\"highest_rate_held\" : 40"), Comment(rawValue: String(steps.suffix(2_000))))
            let after = try String(contentsOfFile: bridge.folder.file("after.json"), encoding: .utf8)
            #expect(after.contains("\"comparison\""))
        default: break
        }
    }

    private func prepare(_ bridge: Bridge) async throws {
        let folder = bridge.folder
        try FileManager.default.createDirectory(atPath: folder.file("bin"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("bin/smppost"), withDestinationPath: Repository.smppost)
        try folder.write(TestAccount.password + "\n", to: "acme.password")
        try folder.write(Simulator.password + "\n", to: "main.password")
        let certificate = try await TestCertificate.shared()
        try FileManager.default.copyItem(atPath: certificate.certificate, toPath: folder.file("server.crt"))
        // The demo's password is this one here.
        let mix = Document("config/doc/mix.yaml").text.replacing("demo-password", with: "\"\(TestAccount.password)\"")
        try folder.write(mix, to: "mix.yaml")
        // The shipped configuration, for the whole chain on one machine.
        for file in ["config/smppost.yaml", "config/accounts.yaml"] {
            try folder.write(Document(file).text, to: file.replacing("config/", with: "chain/"))
        }
        try folder.write(Document("carriers/simulator.yaml").text, to: "chain/carriers/simulator.yaml")
        for (file, name) in [(certificate.certificate, "server.crt"), (certificate.key, "server.key")] {
            try folder.write(try String(contentsOfFile: file, encoding: .utf8), to: "chain/tls/\(name)")
        }
    }

    private func replaced(_ text: String, _ bridge: Bridge, _ smsc: Simulator) -> String {
        let changes = [
            ("smppost send ", "smppost send --url \(bridge.url) "), ("127.0.0.1:8443", "127.0.0.1:\(bridge.port)"),
            ("sms.example.net:8443", "127.0.0.1:\(bridge.port)"), ("127.0.0.1:8080", "127.0.0.1:\(bridge.monitorPort)"),
            ("smsc.example.net:2775", "127.0.0.1:\(smsc.port)"), ("demo-password", TestAccount.password),
            ("-d password=\(TestAccount.password)", "-d 'password=\(TestAccount.password)'"),
        ]
        return Self.shortened(changes.reduce(text) { $0.replacing($1.0, with: $1.1) })
    }

    /// Its own simulator and bridge, on ports of their own; it ends with the block.
    private func wholeChain(_ text: String, _ bridge: Bridge) throws -> String {
        let (smsc, status, port, monitor) = (try Ports.free(), try Ports.free(), try Ports.free(), try Ports.free())
        let changes = [
            ("smppost simulate", "smppost simulate --listen 127.0.0.1:\(smsc)"),
            (
                "smppost serve &",
                "smppost serve & until curl -sf http://127.0.0.1:\(monitor)/readyz; do sleep 0.1; done"
            ),
            ("127.0.0.1:8081", "127.0.0.1:\(status)"), ("127.0.0.1:8443", "127.0.0.1:\(port)"),
        ]
        for (file, old, new) in [
            ("chain/smppost.yaml", "127.0.0.1:8443", port), ("chain/smppost.yaml", "127.0.0.1:8080", monitor),
            ("chain/carriers/simulator.yaml", "127.0.0.1:2775", smsc),
        ] {
            let path = bridge.folder.file(file)
            let yaml = try String(contentsOfFile: path, encoding: .utf8)
            try bridge.folder.write(yaml.replacing(old, with: "127.0.0.1:\(new)"), to: file)
        }
        return "trap 'kill $(jobs -p); wait' EXIT\n"
            + Self.shortened(changes.reduce(text) { $0.replacing($1.0, with: $1.1) })
    }

    private static func shortened(_ text: String) -> String {
        let changes = [
            ("--for 2m", "--for 2s"), ("--for 4m", "--for 4s"), ("--for 1m", "--for 2s"), ("--for 10s", "--for 2s"),
            ("--steps 100,200,400,800", "--steps 5,10,20,40"), ("--rate 200", "--rate 40"), ("--rate 500", "--rate 40"),
            ("p99>500ms", "p99>20s"),
        ]
        return changes.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    /// The guide's firewall, in a network of its own, and the file that the next start reads.
    @Test(.enabled(if: Peers.haveNamespaces, "no network namespace or no nft: see Tests/run"))
    func theFirewallTakesTheGuidesRules() async throws {
        let blocks = Document("config/doc/guide.md").blocks
        let block = try #require(blocks.first { $0.text.contains("nft add table") })
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = folder.file("nftables.conf")
        let rules = block.text.split(separator: "\n").filter { $0.hasPrefix("nft ") }
        let script = rules.joined(separator: "\n").replacing("/etc/nftables.conf", with: file)
        let again = "\nnft --check --file \(file)\nnft flush ruleset\nnft --file \(file)\nnft list ruleset"
        let output = try await run("unshare", Peers.newNetwork + ["bash", "-euo", "pipefail", "-c", script + again])
        #expect(output.exitCode == 0, "\(output.everything)")
        let lines = output.standardOutput.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(
            lines.suffix(7).prefix(5) == [
                "ct state established,related accept", "iif \"lo\" accept", "meta l4proto { icmp, ipv6-icmp } accept",
                "tcp dport { 22, 80, 8443 } accept", "drop",
            ], "\(output.everything)")
    }

    /// What is run on a machine of its own is at least bash, and README's two commands are there.
    @Test(arguments: Document.all) func otherBlocksAreBash(_ document: Document) async throws {
        for block in document.blocks where block.language.hasPrefix("sh ") {
            let output = try await run("bash", ["-n", "-c", block.text])
            #expect(output.exitCode == 0, "\(document):\(block.line): \(output.everything)")
            guard block.language == "sh build" else { continue }
            for line in block.text.split(separator: "\n") {
                let command = String(line.prefix { $0 != " " })
                #expect(FileManager.default.isExecutableFile(atPath: Repository.file(command)), "\(command)")
            }
        }
        let known: Set = ["sh", "sh package", "sh build", "yaml", ""]
        #expect(Set(document.blocks.map(\.language)).isSubset(of: known), "\(document)")
    }
}
