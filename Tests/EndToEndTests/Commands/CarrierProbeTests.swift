import Foundation
import TestPrograms
import Testing

/// `smppost carrier probe` against SMSCs of ours and of others: what it says, what it drafts, and a bridge served with the draft.
@Suite struct CarrierProbeTests {
    private static let quick = ["--listen", "0s", "--binds", "3", "--receipts-within", "5s"]
    private static let sending = ["--send-to", "79161234567", "--from", "ACME", "--yes"]

    /// Probes with the password in a file; the draft goes to `carriers/main.yaml` of the folder.
    private func probe(
        _ port: Int, _ folder: TemporaryFolder, password: String = Simulator.password, _ more: [String] = []
    ) async throws -> ProcessOutput {
        try folder.write(password + "\n", to: "password")
        try FileManager.default.createDirectory(
            atPath: folder.file("carriers"), withIntermediateDirectories: true)
        return try await run(
            Repository.smppost,
            [
                "carrier", "probe", "127.0.0.1:\(port)", "--system-id", Simulator.systemID, "--password-file",
                folder.file("password"), "--output", folder.file("carriers/main.yaml"),
            ] + Self.quick + more, atMost: .seconds(60))
    }

    private func withFolder(_ body: (TemporaryFolder) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await body(folder)
    }

