import Foundation
import TestPrograms
import Testing

/// `smppost load` against the bridge, the simulator, and an SMSC whose record lies.
@Suite struct LoadTests {
    /// Runs `smppost load` and reads its JSON report.
    private func load(
        _ arguments: [String], in folder: TemporaryFolder
    ) async throws -> (output: ProcessOutput, report: ReportPage) {
        let file = folder.file("report.json")
        let output = try await run(
            Repository.smppost, ["load"] + arguments + ["--report", file], atMost: .seconds(60))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let data = FileManager.default.contents(atPath: file) else {
            throw HarnessError("no report: \(output.everything)")
        }
        return (output, try decoder.decode(ReportPage.self, from: data))
    }

    private func passwordFile(_ password: String, in folder: TemporaryFolder) throws -> String {
        try folder.write(password + "\n", to: "password")
        return folder.file("password")
    }

    @Test(.timeLimit(.minutes(2))) func theWholeWayIsAuditedClean() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let certificate = try await TestCertificate.shared()
        let setup = BridgeSetup(
            accounts: [AccountSetup(lines: ["in_flight: 1000"])],
            carriers: [CarrierSetup(window: 50, binds: 2)], logLevel: "notice")
        try await withBridgeAndSimulator(setup, simulator: ["--receipts", "50ms"]) { bridge, simulator in
            let (output, report) = try await load(
                [
                    bridge.url, "--ca", certificate.certificate, "--login", TestAccount.login, "--password-file",
                    try passwordFile(TestAccount.password, in: folder), "--rate", "150", "--for", "5s", "--connections",
                    "16",
                    "--audit", "http://127.0.0.1:\(simulator.statusPort)", "--monitor",
                    "http://127.0.0.1:\(bridge.monitorPort)", "--fail-if", "errors>0", "--fail-if", "audit>0",
                    "--report", folder.file("report.html"), "--report", folder.file("report.xml"),
                ], in: folder)
            let told = Comment(rawValue: output.everything)
            #expect(output.exitCode == 0, told)
            #expect((600...900).contains(report.messages), told)
            #expect(report.outcomes == ["accepted": report.messages], told)
            #expect(report.audit?.verdict == "clean", told)
            #expect(report.audit?.received == report.messages, told)
            #expect(report.receipts?.missing == 0, told)
            #expect(report.receipts?.expected == report.acceptedSegments, told)
            #expect(report.checks.map(\.passed) == [true, true], told)
            let counters = try await simulator.counters()
            #expect(counters.accepted == report.acceptedSegments)
            for (file, part) in [("report.html", "</html>"), ("report.xml", "</testsuites>")] {
                let text = try String(contentsOfFile: folder.file(file), encoding: .utf8)
                #expect(text.contains(part))
                #expect(!text.contains(TestAccount.password))
            }
            #expect(output.standardError.contains("left 0:0"), told)
        }
    }

    @Test(.timeLimit(.minutes(2))) func aLyingRecordIsFoundOutExactly() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (port, page) = (try Ports.free(), try Ports.free())
        let smsc = try ProcessHandle(
            "python3", [Repository.testFile("Peers/lying_smsc.py"), "\(port)", "\(page)", folder.file("lies")])
        defer { smsc.kill() }
        try await smsc.waitForOutput(containing: "listening")
        let (output, report) = try await load(
            [
                "smpp://127.0.0.1:\(port)", "--system-id", "acme", "--password", "x", "--rate", "200", "--for", "3s",
                "--window", "20", "--audit", "http://127.0.0.1:\(page)", "--fail-if", "lost>0",
            ], in: folder)
        let told = Comment(rawValue: output.everything)
        let lies = try String(contentsOfFile: folder.file("lies"), encoding: .utf8).split(separator: "\n")
        func marks(_ kind: String) -> Set<String> {
            Set(lies.filter { $0.hasPrefix(kind + " ") }.map { String($0.dropFirst(kind.count + 1)) })
        }
        func found(_ kind: String) -> Set<String> {
            Set(report.audit?.findings.filter { $0.kind == kind }.map(\.marker) ?? [])
        }
        #expect(output.exitCode == 1, told)
        #expect(report.audit?.verdict == "faults", told)
        for kind in ["lost", "duplicated", "changed"] {
            #expect(!marks(kind).isEmpty, told)
            #expect(found(kind) == marks(kind), told)
            #expect(report.audit?.counts[kind] == marks(kind).count, told)
        }
        #expect(report.audit?.counts.values.reduce(0, +) == lies.count, told)
        #expect(report.checks.map(\.passed) == [false, true], told)
    }

    @Test(.timeLimit(.minutes(2))) func receiptsFindTheirSubmits() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        // Sent as fast as it goes: the record has room for all, however late the audit reads it.
        try await withSimulator(["--receipts", "100ms", "--receipt-ids", "hex", "--record", "4000"]) { simulator in
            let (output, report) = try await load(
                [
                    "smpp://127.0.0.1:\(simulator.port)", "--system-id", Simulator.systemID, "--password",
                    Simulator.password, "--closed", "20", "--for", "2s", "--connections", "3", "--receipts",
                    "--messages",
                    "2000", "--audit", "http://127.0.0.1:\(simulator.statusPort)", "--fail-if", "missing_receipts>0",
                ], in: folder)
            let told = Comment(rawValue: output.everything)
            #expect(output.exitCode == 0, told)
            #expect(report.receipts?.expected == report.acceptedSegments, told)
            #expect(report.receipts?.matched == report.acceptedSegments, told)
            #expect(report.audit?.verdict == "clean", told)
        }
    }

    @Test(.timeLimit(.minutes(1))) func controlCEndsWithAReportAndASecondOneAtOnce() async throws {
        try await withSimulator(["--fault-rate", "1=silent"]) { simulator in
            let arguments = [
                "load", "smpp://127.0.0.1:\(simulator.port)", "--system-id", Simulator.systemID, "--password",
                Simulator.password, "--for", "60s", "--window", "100",
            ]
            let twice = try ProcessHandle(Repository.smppost, arguments)
            defer { twice.kill() }
            try await twice.waitForOutput(containing: "in flight")
            twice.signal(SIGINT)
            try await twice.waitForOutput(containing: "once more")
            twice.signal(SIGINT)
            #expect(try await twice.waitForExit(atMost: .seconds(3)).exitCode == 130)
        }
        try await withSimulator { simulator in
            let once = try ProcessHandle(
                Repository.smppost,
                [
                    "load", "smpp://127.0.0.1:\(simulator.port)", "--system-id", Simulator.systemID, "--password",
                    Simulator.password, "--for", "60s", "--fail-if", "errors>0",
                ])
            defer { once.kill() }
            try await once.waitForOutput(containing: "in flight")
            once.signal(SIGINT)
            let ended = try await once.waitForExit(atMost: .seconds(10))
            #expect(ended.exitCode == 0, Comment(rawValue: ended.everything))
            #expect(ended.standardOutput.contains("STOPPED EARLY"))
            #expect(ended.standardOutput.contains("ok         errors>0"))
        }
    }

    /// The document's own command, against an SMSC that takes everything, and one that refuses everything.
    @Test(.timeLimit(.minutes(2))) func theDocumentsCommandExitsAsItSays() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let blocks = Document("config/doc/load-tests.md").blocks.filter { $0.language == "sh" }
        let command = try #require(blocks.first?.text.replacing("\\\n", with: ""))
        #expect(command.contains("--fail-if 'missing_receipts>0'"))
        for (faults, status, words) in [("0.0001=status:0x58", 0, "ok"), ("1=status:0x0B", 1, "FAILED     errors>0")] {
            let arguments = status == 0 ? ["--receipts", "0s"] : ["--receipts", "0s", "--fault-rate", faults]
            try await withSimulator(["--no-faults"] + arguments) { simulator in
                let own = command.replacing("smsc.example.net:2775", with: "127.0.0.1:\(simulator.port)")
                    .replacing("for 2m", with: "for 2s")
                    .replacing("main.password", with: try passwordFile(Simulator.password, in: folder))
                    .replacing("run.html", with: folder.file("run.html"))
                    .replacing("smppost load", with: "\(Repository.smppost) load")
                let output = try await run("sh", ["-c", own], atMost: .seconds(60))
                #expect(output.exitCode == Int32(status), Comment(rawValue: output.everything))
                #expect(output.standardOutput.contains(words), Comment(rawValue: output.everything))
                let page = try String(contentsOfFile: folder.file("run.html"), encoding: .utf8)
                #expect(page.contains(status == 0 ? ">passed</div>" : ">failed</div>"))
            }
        }
    }

    /// Receipts of an earlier run come during this one, and are not its own.
    @Test(.timeLimit(.minutes(2))) func receiptsOfAnEarlierRunDoNotCount() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let certificate = try await TestCertificate.shared()
        let setup = BridgeSetup(accounts: [AccountSetup(lines: ["in_flight: 1000"])], logLevel: "notice")
        try await withBridgeAndSimulator(setup, simulator: ["--no-faults", "--receipts", "4s"]) { bridge, simulator in
            let common = [
                bridge.url, "--ca", certificate.certificate, "--login", TestAccount.login, "--password-file",
                try passwordFile(TestAccount.password, in: folder), "--rate", "100", "--connections", "8",
            ]
            _ = try await load(common + ["--for", "3s"], in: folder)
            let (output, report) = try await load(
                common + ["--for", "1s", "--audit", "http://127.0.0.1:\(simulator.statusPort)"], in: folder)
            let told = Comment(rawValue: output.everything)
            #expect(output.exitCode == 0, told)
            #expect(report.receipts?.expected == report.acceptedSegments, told)
            #expect(report.receipts?.matched == report.acceptedSegments && report.receipts?.missing == 0, told)
        }
    }

    @Test(arguments: [
        (["ftp://x"], "neither https"), (["smpp://127.0.0.1:2775"], "--system-id"),
        (["--fail-if", "p99>50", "https://h/"], "needs a unit"),
        (["--rate", "5", "--closed", "3", "https://h/"], "exclude"),
        (["--report", "x.pdf", "https://h/"], ".json, .xml or .html"),
        (["--audit", "x", "https://h/"], "http://HOST:PORT"),
        (["--report", "/nonexistent/x.json", "https://127.0.0.1:1/"], "/nonexistent/x.json"),
        (["smpp://h:1", "--system-id", "12345678901234567890", "--password", "x"], "15 ASCII"),
        (["--ramp", "5", "https://h/"], "FROM..TO"), (["--rate", "0", "https://h/"], "a rate is"),
        (["--login", "x", "https://h/"], "--password-file"), (["--for", "1", "https://h/"], "--for"),
    ])
    func mistakesOfUsage(arguments: [String], words: String) async throws {
        let output = try await run(Repository.smppost, ["load"] + arguments)
        #expect(output.exitCode == 64)
        #expect(output.standardError.contains(words), Comment(rawValue: output.everything))
    }

    @Test func mistakesInAMixAreToldWithTheirPlace() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write("messages:\n  - { alphabet: gsm, length: 3 }\n", to: "mix.yaml")
        let output = try await run(Repository.smppost, ["load", "https://h/", "--mix", folder.file("mix.yaml")])
        #expect(output.exitCode == 78)
        #expect(output.standardError.contains("mix.yaml:2:30: length is"), Comment(rawValue: output.everything))
    }
}

/// The report as its JSON has it.
private struct ReportPage: Decodable {
    struct Audit: Decodable {
        struct Finding: Decodable {
            var kind: String
            var marker: String
        }

        var verdict: String
        var received: Int
        var counts: [String: Int]
        var findings: [Finding]
    }

    struct Receipts: Decodable {
        var expected: Int
        var matched: Int
        var missing: Int
    }

    struct Check: Decodable {
        var passed: Bool
    }

    var messages: Int
    var outcomes: [String: Int]
    var acceptedSegments: Int
    var audit: Audit?
    var receipts: Receipts?
    var checks: [Check]
}
