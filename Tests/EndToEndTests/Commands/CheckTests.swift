import Foundation
import TestPrograms
import Testing

/// `smppost check`: every problem as `file:line:column: message`, all in one run, exit code 78.
@Suite struct CheckTests {
    /// A configuration without a fault, to which the faults are added.
    private func withConfiguration<Result>(_ body: (TemporaryFolder) async throws -> Result) async throws -> Result {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await BridgeSetup(carriers: [CarrierSetup(port: 2775)]).write(to: folder, port: 8443, monitorPort: 8080)
        return try await body(folder)
    }

    /// Runs `check` (or another command) with `folder` as the working directory.
    private func check(_ folder: TemporaryFolder, command: String = "check") async throws -> ProcessOutput {
        try await run(Repository.smppost, [command], folder: folder.path)
    }

    @Test func goodConfigurationHasNoProblem() async throws {
        try await withConfiguration { folder in
            let result = try await check(folder)
            #expect(result.exitCode == 0, "\(result.everything)")
            #expect(!result.everything.contains(".yaml:"))
        }
    }

    @Test func whatTheMachineLacksIsTold() async throws {
        try await withConfiguration { folder in
            let yaml = try String(contentsOfFile: folder.file("config/smppost.yaml"), encoding: .utf8)
            try folder.write("", to: "file")
            try folder.write(
                yaml + "\njournal: { url: \"sqlite:../file/journal.db\" }\n", to: "config/smppost.yaml")
            // The bridge starts, and refuses until it is gone.
            let result = try await check(folder)
            #expect(result.exitCode == 78, "\(result.everything)")
            let told =
                /smppost\.yaml:1:1: "journal\.url": .*\/journal\.db cannot be made: .*file is no folder; until that is mended every message is refused\n/
            #expect(result.everything.contains(told), "\(result.everything)")
        }
    }

    /// A bridge would start with these, and refuse every message.
    @Test func aFileThatIsNoJournalIsAProblem() async throws {
        try await withConfiguration { folder in
            let yaml = try String(contentsOfFile: folder.file("config/smppost.yaml"), encoding: .utf8)
            try folder.write(String(repeating: "no database ", count: 2_000), to: "notes.txt")
            for (outage, code) in [("refuse", Int32(78)), ("continue", 0)] {
                let journal = "\njournal: { url: \"sqlite:../notes.txt\", on_outage: \(outage) }\n"
                try folder.write(yaml + journal, to: "config/smppost.yaml")
                let result = try await check(folder)
                #expect(result.exitCode == code, "\(result.everything)")
                #expect(result.everything.contains("notes.txt: the file is no SQLite database (SQLite's error 26)"))
                #expect(result.everything.contains(": warning: ") == (code == 0))
                #expect(result.everything.contains("no problem: ") == (code == 0))
            }
        }
    }