    /// The draft passes `check`, and a bridge that is served with it sends a message.
    private func serve(_ folder: TemporaryFolder) async throws {
        let draft = try String(contentsOfFile: folder.file("carriers/main.yaml"), encoding: .utf8)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file("carriers/main.yaml"))[
            .posixPermissions]
        #expect(mode as? Int == 0o600)
        let bridge = try await Bridge.start(BridgeSetup()) { try $0.write(draft, to: "carriers/main.yaml") }
        defer { bridge.discard() }
        try await bridge.awaitReady()
        let check = try await run(
            Repository.smppost,
            ["check", "--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers")])
        #expect(check.exitCode == 0, "\(check.everything)\n\(draft)")
        #expect(try await bridge.post(.message()).status == 200, "\(draft)")
    }

    @Test func aPlanSendsNothing() async throws {
        let port = try Ports.free()
        let plan = try await run(
            Repository.smppost,
            ["carrier", "probe", "127.0.0.1:\(port)", "--system-id", "acme", "--plan"] + Self.sending)
        #expect(plan.exitCode == 0 && plan.standardError.isEmpty)
        #expect(plan.standardOutput.contains("2. bind as transceiver, transmitter and receiver"))
        #expect(plan.standardOutput.contains("at most 14 submit_sm are sent, which the carrier may charge"))
        let unasked = try await run(
            Repository.smppost,
            [
                "carrier", "probe", "127.0.0.1:\(port)", "--system-id", "acme", "--password", "x", "--send-to",
                "79161234567",
            ], input: "")
        #expect(unasked.exitCode == 64 && unasked.standardError.contains("needs --yes"), "\(unasked.everything)")
    }

    /// As people write it; not as at home, since no country is given.
    @Test(arguments: [
        ("+7 916 123-45-67", "to 79161234567"), ("79161234567", "to 79161234567"), ("8 916 123-45-67", nil),
        ("+7 916", nil),
    ])
    func numbersAreReadAsPeopleWriteThem(written: String, words: String?) async throws {
        let plan = try await run(
            Repository.smppost,
            ["carrier", "probe", "127.0.0.1:2775", "--system-id", "acme", "--plan", "--send-to", written])
        #expect(plan.exitCode == (words == nil ? 64 : 0), "\(plan.everything)")
        #expect(plan.everything.contains(words ?? "for example '+7 916 123-45-67'"), "\(plan.everything)")
    }

    /// Two binds at most, receipts in hexadecimal: seen, drafted, served.
    @Test func limitsAndReceiptsAreFound() async throws {
        let habits = ["--scenario", "two-binds", "--receipts", "0s", "--receipt-ids", "hex", "--no-faults"]
        try await withSimulator(habits) { simulator in
            try await withFolder { folder in
                let result = try await probe(simulator.port, folder, Self.sending)
                #expect(result.exitCode == 0, "\(result.everything)")
                let draft = try String(contentsOfFile: folder.file("carriers/main.yaml"), encoding: .utf8)
                for line in [
                    "binds: [{ kind: transceiver, count: 2 }]  # seen: 2 at once; one more: bind refused (0x0000000D",
                    "ids: hex }  # seen: 14 of 14 came", "window: 5  # seen: 5 at once were taken",
                    "tls: { enabled: false }  # seen: with TLS:", "long: udh8 }  # seen: gsm taken",
                ] {
                    #expect(draft.contains(line), "\(line)\n\(draft)")
                }
                #expect(!result.everything.contains(Simulator.password) && !draft.contains(Simulator.password))
                #expect(try await simulator.counters().submits == 14)
                #expect(try await simulator.counters().openBinds == 0)
                let again = try await probe(simulator.port, folder)
                #expect(again.exitCode == 64 && again.standardError.contains("is there already"))
                try await serve(folder)
            }
        }
    }

    /// What one habit makes of the messages is not taken for another.
    @Test(arguments: [
        (
            "window-of-one",
            ["ucs2: 8 }, long: udh8 }  # seen: gsm taken", "window: 1  # seen: 1 of 5", "# seen: sar taken"]
        ),
        ("rate-limit", ["ucs2: 8 }, long: udh8 }  # seen: gsm taken", "window: 5  # seen: 5 at once were taken"]),
        (
            "own-data-codings",
            [
                "text: { data_coding: { gsm: 0 }, long: udh8 }", "# seen: ucs2 refused, 0x00000104",
                ": Cyrillic cannot be sent",
            ]
        ),
    ])
    func habitsAreToldApart(scenario: String, lines: [String]) async throws {
        try await withSimulator(["--scenario", scenario, "--no-faults"]) { simulator in
            try await withFolder { folder in
                let more = Self.sending + ["--tls", "no", "--binds", "1", "--receipts-within", "0s"]
                let result = try await probe(simulator.port, folder, more)
                #expect(result.exitCode == 0, "\(result.everything)")
                let draft = try String(contentsOfFile: folder.file("carriers/main.yaml"), encoding: .utf8)
                for line in lines { #expect(draft.contains(line), "\(line)\n\(draft)") }
            }
        }
    }

    @Test func withoutTransceiverOthersAreDrafted() async throws {
        try await withSimulator(["--scenario", "no-transceiver"]) { simulator in
            try await withFolder { folder in
                let result = try await probe(simulator.port, folder, ["--binds", "1", "--tls", "no"])
                #expect(result.exitCode == 0, "\(result.everything)")
                #expect(result.standardError.contains("transceiver: bind refused (0x0000000D ESME_RBINDFAIL)"))
                let draft = try String(contentsOfFile: folder.file("carriers/main.yaml"), encoding: .utf8)
                #expect(draft.contains("binds: [{ kind: transmitter, count: 1 }, { kind: receiver }]"), "\(draft)")
                try await serve(folder)
            }
        }
    }

    /// Nothing of the password goes to a certificate that does not verify.
    @Test func certificatesAreLookedAt() async throws {
        let certificate = try await TestCertificate.shared()
        let tls = ["--tls-certificate", certificate.certificate, "--tls-key", certificate.key]
        try await withSimulator(tls) { simulator in
            try await withFolder { folder in
                let refused = try await probe(simulator.port, folder)
                #expect(refused.exitCode == 1, "\(refused.everything)")
                #expect(refused.standardError.contains("the password was not sent"), "\(refused.everything)")
                #expect(refused.standardError.contains("tls: told by the SMSC: certificate of CN=localhost"))
                #expect(try await simulator.counters().binds == 0)
                let taken = try await probe(simulator.port, folder, ["--ca", certificate.certificate, "--binds", "1"])
                #expect(taken.exitCode == 0, "\(taken.everything)")
                #expect(taken.standardError.contains("the certificate verifies"))
                #expect(taken.standardError.contains("certificate of CN=localhost, issued by CN=localhost"))
                try await serve(folder)
            }
        }
    }

    @Test func refusalsEndItAtOnce() async throws {
        try await withSimulator(["--fault-rate", "1=status:0x58"]) { simulator in
            try await withFolder { folder in
                let throttled = try await probe(simulator.port, folder, Self.sending + ["--tls", "no", "--binds", "1"])
                #expect(throttled.exitCode == 1 && throttled.standardError.contains("ESME_RTHROTTLED"))
                #expect(try await simulator.counters().submits == 1)
            }
            try await withFolder { folder in
                let wrong = try await probe(simulator.port, folder, password: "wrong", ["--tls", "no"])
                #expect(wrong.exitCode == 1)
                #expect(wrong.standardError.contains("the carrier does not accept the password"), "\(wrong.everything)")
                #expect(try await simulator.counters().refusedBinds == 1)
                #expect(!FileManager.default.fileExists(atPath: folder.file("carriers/main.yaml")))
            }
        }
    }

    /// Net::SMPP: it sends enquire_link itself.
    @Test(.enabled(if: Peers.havePerl, "Net::SMPP is not installed: see Tests/run"))
    func perlIsTheCarrier() async throws {
        let port = try Ports.free()
        let peer = try ProcessHandle(
            "perl", [Repository.testFile("Peers/smsc.pl"), "\(port)", Simulator.systemID, Simulator.password])
        defer { peer.kill() }
        try await peer.waitForOutput(containing: "listening \(port)")
        try await withFolder { folder in
            let result = try await probe(port, folder, ["--send-to", "79161234777", "--yes"])
            #expect(result.exitCode == 0, "\(result.everything)")
            for words in ["its own system_id is perl", "the SMSC asks too", "payload taken"] {
                #expect(result.standardError.contains(words), "\(words)\n\(result.everything)")
            }
            let draft = try String(contentsOfFile: folder.file("carriers/main.yaml"), encoding: .utf8)
            #expect(draft.contains("ids: same }  # seen: 14 of 14 came"), "\(draft)")
            try await serve(folder)
        }
    }

    /// An SMSC of asyncio that allows one bind.
    @Test func oneBindIsTheLimit() async throws {
        let port = try Ports.free()
        let smsc = try ProcessHandle("python3", [Repository.testFile("Peers/one_bind_smsc.py"), "\(port)"])
        defer { smsc.kill() }
        try await smsc.waitForOutput(containing: "listening")
        try await withFolder { folder in
            let result = try await probe(port, folder, ["--tls", "no"])
            #expect(result.exitCode == 0, "\(result.everything)")
            #expect(result.standardError.contains("1 at once; one more: already bound (0x00000005 ESME_RALYBND)"))
            try await serve(folder)
        }
    }
}
