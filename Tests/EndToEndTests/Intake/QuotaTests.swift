import Foundation
import TestPrograms
import Testing

/// What bounds a stolen login: quotas by day and month, messages to one number, numbers that nothing is sent to.
@Suite(.timeLimit(.minutes(2))) struct QuotaTests {
    private static func setup(_ accounts: [AccountSetup], _ journal: [String] = []) async throws -> BridgeSetup {
        var setup = BridgeSetup(replyWithin: "3s", journal: try await TriedJournal.url(), ["retention: 90d"] + journal)
        setup.accounts = accounts
        return setup
    }

    private func form(to: String = "79161234567", _ text: String) async throws -> Form {
        .keyed(try await TestSecrets.shared().key, to: to, text: text)
    }

    private func post(_ bridge: Bridge, to: String = "79161234567", _ text: String) async throws -> Reply {
        try await bridge.post(try await form(to: to, text))
    }

    /// Counted are messages that went or may have gone, also over a restart; a repeat is answered though nothing is left.
    @Test func aDaysQuotaIsKeptOverARestart() async throws {
        let lines = ["quota: { day: 3, month: 100, zone: Asia/Almaty }"]
        var setup = try await Self.setup([
            AccountSetup(hasKey: true, lines: lines), AccountSetup(name: "free", login: "free"),
        ])
        try await withSimulator { simulator in
            setup.carriers[0].port = simulator.port
            let first = try await Bridge.start(setup)
            defer { first.discard() }
            try await first.awaitReady()
            #expect(try await post(first, "one").status == 200)
            // Refused by the carrier, and by the bridge: neither counts.
            #expect(try await post(first, to: "79161660011", "refused").status == 422)
            #expect(try await post(first, to: "12", "no number").status == 422)
            let unknown = try await post(first, to: LedgerTests.silent, "unknown")
            #expect(unknown.status == 504)
            let repeated = try await post(first, to: LedgerTests.silent, "unknown")
            #expect(repeated.status == 504 && repeated.headers["x-replayed"] == "true")
            #expect(
                try await first.monitor("/metrics").body.contains(
                    "smppost_quota_left{account=\"acme\",period=\"day\"} 1\n"))
            #expect(try await first.stop().exitCode == 0)

            let bridge = try await first.startAgain()
            defer { bridge.process.kill() }
            try await bridge.awaitReady()
            #expect(try await post(bridge, "three").status == 200)
            let submits = try await simulator.counters().submits
            let refused = try await bridge.post(try await form("four"), headers: ["Accept: application/json"])
            #expect(refused.status == 429 && refused.outcome == "not-sent")
            #expect(try refused.json().error == "quota_exceeded")
            #expect((1...86_400).contains(Int(refused.headers["retry-after"] ?? "") ?? 0))
            #expect(try await post(bridge, "four").body.hasPrefix("Квота сообщений учётной записи исчерпана: на день."))
            let answered = try await post(bridge, to: LedgerTests.silent, "unknown")
            #expect(answered.status == 504 && answered.headers["x-replayed"] == "true")
            #expect(try await bridge.post(.message(login: "free")).status == 200)
            #expect(try await simulator.counters().submits == submits + 1)

            let binds = try await bridge.monitor("/binds").body
            #expect(
                binds.contains(
                    "\"account\":\"acme\",\"zone\":\"Asia/Almaty\",\"day\":{\"limit\":3,\"used\":3,\"left\":0,"))
            #expect(binds.contains("\"month\":{\"limit\":100,\"used\":3,\"left\":97,"))
            #expect(try await bridge.stop().exitCode == 0)
        }
    }

    @Test func oneNumberGetsSoManyAnHour() async throws {
        var setup = try await Self.setup([AccountSetup(hasKey: true, language: "en", lines: ["per_recipient: 2/h"])])
        try await withSimulator { simulator in
            setup.carriers[0].port = simulator.port
            let first = try await Bridge.start(setup)
            defer { first.discard() }
            try await first.awaitReady()
            #expect(try await post(first, "one").status == 200)
            #expect(try await first.stop().exitCode == 0)
            let bridge = try await first.startAgain()
            defer { bridge.process.kill() }
            try await bridge.awaitReady()
            // As people write it, it is the same number.
            #expect(try await post(bridge, to: "8 (916) 123-45-67", "two").status == 200)
            let refused = try await bridge.post(try await form("three"), headers: ["Accept: application/json"])
            #expect(refused.status == 429)
            #expect(try refused.json().error == "recipient_limited")
            #expect((3000...3600).contains(Int(refused.headers["retry-after"] ?? "") ?? 0))
            #expect(try await post(bridge, to: "79161234568", "other").status == 200)
            #expect(try await simulator.counters().submits == 3)
            #expect(try await bridge.stop().exitCode == 0)
        }
    }

    /// A list of opt-outs, and one of an account's own; both are read anew when they change, and a broken file changes nothing.
    @Test func blockedNumbersAreReadAnew() async throws {
        let setup = BridgeSetup(accounts: [
            AccountSetup(hasKey: true, lines: ["blocked: own.txt", "destinations: [\"7\", \"!77\", \"7701\"]"]),
            AccountSetup(name: "english", login: "english", language: "en"),
        ])
        try await withSimulator { simulator in
            var setup = setup
            setup.carriers[0].port = simulator.port
            let bridge = try await Bridge.start(setup) { folder in
                let file = folder.file("config/accounts.yaml")
                let text = try String(contentsOfFile: file, encoding: .utf8)
                try folder.write("blocked: opt-outs.txt\n" + text, to: "config/accounts.yaml")
                try folder.write("8 916 123-45-67\nno number\n", to: "config/opt-outs.txt")
                try folder.write("7900*\n", to: "config/own.txt")
            }
            defer { bridge.discard() }
            try await bridge.awaitReady()
            #expect(bridge.process.current.everything.contains("opt-outs.txt:2:1: warning: this line is left out"))
            let blocked = try await bridge.post(try await form("x"), headers: ["Accept: application/json"])
            #expect(blocked.status == 403 && blocked.outcome == "refused")
            #expect(try blocked.json().error == "recipient_blocked")
            #expect(try await post(bridge, "x").body.hasPrefix("Номер в стоп-листе"))
            let english = try await bridge.post(.message(login: "english"))
            #expect(english.status == 403 && english.body.hasPrefix("The number is on the stop list"))
            #expect(try await post(bridge, to: "79001234567", "own").status == 403)
            #expect(try await bridge.post(.message(to: "79001234567", login: "english")).status == 200)
            // The longest prefix decides.
            #expect(try await post(bridge, to: "+77770000000", "KZ").status == 403)
            #expect(try await post(bridge, to: "+77010000000", "KZ").status == 200)
            #expect(try await simulator.counters().submits == 2)

            try bridge.folder.write("79161234568\n", to: "config/opt-outs.txt")
            try await eventually("read anew", atMost: .seconds(20)) { try await post(bridge, "free").status == 200 }
            #expect(try await post(bridge, to: "79161234568", "x").status == 403)
            try FileManager.default.removeItem(atPath: bridge.folder.file("config/opt-outs.txt"))
            try await eventually("told", atMost: .seconds(20)) {
                bridge.process.current.everything.contains("a file of blocked numbers cannot be read")
            }
            #expect(try await post(bridge, to: "79161234568", "x").status == 403)
            #expect(try await bridge.stop().exitCode == 0)
        }
    }
}
