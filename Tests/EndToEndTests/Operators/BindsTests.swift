import Foundation
import TestPrograms
import Testing

/// `/binds`, `/events`, `/metrics`, the page and `smppost binds` of one running bridge.
@Suite struct BindsTests {
    private static func smppost(
        _ bridge: Bridge, _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> ProcessOutput {
        let places = ["--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers")]
        return try await ProcessHandle(
            Repository.smppost, ["binds"] + arguments + places, environment: environment
        ).waitForExit()
    }

    /// A form with every outcome.
    private static let forms: [Form] = [
        .message(), .message(text: String(repeating: "Длинно ", count: 30)), .message(to: "79161660011"),
        .message(to: "79161670004"), .message(to: "79161660088"),
    ]

    /// The numbers of a carrier's binds, by a name that all views share.
    private static func numbers(json carriers: [[String: Any]]) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for carrier in carriers {
            let name = carrier["name"] as? String ?? ""
            let receipts = carrier["receipts"] as? [String: Any] ?? [:]
            for (key, label) in [("matched", "matched"), ("unmatched", "unmatched"), ("duplicates", "duplicate")] {
                numbers["receipts_\(label)/\(name)"] = (receipts[key] as? NSNumber)?.doubleValue
            }
            for bind in carrier["binds"] as? [[String: Any]] ?? [] {
                let place = "\(name)/\(bind["name"] as? String ?? "")"
                let totals = bind["totals"] as? [String: Any] ?? [:]
                for (key, value) in totals { numbers["\(key)/\(place)"] = (value as? NSNumber)?.doubleValue }
                for key in ["window_in_use", "window_size", "waiting", "congestion"] {
                    numbers["\(key)/\(place)"] = (bind[key] as? NSNumber)?.doubleValue
                }
                numbers["up/\(place)"] = bind["state"] as? String == "bound" ? 1 : 0
            }
        }
        return numbers
    }

    /// The same out of `/metrics`.
    private static func numbers(metrics text: String) -> [String: Double] {
        let names = [
            "smppost_window_in_use": "window_in_use", "smppost_window_size": "window_size",
            "smppost_messages_waiting": "waiting", "smppost_congestion_state": "congestion", "smppost_bind_up": "up",
            "smppost_late_responses_total": "late", "smppost_throttled_total": "throttled",
            "smppost_displaced_total": "displaced", "smppost_deliveries_total": "delivered",
            "smppost_pdu_errors_total": "misplaced", "smppost_pdu_flaws_total": "flawed",
            "smppost_receipts_matched_total": "receipts_matched",
            "smppost_receipts_unmatched_total": "receipts_unmatched",
            "smppost_receipts_duplicate_total": "receipts_duplicate",
        ]
        var numbers: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let match = line.wholeMatch(of: /(\w+)\{(.*)\} (.*)/) else { continue }
            var labels: [String: String] = [:]
            for label in match.2.matches(of: /(\w+)="([^"]*)"/) { labels[String(label.1)] = String(label.2) }
            let place = [labels["carrier"], labels["bind"]].compactMap(\.self).joined(separator: "/")
            if match.1 == "smppost_bind_submit_total", let outcome = labels["outcome"] {
                numbers["\(outcome)/\(place)"] = Double(match.3)
            } else if let name = names[String(match.1)] {
                // One family is told by why.
                numbers["\(name)/\(place)", default: 0] += Double(match.3) ?? .nan
            }
        }
        return numbers
    }

    private static func carriers(_ json: String) throws -> [[String: Any]] {
        let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        return try #require(document?["carriers"] as? [[String: Any]])
    }

    /// One snapshot makes them all: no number differs once the bridge is quiet.
    @Test(.enabled(if: Browser.isThere, "Chromium is not installed"))
    func everyViewTellsTheSameNumbers() async throws {
        try await withBridgeAndSimulator(BridgeSetup(carriers: [CarrierSetup(binds: 2)])) { bridge, simulator in
            _ = try await bridge.post(Self.forms)
            // Quiet: what was sent is answered, and what came of it is counted.
            var last = ""
            try await eventually("quiet") {
                let now = try await bridge.monitor("/binds").body.replacing(
                    /"(ago|since|uptime|[a-z_]*_ago)":[0-9.]+/, with: ""
                )
                .replacing(/"(taken_at|cpu_seconds|resident_bytes|rate|open_files|threads)":"?[^,]*/, with: "")
                defer { last = now }
                return now == last
            }
            let page = try Browser.start([
                "language=en", "open=http://127.0.0.1:\(bridge.monitorPort)/",
                "wait=document.querySelectorAll('.bind').length === 2",
                "eval=JSON.stringify({carriers: order.map(name => carriers.get(name).data)})",
                """
                eval=[...document.querySelectorAll('.bind')].map(bind => ['accepted', 'refusedTotal', 'unknown'].map(word =>
                bind.querySelector(`dt[data-word="${word}"]`).nextSibling.textContent).join()).join(';')
                """,
            ])
            let lines = try await page.lines()
            let binds = try await bridge.monitor("/binds").body
            let json = Self.numbers(json: try Self.carriers(binds))
            let metrics = Self.numbers(metrics: try await bridge.monitor("/metrics").body)
            let command = try await Self.smppost(bridge, "--json")
            #expect(json.count > 25)
            #expect(json.filter { $0.key.hasPrefix("accepted/") }.values.reduce(0, +) >= 3, "\(json)")
            for (name, value) in json {
                #expect(metrics[name] == value, "\(name): \(value), \(String(describing: metrics[name]))")
            }
            #expect(Self.numbers(json: try Self.carriers(command.standardOutput)) == json)
            let told = try #require(try JSONDecoder().decode([String].self, from: Data("[\(lines[1])]".utf8)).first)
            #expect(Self.numbers(json: try Self.carriers(told)) == json)
            // What is written on the page, too.
            let shown = ["1", "2"].map { bind in
                ["accepted", "refused", "unknown"].map { "\(Int(json["\($0)/main/\(bind)"] ?? -1))" }.joined(
                    separator: ",")
            }
            #expect(lines[2] == "\"\(shown.joined(separator: ";"))\"")
        }
    }

    /// Neither a secret nor a text nor a whole number is anywhere.
    @Test func nothingPrivateIsShown() async throws {
        let token = "the-monitors-own-token"
        let key = try await TestSecrets.shared().key
        try await withSimulator { simulator in
            var setup = BridgeSetup(carriers: [CarrierSetup(port: simulator.port)])
            setup.monitorLines = ["token: \(token)"]
            setup.logLevel = "trace"
            try await withBridge(setup, awaitingReady: false) { bridge in
                let get = { (path: String, options: [String]) in
                    try await Curl.run(
                        CurlRequest(
                            url: "http://127.0.0.1:\(bridge.monitorPort)\(path)",
                            headers: ["Authorization: Bearer \(token)"], options: options))
                }
                try await eventually("ready") { try await get("/readyz", []).status == 200 }
                _ = try await bridge.post([
                    .message(to: "79165551122", text: "nobody's business"), .keyed(key, to: "79165551122"),
                    .message(to: "79165551122", password: "wrong-password"), .message(to: "79165551122 ext 7"),
                ])
                let events = try ProcessHandle(
                    "curl",
                    [
                        "-sN", "-m", "3", "-H", "Authorization: Bearer \(token)",
                        "http://127.0.0.1:\(bridge.monitorPort)/events",
                    ])
                try await events.waitForOutput(containing: "event: snapshot")
                let shown = [
                    "page": try await get("/", []).body, "binds": try await get("/binds", []).body,
                    "metrics": try await get("/metrics", []).body, "events": events.current.everything,
                    "table": try await Self.smppost(bridge).everything,
                    "check": try await Self.smppost(bridge, "--check").everything,
                    "log": bridge.process.current.everything,
                ]
                events.kill()
                let secrets = [
                    token, TestAccount.password, "wrong-password", key, Simulator.password, "business", "5551122",
                    "$scrypt$", "$sha256$",
                ]
                for (name, text) in shown {
                    #expect(!text.isEmpty, "\(name)")
                    for secret in secrets { #expect(!text.contains(secret), "\(secret) in \(name)") }
                }
            }
        }
    }

    @Test func commandShowsChecksAndActs() async throws {
        try await withBridgeAndSimulator(BridgeSetup(carriers: [CarrierSetup(binds: 2)])) { bridge, _ in
            try await eventually("both up") { try await bridge.carriers()[0].binds.allSatisfy { $0.state == "bound" } }
            let table = try await Self.smppost(bridge)
            #expect(table.exitCode == 0)
            let addresses = "intake=127.0.0.1:\(bridge.port) monitor=127.0.0.1:\(bridge.monitorPort)"
            #expect(bridge.process.current.everything.contains("smppost is ready \(addresses)"))
            #expect(table.standardOutput.contains("UP  all 2 binds up") && !table.standardOutput.contains("\u{1B}"))
            let fine = try await Self.smppost(bridge, "--check")
            #expect(fine.exitCode == 0)
            #expect(
                fine.standardOutput.contains(
                    /^SMPPOST OK - all carriers are up \(1\)\n2 of 2 binds up \| 'main_up'=2;2:;1:;0;2 [^\n]*\n/))
            #expect(try await Self.smppost(bridge, "drain", "main/1").standardOutput == "main/1: drain is done\n")
            let drained = try await Self.smppost(bridge, "--check")
            #expect(drained.exitCode == 1 && drained.standardOutput.contains("bind 1: drained"))
            #expect(try await Self.smppost(bridge, "stop", "main").exitCode == 0)
            let down = try await Self.smppost(bridge, "--check")
            #expect(
                down.exitCode == 2 && down.standardOutput.hasPrefix("SMPPOST CRITICAL - 1 of 1 switched off: main\n"))
            #expect(try await Self.smppost(bridge, "start", "main").exitCode == 0)
            try await eventually("up again") { try await Self.smppost(bridge, "--check").exitCode == 0 }
            #expect(try await Self.smppost(bridge, "rebind", "main/2").exitCode == 0)
            try await eventually("up again") { try await Self.smppost(bridge, "--check").exitCode == 0 }
            for target in ["main/3", "nain", "main/x"] {
                let nowhere = try await Self.smppost(bridge, "stop", target)
                let known = target == "nain" ? "main" : "main/1, main/2"
                #expect(nowhere.exitCode == 1)
                #expect(nowhere.standardError.contains("there is no such carrier or bind; there are: \(known)"))
            }
            for target in ["main/1/2", "/1", "main/", "ma in", "../x"] {
                #expect(try await Self.smppost(bridge, "stop", target).exitCode == 64, "\(target)")
            }
            let unknown = try await Self.smppost(bridge, "--check", "nain")
            #expect(
                unknown.exitCode == 3 && unknown.standardOutput.hasPrefix("SMPPOST UNKNOWN - there is no carrier nain"))
        }
    }

    @Test func nobodyAnswers() async throws {
        let url = "http://127.0.0.1:\(try Ports.free())"
        let check = try await run(Repository.smppost, ["binds", "--check", "--url", url])
        #expect(
            check.exitCode == 2 && check.standardOutput.hasPrefix("SMPPOST CRITICAL - the bridge does not answer: "))
        #expect(try await run(Repository.smppost, ["binds", "--url", url]).exitCode == 1)
        #expect(try await run(Repository.smppost, ["binds", "--url", "ftp://x"]).exitCode == 64)
        let nothing = try await run(Repository.smppost, ["binds", "--check", "--config", "/nowhere"])
        #expect(nothing.exitCode == 3)
    }

    /// On a terminal: another screen, colours, and everything as it was after Ctrl-C; NO_COLOR is heard.
    @Test(arguments: [["NO_COLOR": ""], ["NO_COLOR": "1"]])
    func watchesOnATerminal(environment: [String: String]) async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let command =
                "stty cols 60 rows 20; exec \(Repository.smppost) binds --watch --config \(bridge.folder.file("config")) "
                + "--carriers \(bridge.folder.file("carriers"))"
            let terminal = try ProcessHandle(
                "script", ["-qfec", command, "/dev/null"], keepsInput: true,
                environment: environment.merging(["TERM": "xterm-256color"]) { $1 })
            defer { terminal.kill() }
            try await terminal.waitForOutput(containing: "UP  the bind is up")
            try await terminal.waitForOutput(containing: "\u{1B}[?1049h")
            // Ctrl-C.
            terminal.write("\u{3}")
            let ended = try await terminal.waitForExit()
            #expect(ended.exitCode == 0, "\(ended.everything)")
            let text = ended.standardOutput
            #expect(text.hasSuffix("\u{1B}[?25h\u{1B}[?1049l"))
            #expect(text.contains("\u{1B}[32m") == (environment["NO_COLOR"] == ""))
            let shown = text.replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "\n").split(whereSeparator: \.isNewline)
            #expect(shown.allSatisfy { $0.count <= 62 }, "\(shown)")
        }
    }

    /// Not a terminal: plain tables, one after the other.
    @Test func watchesIntoAPipe() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let watch = try ProcessHandle(
                Repository.smppost,
                [
                    "binds", "--watch", "--config", bridge.folder.file("config"), "--carriers",
                    bridge.folder.file("carriers"),
                ])
            defer { watch.kill() }
            try await eventually("told twice") {
                watch.current.standardOutput.ranges(of: "UP  the bind is up").count >= 2
            }
            let ended = try await watch.stop()
            #expect(ended.exitCode == 0 && !ended.standardOutput.contains("\u{1B}"))
        }
    }

    /// The monitor with TLS and a token, as it is away from this machine.
    @Test func overTLSWithAToken() async throws {
        let token = "a-token-of-24-characters"
        let certificate = try await TestCertificate.shared()
        try await withSimulator { simulator in
            var setup = BridgeSetup(carriers: [CarrierSetup(port: simulator.port)])
            setup.monitorLines = [
                "token: \(token)", "tls: { certificate: \"\(certificate.certificate)\", key: \"\(certificate.key)\" }",
            ]
            try await withBridge(setup, awaitingReady: false) { bridge in
                let url = "https://127.0.0.1:\(bridge.monitorPort)"
                let page = try await Curl.run(
                    CurlRequest(url: url + "/", options: ["cacert = \"\(certificate.certificate)\""]))
                #expect(page.status == 200 && page.headers["strict-transport-security"] == "max-age=31536000")
                #expect(
                    page.headers["content-security-policy"]?.hasPrefix("default-src 'none'; script-src 'sha256-")
                        == true)
                for (name, value) in [
                    ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
                    ("x-frame-options", "DENY"), ("cache-control", "no-store"),
                    ("cross-origin-resource-policy", "same-origin"),
                ] { #expect(page.headers[name] == value) }
                // The configuration has the token.
                try await eventually("up") { try await Self.smppost(bridge, "--check").exitCode == 0 }
                try bridge.folder.write(token + "\n", to: "token")
                let shown = try await run(
                    Repository.smppost,
                    [
                        "binds", "--url", url, "--ca", certificate.certificate, "--token-file",
                        bridge.folder.file("token"),
                    ])
                #expect(
                    shown.exitCode == 0 && shown.standardOutput.contains("UP  the bind is up"), "\(shown.everything)")
                let stranger = try await run(
                    Repository.smppost, ["binds", "--check", "--url", url, "--ca", certificate.certificate])
                #expect(stranger.exitCode == 3 && stranger.standardOutput.contains("a token is needed"))
            }
        }
    }

    /// A page of another site that calls this machine by a name of its own reads nothing.
    @Test func foreignNamesGetNothing() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            for (host, status) in [("evil.example", 421), ("localhost", 200), ("127.0.0.1", 200)] {
                let reply = try await Curl.run(
                    CurlRequest(
                        url: "http://127.0.0.1:\(bridge.monitorPort)/binds",
                        headers: ["Host: \(host):\(bridge.monitorPort)"]))
                #expect(reply.status == status, "\(host)")
            }
            let press = try await Curl.run(
                CurlRequest(
                    url: "http://127.0.0.1:\(bridge.monitorPort)/carriers/main/stop", method: "POST", body: "",
                    headers: ["Origin: http://evil.example"]))
            #expect(press.status == 403)
            #expect(try await bridge.monitor("/carriers/main/stop").status == 405)
        }
    }
}
