import Foundation
import TestPrograms
import Testing

/// A message by hand: on the page, and by `smppost send --account`.
@Suite struct HandTests {
    private static let setup: BridgeSetup = {
        var setup = BridgeSetup()
        setup.lines = ["journal:", "  url: \"sqlite:journal.db\""]
        return setup
    }()

    /// What a person wrote stands in no log; who sent what as whom does.
    private static func expectDiscreet(_ bridge: Bridge) {
        let log = bridge.process.current.everything
        #expect(log.contains("a message was sent by hand") && log.contains("by=127.0.0.1"))
        #expect(!log.contains("by hand, secret") && !log.contains("79161234567"))
    }

    private func send(_ bridge: Bridge, _ arguments: String...) async throws -> ProcessOutput {
        try await run(
            Repository.smppost,
            ["send", "--to", "8 916 123-45-67", "--text", "by hand, secret"] + arguments + [
                "--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers"),
            ])
    }

    @Test func aCommandSendsAsAnAccountWithoutItsPassword() async throws {
        // Each carrier its own SMSC: one that two carriers share may send a receipt over the other's bind.
        let other = try await Simulator.start(["--receipts", "100ms"])
        defer { other.process.kill() }
        try await withSimulator(["--receipts", "100ms"]) { simulator in
            var setup = Self.setup
            setup.carriers = [
                CarrierSetup(port: simulator.port), CarrierSetup(name: "other", port: other.port),
            ]
            setup.accounts = [
                AccountSetup(carriers: ["main"]), AccountSetup(name: "b", login: "b", carriers: ["other"]),
            ]
            setup.monitorLines = ["token: a-token-of-24-characters", "send_every: 1s"]
            try await withBridge(setup, awaitingReady: false) { bridge in
                try await eventually("both up") {
                    bridge.process.current.everything.ranges(of: "bind is bound").count >= 2
                }
                let sent = try await send(bridge, "--account", "acme")
                #expect(sent.exitCode == 0, "\(sent.everything)")
                let id = try #require(sent.standardOutput.firstMatch(of: /id +(\S{13})/)?.1)
                for line in [
                    "outcome   accepted", "reply     HTTP 200: ", "parts     1 of 1 accepted",
                    "receipt   part 1 delivered",
                ] {
                    #expect(sent.standardOutput.contains(line), "\(sent.standardOutput)")
                }
                // One at a time, and not at once again.
                #expect(try await send(bridge, "--account", "acme").everything.contains("try again in 1 s"))
                try await eventually("again, over a carrier that the account does not have") {
                    try await send(bridge, "--account", "acme", "--carrier", "other", "--wait", "0s").exitCode == 0
                }
                let life = try await run(
                    Repository.smppost,
                    [
                        "messages", "--config", bridge.folder.file("config"), "--carriers",
                        bridge.folder.file("carriers"), "--id", String(id),
                    ])
                #expect(life.standardOutput.contains(/outcome +accepted/))
                try await eventually("no such account") {
                    try await send(bridge, "--account", "nobody").everything.contains(
                        "there is no such account; there are: acme, b")
                }
                Self.expectDiscreet(bridge)
            }
        }
    }

    /// A person's form in a browser, with the token; another site's page gets nothing.
    @Test(.enabled(if: Browser.isThere, "Chromium is not installed")) func aFormOnThePage() async throws {
        try await withSimulator(["--receipts", "300ms"]) { simulator in
            var setup = Self.setup
            setup.carriers = [CarrierSetup(port: simulator.port)]
            try await withBridge(setup) { bridge in
                let page = "http://127.0.0.1:\(bridge.monitorPort)"
                let foreign = try await Curl.run(
                    CurlRequest(
                        url: page + "/send", method: "POST", body: "account=acme&to=79161234567&text=x",
                        headers: ["Sec-Fetch-Site: cross-site"]))
                #expect(foreign.status == 403)
                let shots = ProcessInfo.processInfo.environment["SMPPOST_SHOTS"]
                func shot(_ name: String) -> [String] { shots.map { ["shot=\($0)/\(name).png"] } ?? [] }
                let set = { (field: String, text: String) in
                    "eval=(document.getElementById('send-\(field)').value = '\(text)', 0)"
                }
                let (send, result) = (
                    "document.getElementById('send')", "document.getElementById('send-result').textContent"
                )
                let press = { (id: String) in "eval=(document.getElementById('\(id)').click(), 0)" }
                var steps = ["size=1280x900", "language=en", "open=\(page)/", "wait=isConnected"]
                steps += shot("page-en")
                steps += [press("send-open"), "wait=\(send).open", set("to", "8 916 123-45-67")]
                steps += [set("text", "by hand, secret"), press("send-go")]
                steps += ["wait=document.getElementById('confirm').open"]
                steps += ["eval=document.getElementById('confirm-text').textContent", "eval=document.activeElement.id"]
                steps += shot("ask-en")
                steps += [press("confirm-yes"), "wait=/delivered/i.test(\(result))", "eval=\(result)"]
                steps += shot("send-en")
                steps += ["size=390x844", "scheme=dark", press("language")]
                steps += ["eval=document.getElementById('send-title').textContent"]
                steps += ["eval=document.documentElement.scrollWidth <= innerWidth"]
                steps += shot("send-ru-dark-phone")
                let lines = try await Browser.start(steps).lines().filter {
                    $0.hasPrefix("\"") || $0 == "true" || $0 == "false"
                }
                try #require(lines.count == 5, "\(lines)")
                #expect(lines[0] == "\"One message as acme. It may cost money.\"")
                #expect(lines[1] == "\"confirm-no\"")
                for word in ["accepted by the carrier", "HTTP 200", "Parts accepted1/1", "1: delivered"] {
                    #expect(lines[2].contains(word), "\(lines[2])")
                }
                #expect(lines[3] == "\"Отправить пробное сообщение\"" && lines[4] == "true")
                Self.expectDiscreet(bridge)
            }
        }
    }
}
