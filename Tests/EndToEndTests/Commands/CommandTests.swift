import Foundation
import TestPrograms
import Testing

/// The command line: what is printed, and the exit codes 0, 1, 64 and 78.
@Suite struct CommandTests {
    private func smppost(_ arguments: String..., input: String? = nil, folder: String? = nil) async throws
        -> ProcessOutput
    {
        try await run(Repository.smppost, arguments, input: input, folder: folder)
    }

    @Test(arguments: ["serve", "demo", "check", "explain", "send", "simulate", "hash", "decode"])
    func everyCommandHasHelp(_ command: String) async throws {
        let help = try await smppost(command, "--help")
        #expect(help.exitCode == 0)
        #expect(help.standardOutput.contains("USAGE: smppost \(command)"))
        let wrong = try await smppost(command, "--no-such-option")
        #expect(wrong.exitCode == 64)
    }

    @Test func documentsAreShownByTheirTopics() async throws {
        let root = Repository.file("")
        let list = try await smppost("help", folder: root)
        #expect(list.exitCode == 0 && list.standardOutput.contains("SUBCOMMANDS:"))
        for topic in ["guide", "guide.ru", "runbook", "load-tests", "planfix.ru", "reference", "building"] {
            #expect(list.standardOutput.contains("  \(topic) "), "\(topic) is not listed")
            let text = try await smppost("help", topic, folder: root)
            let document = try String(contentsOfFile: Repository.file("config/doc/\(topic).md"), encoding: .utf8)
            #expect(text.exitCode == 0 && text.standardOutput == document + "\n")
        }
        for (topic, start) in [("planfix", "# Администраторам"), ("mix.yaml", "# Messages for `smppost load --mix`")] {
            #expect(try await smppost("help", topic, folder: root).standardOutput.hasPrefix(start))
        }
        let command = try await smppost("help", "binds", "trace", folder: root)
        #expect(command.exitCode == 0 && command.standardOutput.contains("USAGE: smppost binds trace"))
        let unknown = try await smppost("help", "nothing", folder: root)
        #expect(unknown.exitCode == 64 && unknown.standardError.contains("runbook"))
    }

    /// A default is shown as the option takes it.
    @Test func defaultsOfTimesAreDurations() async throws {
        for (command, told) in [("load", "30s"), ("simulate", "(default: ")] {
            let help = try await smppost(command, "--help")
            #expect(help.standardOutput.contains(told) && !help.standardOutput.contains(" seconds)"))
        }
    }