    /// In our words, with address, key and what to do; libpq's own follow.
    @Test func aPostgreSQLThatIsNotThereIsAProblem() async throws {
        try await withConfiguration { folder in
            let yaml = try String(contentsOfFile: folder.file("config/smppost.yaml"), encoding: .utf8)
            let url = "postgresql://user:S3CRET@127.0.0.1:1/db"
            for (outage, code) in [("refuse", Int32(78)), ("continue", 0)] {
                try folder.write(
                    yaml + "\njournal: { url: \"\(url)\", on_outage: \(outage) }\n", to: "config/smppost.yaml")
                let result = try await check(folder)
                #expect(result.exitCode == code, "\(result.everything)")
                #expect(
                    result.everything.contains(
                        "\"journal.url\": nobody listens at 127.0.0.1:1: look whether PostgreSQL runs, and at host and port in journal.url ["
                    ), "\(result.everything)")
                #expect(!result.everything.contains("S3CRET"))
                #expect(result.everything.contains("every message is refused") == (code != 0))
            }
        }
    }

    /// Also where the journal is there already: its log needs room at each start.
    @Test(.enabled(if: SmallDisk.isPossible)) func aDiskWithoutRoomForTheJournalIsAProblem() async throws {
        try await withSmallDisk { disk, setup, _ in
            try await withBridge(setup) { bridge in
                #expect(try await bridge.post(.message()).status == 200)
                let arguments = [
                    "check", "--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers"),
                ]
                #expect(
                    try await run(Repository.smppost, arguments).exitCode == 0, "beside the bridge that has the room")
                #expect(try await bridge.stop().exitCode == 0)
                #expect(try await run(Repository.smppost, arguments).exitCode == 0)
                try await disk.fill()
                let full = try await run(Repository.smppost, arguments)
                #expect(full.exitCode == 78, "\(full.everything)")
                #expect(full.everything.contains("no room on the disk: \(disk.path) has "))
            }
        }
    }

    /// An address that is taken may be the running bridge's; one that this machine does not have never will be.
    @Test func anAddressThatIsNotOursIsAProblem() async throws {
        try await withConfiguration { folder in
            let yaml = try String(contentsOfFile: folder.file("config/smppost.yaml"), encoding: .utf8)
            try folder.write(yaml.replacing("127.0.0.1:8443", with: "192.0.2.77:8443"), to: "config/smppost.yaml")
            for (command, code) in [("check", Int32(78)), ("serve", 1)] {
                let result = try await check(folder, command: command)
                #expect(result.exitCode == code, "\(result.everything)")
                #expect(result.everything.contains("192.0.2.77:8443: this machine has no such address (intake.listen)"))
            }
        }
    }

    @Test func aClockThatIsBehindIsTold() async throws {
        try await withConfiguration { folder in
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: 3_600)], ofItemAtPath: folder.file("config/smppost.yaml")
            )
            let result = try await check(folder)
            #expect(result.exitCode == 0, "\(result.everything)")
            #expect(result.everything.contains("warning: this machine's clock is behind: it says 20"))
        }
    }

    /// Waiting does not mend it: the newer version has to be installed again, or a backup put in its place.
    @Test func aJournalOfANewerVersionStopsTheStart() async throws {
        try await withConfiguration { folder in
            let script = """
                import sqlite3, sys
                with sqlite3.connect(sys.argv[1]) as database:
                    database.execute("PRAGMA application_id = 0x736D7070")
                    database.execute("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
                    database.executemany("INSERT INTO grdb_migrations VALUES (?)", [("v1",), ("v2",), ("v999",)])
                """
            let made = try await run("python3", ["-c", script, folder.file("newer.db")])
            try #require(made.exitCode == 0, "\(made.everything)")
            let yaml = try String(contentsOfFile: folder.file("config/smppost.yaml"), encoding: .utf8)
            for (outage, code) in [("refuse", Int32(78)), ("continue", 0)] {
                let journal = "\njournal: { url: \"sqlite:../newer.db\", on_outage: \(outage) }\n"
                try folder.write(yaml + journal, to: "config/smppost.yaml")
                let result = try await check(folder)
                #expect(result.exitCode == code, "\(result.everything)")
                #expect(result.everything.contains("newer.db: a newer version of smppost made it"))
            }
            try folder.write(yaml + "\njournal: { url: \"sqlite:../newer.db\" }\n", to: "config/smppost.yaml")
            #expect(try await check(folder, command: "serve").exitCode == 78)
        }
    }

    /// Root may write everything, so its tests try the check and not the refusal; that is `Tests/Package/run`.
    @Test(.enabled(if: geteuid() != 0)) func aJournalThatMayNeverBeWrittenStopsTheStart() async throws {
        try await withConfiguration { folder in
            let yaml = try String(contentsOfFile: folder.file("config/smppost.yaml"), encoding: .utf8)
            try folder.write(yaml + "\njournal: { url: \"sqlite:/journal.db\" }\n", to: "config/smppost.yaml")
            for command in ["check", "serve"] {
                let result = try await check(folder, command: command)
                #expect(result.exitCode == 78, "\(result.everything)")
                #expect(
                    result.everything.contains("\"journal.url\": /journal.db cannot be made: / may not be written by"))
            }
        }
    }

    @Test func anAddressThatIsTakenIsToldByItsKey() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let arguments = ["--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers")]
            let checked = try await run(Repository.smppost, ["check"] + arguments)
            #expect(checked.exitCode == 0)
            let told = /: warning: 127\.0\.0\.1:\d+: address already in use \((intake|monitor)\.listen\)\n/
            #expect(checked.everything.matches(of: told).map(\.output.1) == ["intake", "monitor"])
            let served = try await run(Repository.smppost, ["serve"] + arguments)
            #expect(served.exitCode == 1)
            #expect(served.everything.contains("address already in use (monitor.listen)"))
        }
    }

    @Test func theConfigurationIsFoundByTheEnvironment() async throws {
        try await withConfiguration { folder in
            let elsewhere = try TemporaryFolder()
            defer { elsewhere.remove() }
            let found = try await run(
                Repository.smppost, ["check"], folder: elsewhere.path,
                environment: ["SMPPOST_CONFIG": folder.file("config")])
            #expect(found.exitCode == 0, "\(found.everything)")
            // On a machine without an installed one.
            guard !FileManager.default.fileExists(atPath: "/etc/smppost") else { return }
            let missing = try await run(Repository.smppost, ["check"], folder: elsewhere.path)
            #expect(missing.exitCode == 78)
            #expect(missing.everything.contains("config:1:1: this directory does not exist"))
        }
    }

    @Test func tenProblemsAreToldInOneRun() async throws {
        try await withConfiguration { folder in
            let secrets = try await TestSecrets.shared()
            let certificate = try await TestCertificate.shared()
            try folder.write(
                """
                intake:
                  listen: ["127.0.0.1:8443"]
                  path: sms
                  tls: { certificate: "\(certificate.certificate)", key: missing.key }
                  reply_within: 90s
                monitor:
                  listen: "0.0.0.0:8080"
                log:
                  levle: info

                """, to: "config/smppost.yaml")
            try folder.write(
                """
                accounts:
                  - name: acme
                    login: acme
                    password: "\(secrets.passwordHash)"
                    senders: [ACME]
                    default_sender: OTHER
                    carriers: [main, nowhere]
                  - name: acme
                    login: second
                    password: plain-text-password
                    carriers: [main]
                    rate: fast
                    allow_from: ["203.0.113.0/99"]

                """, to: "config/accounts.yaml")
            try folder.write(
                """
                hosts: ["127.0.0.1"]
                system_id: much-longer-than-fifteen
                password: smppass
                binds: [{ kind: tranceiver, count: 1 }]
                window: many
                statuses:
                  "0x00000400": { http: 201 }

                """, to: "carriers/main.yaml")
            try folder.write(CarrierSetup(name: "idle", port: 2776).yaml, to: "carriers/idle.yaml")
            let result = try await check(folder)
            #expect(result.exitCode == 78)
            // Where each problem stands, and a word that its message must have.
            let wanted: [(place: String, word: String)] = [
                ("config/smppost.yaml:3:9", "path"), ("config/smppost.yaml:4:", "missing.key"),
                ("config/smppost.yaml:5:17", "reply_within"), ("config/smppost.yaml:7:11", "token"),
                ("config/smppost.yaml:9:3", "level"),
                ("config/accounts.yaml:6:21", "OTHER"), ("config/accounts.yaml:7:22", "nowhere"),
                ("config/accounts.yaml:8:11", "name"), ("config/accounts.yaml:10:15", "hash"),
                ("config/accounts.yaml:12:11", "rate"), ("config/accounts.yaml:13:18", "203.0.113.0/99"),
                ("carriers/main.yaml:1:9", "port"), ("carriers/main.yaml:2:12", "system_id"),
                ("carriers/main.yaml:4:17", "transceiver"), ("carriers/main.yaml:5:9", "window"),
                ("carriers/main.yaml:7:25", "201"), ("carriers/idle.yaml:1:1", "account"),
            ]
            let lines = result.everything.split(separator: "\n").map(String.init)
            for (place, word) in wanted {
                let found = lines.contains { $0.hasPrefix(place) && $0.contains(word) }
                #expect(found, "\(place) \(word) in:\n\(result.everything)")
            }
            // No line without its place, none told twice, no secret in any.
            for line in lines where !line.isEmpty {
                #expect(line.contains(/^(config|carriers)\/\w+\.yaml:\d+:\d+: \S/), "\(line)")
            }
            #expect(Set(lines).count == lines.count)
            #expect(!result.everything.contains("plain-text-password"))
            #expect(!result.everything.contains("smppass"))

            let serve = try await check(folder, command: "serve")
            #expect(serve.exitCode == 78)
            #expect(serve.everything.contains("config/smppost.yaml:3:9"))
        }
    }

    /// A file that is no YAML, one that is empty, and one that is not there.
    @Test func unreadableFilesAreToldWithTheirPlace() async throws {
        try await withConfiguration { folder in
            try folder.write("intake:\n  listen: [\"127.0.0.1:8443\"\n  path: /sms\n", to: "config/smppost.yaml")
            try folder.write("", to: "config/accounts.yaml")
            try folder.write("hosts: [\"127.0.0.1:2775\"]\nhosts: []\n", to: "carriers/main.yaml")
            let result = try await check(folder)
            #expect(result.exitCode == 78)
            #expect(result.everything.contains(#/config/smppost\.yaml:[23]:\d+: /#), "\(result.everything)")
            #expect(result.everything.contains("config/accounts.yaml:1:1: "), "\(result.everything)")
            #expect(result.everything.contains("carriers/main.yaml:2:1: "), "\(result.everything)")
        }
        let empty = try TemporaryFolder()
        defer { empty.remove() }
        let result = try await check(empty)
        #expect(result.exitCode == 78)
        #expect(result.everything.contains("config:1:1: "), "\(result.everything)")
    }

    /// A certificate that is over, and a secret that nobody may read.
    @Test func expiredCertificateAndMissingSecretAreTold() async throws {
        try await withConfiguration { folder in
            try folder.write(ExpiredCertificate.certificate, to: "config/old.crt")
            try folder.write(ExpiredCertificate.key, to: "config/old.key")
            try folder.write(
                """
                intake:
                  listen: ["127.0.0.1:8443"]
                  tls: { certificate: old.crt, key: old.key }

                """, to: "config/smppost.yaml")
            try folder.write(
                CarrierSetup(port: 2775).yaml.replacing("password: smppass", with: "password_file: none.password"),
                to: "carriers/main.yaml")
            let result = try await check(folder)
            #expect(result.exitCode == 78)
            #expect(result.everything.contains("config/smppost.yaml:3:"), "\(result.everything)")
            #expect(result.everything.contains("carriers/main.yaml:3:"), "\(result.everything)")
        }
    }

    /// What the repository ships is without a fault, once the demo has made its certificate.
    @Test func shippedConfigurationIsGood() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let copied = try await run(
            "cp",
            [
                "-R", Repository.file("config"),
                Repository.file("carriers"), folder.path,
            ])
        try #require(copied.exitCode == 0)
        let certificate = try await TestCertificate.shared()
        let placed = try await run(
            "sh",
            [
                "-c", "mkdir -p config/tls && cp \"$0\" config/tls/server.crt && cp \"$1\" config/tls/server.key",
                certificate.certificate, certificate.key,
            ], folder: folder.path)
        try #require(placed.exitCode == 0)
        let result = try await check(folder)
        #expect(result.exitCode == 0, "\(result.everything)")
    }
}