    /// What was mistyped is told with what may be meant; a command's mistake shows its own usage.
    @Test func mistakesAreAnswered() async throws {
        let typo = try await smppost("chek")
        #expect(typo.exitCode == 64 && typo.standardError.contains("Did you mean `smppost check`?"))
        #expect(try await smppost("bnds", "--watch").standardError.contains("Did you mean `smppost binds`?"))
        let far = try await smppost("quite-another")
        #expect(
            far.exitCode == 64
                && far.standardError.contains("there is no command quite-another.\nThe commands: serve, "))
        for (arguments, words) in [
            (["send", "--to", "1", "--text", "x"], "give --login with --password-file"),
            (["send", "--acount", "x", "--to", "1", "--text", "x"], "Did you mean '--account'?"),
            (["send", "--account", "x", "--login", "y", "--to", "1", "--text", "x"], "it excludes --login"),
            (["unlock", ""], "give an address or a login"), (["load", "ftp://x"], "ftp://x is neither"),
        ] {
            let told = try await run(Repository.smppost, arguments)
            #expect(told.exitCode == 64 && told.standardError.contains(words), "\(told.standardError)")
            #expect(told.standardError.contains("\nUsage: smppost \(arguments[0])"), "\(told.standardError)")
        }
        let hash = try await smppost("hash", "password", input: "")
        #expect(hash.exitCode == 64 && hash.standardError.contains("smppost hash password"), "\(hash.standardError)")
    }

    /// The system's errors name an address and a key, and nothing of a library's own words.
    @Test(arguments: [
        ["binds"], ["binds", "--check"], ["send", "--account", "a", "--to", "1", "--text", "x"],
        ["unlock", "a"], ["load", "smpp://127.0.0.1:PORT", "--rate", "1", "--for", "1s", "--system-id", "a"],
        ["load", "smpp://127.0.0.1:PORT", "--compare", "/nowhere"],
    ])
    func errorsAreNoLibrarysText(arguments: [String]) async throws {
        let port = try Ports.free()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        var arguments = arguments.map { $0.replacing("PORT", with: "\(port)") }
        if ["binds", "unlock"].contains(arguments[0]) { arguments += ["--url", "http://127.0.0.1:\(port)"] }
        let told = try await run(Repository.smppost, arguments, folder: folder.path).everything
        for raw in ["errno", "(error set)", "NSCocoa", "NIOCore", "NIOPosix", "UserInfo"] {
            #expect(!told.contains(raw), "\(told)")
        }
        if arguments[0] == "binds" {
            #expect(told.contains("127.0.0.1:\(port): connection refused: nothing listens"), "\(told)")
        }
    }

    /// What is wrong with accounts or carriers keeps nobody from asking the running bridge, or its journal.
    @Test func brokenAccountsBlindNoCommand() async throws {
        let port = try Ports.free()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let made = try await smppost(
            "certificate", "--self-signed", "localhost", "--certificate", folder.file("a.crt"), "--key",
            folder.file("a.key"))
        #expect(made.exitCode == 0, "\(made.standardError)")
        try folder.write(
            """
            intake: { listen: ["127.0.0.1:1"], tls: { certificate: a.crt, key: a.key } }
            monitor: { listen: "127.0.0.1:\(port)" }
            journal: { url: "sqlite:none.db" }
            """, to: "smppost.yaml")
        try folder.write("accounts: [{ name: a, country: XX }]", to: "accounts.yaml")
        let check = try await smppost("binds", "--check", "--config", folder.path)
        #expect(check.exitCode == 2 && check.everything.contains("127.0.0.1:\(port)"), "\(check.everything)")
        for arguments in [
            ["binds"], ["unlock", "a"], ["messages"], ["send", "--account", "a", "--to", "1", "--text", "x"],
        ] {
            let told = try await run(Repository.smppost, arguments + ["--config", folder.path]).everything
            #expect(!told.contains("accounts.yaml"), "\(told)")
        }
    }

    @Test func versionIsTold() async throws {
        let version = try await smppost("--version")
        #expect(version.exitCode == 0)
        #expect(version.standardOutput.contains(/\d+\.\d+/))
    }

    @Test func hashesAreWhatAccountsHold() async throws {
        let first = try await smppost("hash", "password", input: "secret word\n")
        let second = try await smppost("hash", "password", input: "secret word\n")
        for result in [first, second] {
            #expect(result.exitCode == 0)
            #expect(result.standardOutput.contains(/^\$scrypt\$ln=\d+,r=8,p=1\$[A-Za-z0-9+\/]+\$[A-Za-z0-9+\/]{43}\n$/))
            #expect(!result.everything.contains("secret"))
        }
        #expect(first.standardOutput != second.standardOutput)
        let empty = try await smppost("hash", "password", input: "")
        #expect(empty.exitCode == 64)

        let key = try await smppost("hash", "key")
        #expect(key.exitCode == 0)
        #expect(key.standardOutput.contains(/^[A-Za-z0-9_-]{43}\n\$sha256\$[A-Za-z0-9+\/]{43}\n$/))
    }

    /// A slip of the finger would lock an account out.
    @Test(arguments: [("secret word", Int32(0)), ("sceret word", 64)])
    func aPasswordIsTypedTwiceAndNotShown(second: String, code: Int32) async throws {
        let script = """
            import os, pty, sys
            child, terminal = pty.fork()
            if child == 0: os.execv(sys.argv[1], [sys.argv[1], "hash", "password", "--cost", "14"])
            seen = b""
            def until(word):
                global seen
                while word not in seen: seen += os.read(terminal, 4096)
            until(b"not shown"); os.write(terminal, b"secret word\\n")
            until(b"more"); os.write(terminal, sys.argv[2].encode() + b"\\n")
            try:
                while True: seen += os.read(terminal, 4096)
            except OSError: pass
            print(seen.decode())
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """
        let result = try await run("python3", ["-c", script, Repository.smppost, second])
        #expect(result.exitCode == code, "\(result.everything)")
        #expect(result.standardOutput.contains("$scrypt$ln=14") == (code == 0))
        #expect(!result.everything.contains("cret word"))
    }

    @Test func sendIsAClientOfTheBridge() async throws {
        let key = try await TestSecrets.shared().key
        try await withBridgeAndSimulator { bridge, simulator in
            try bridge.folder.write(TestAccount.password + "\n", to: "password")
            try bridge.folder.write(key + "\n", to: "key")
            let certificate = try await TestCertificate.shared().certificate
            let common = ["send", "--url", bridge.url, "--to", "+7 916 123-45-67", "--text", "Привет"]
            let login = ["--login", TestAccount.login, "--password-file", bridge.folder.file("password")]
            let accepted = try await run(Repository.smppost, common + login + ["--ca", certificate])
            #expect(accepted.exitCode == 0, "\(accepted.everything)")
            #expect(accepted.standardOutput.contains("200"))
            let keyed = try await run(
                Repository.smppost, common + ["--key-file", bridge.folder.file("key"), "--insecure"])
            #expect(keyed.exitCode == 0, "\(keyed.everything)")
            // The system does not know the certificate: refused, not ignored.
            let untrusted = try await run(Repository.smppost, common + login)
            #expect(untrusted.exitCode == 1)
            #expect(untrusted.everything.contains("certificate"))
            let refused = try await run(
                Repository.smppost,
                ["send", "--url", bridge.url, "--to", "79161670004", "--text", "x", "--insecure"] + login)
            #expect(refused.exitCode == 1)
            #expect(refused.standardOutput.contains("ESME_RINVDSTADR"))
            #expect(try await simulator.messages().map(\.text) == ["Привет", "Привет", "x"])
        }
    }

    @Test func explainTellsWithoutSending() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await BridgeSetup(carriers: [CarrierSetup(port: 2775)]).write(to: folder, port: 8443, monitorPort: 8080)
        let good = try await smppost(
            "explain", "--config", "config", "--carriers", "carriers", "--account", "acme", "--from", "ACME", "--to",
            "8 916 123-45-67", "--text", String(repeating: "я", count: 71), folder: folder.path)
        #expect(good.exitCode == 0, "\(good.everything)")
        for part in ["79161234567", "ACME", "ucs2", "main", "050003"] {
            #expect(good.standardOutput.contains(part), "\(part): \(good.standardOutput)")
        }
        let bad = try await smppost(
            "explain", "--account", "acme", "--to", "12", "--text", "x", folder: folder.path)
        #expect(bad.exitCode == 1)
        #expect(bad.standardOutput.contains("bad_number"))
        let unknown = try await smppost(
            "explain", "--account", "nobody", "--to", "79161234567", "--text", "x", folder: folder.path)
        #expect(unknown.exitCode == 64)
    }

    /// A bind with a password and a submit with a text: annotated, and masked.
    @Test func decodeAnnotatesAndMasks() async throws {
        let bind = "0000001f 00000009 00000000 00000001 61636d6500 736d707000 00 34 0000 00"
        let submit = """
            0000003d 00000004 00000000 00000002 00 050041434d4500 01013739313631323334353637\
            00 00 00 00 00 00 00 00 00 00 05 48656c6c6f
            """
        let length = submit.filter(\.isHexDigit).count / 2
        let result = try await smppost(
            "decode", bind, submit.replacing("0000003d", with: "000000" + String(length, radix: 16)))
        #expect(result.exitCode == 0, "\(result.everything)")
        for part in ["bind_transceiver", "submit_sm", "acme"] {
            #expect(result.standardOutput.contains(part), "\(part): \(result.standardOutput)")
        }
        #expect(!result.standardOutput.contains("Hello"))
        #expect(!result.standardOutput.contains("79161234567"))
        #expect(!result.standardOutput.contains("smpp\""))
        let cut = try await smppost("decode", "0000002000000004")
        #expect(cut.exitCode == 1)
        let letters = try await smppost("decode", "xyz")
        #expect(letters.exitCode == 64)
    }
}
