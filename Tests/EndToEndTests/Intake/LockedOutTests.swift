import Foundation
import TestPrograms
import Testing

/// Too many wrong passwords and keys, and whom that must not touch.
@Suite struct LockedOutTests {
    private static let accounts = [
        AccountSetup(hasKey: true), AccountSetup(name: "second", login: "second"),
        AccountSetup(name: "third", login: "third"),
    ]

    /// Every customer of PlanFix comes from its few addresses: what one of them does wrong is not the others' trouble.
    @Test func oneCustomersMistakesAreNotTheOthers() async throws {
        try await withBridgeAndSimulator(BridgeSetup(accounts: Self.accounts)) { bridge, _ in
            #expect(try await bridge.post(.message()).status == 200)
            let wrong = try await bridge.post((1...12).map { _ in Form.message(login: "second", password: "old") })
            #expect(wrong.suffix(2).map(\.status) == [429, 429])
            #expect(try await bridge.post(.message()).status == 200, "a pair that is known")
            #expect(try await bridge.post(.message(login: "third")).status == 200, "another login, for the first time")
            // Many logins and keys: now the address is locked for all that needs proof.
            let guesses = try await bridge.post((1...12).map { Form.keyed("guess-\($0)") })
            #expect(guesses.last?.status == 429)
            #expect(try await bridge.post(.message(login: "third")).status == 200, "a pair that is known")
            #expect(
                try await bridge.post(.keyed(try await TestSecrets.shared().key)).status == 200, "a key that is right")
            let metrics = try await bridge.monitor("/metrics").body
            #expect(metrics.contains("smppost_lockouts{kind=\"address\"} 1"))
            #expect(metrics.contains("smppost_lockouts{kind=\"login\"} 1"))
            #expect(metrics.contains("smppost_lockouts{kind=\"unknown_login\"} 0"))
            let log = bridge.process.current.everything
            #expect(log.contains("locked out after too many wrong attempts: login second at address 127.0.0.1"))
            #expect(log.contains("locked out after too many wrong attempts: address 127.0.0.1"))

            let config = bridge.folder.file("config")
            for (name, code) in [("second", Int32(0)), ("second", 1), ("127.0.0.1", 0), ("nobody", 1)] {
                let unlock = try await run(
                    Repository.smppost,
                    ["unlock", name, "--config", config, "--carriers", bridge.folder.file("carriers")])
                #expect(unlock.exitCode == code, "\(name): \(unlock.everything)")
            }
            #expect(try await bridge.post(.message(login: "second")).status == 200)
        }
    }

    /// A login that was right from here before is proven anew after a restart, whatever others did wrong at the address meanwhile.
    @Test func aRestartLocksNoOwnerOut() async throws {
        try await withSimulator { simulator in
            var setup = BridgeSetup(accounts: Self.accounts)
            setup.carriers[0].port = simulator.port
            let first = try await Bridge.start(setup)
            defer { first.discard() }
            try await first.awaitReady()
            #expect(try await first.post(.message()).status == 200)
            #expect(try await first.stop().exitCode == 0)
            let bridge = try await first.startAgain()
            defer { bridge.process.kill() }
            try await bridge.awaitReady()
            _ = try await bridge.post((1...12).map { Form.keyed("guess-\($0)") })
            _ = try await bridge.post((1...12).map { _ in Form.message(password: "wrong") })
            #expect(
                try await bridge.post(.message(login: "third")).status == 429,
                "never seen here, and the address is locked")
            try await eventually("proven anew") { try await bridge.post(.message()).status == 200 }
        }
    }

    @Test func aReloadChangesTheRules() async throws {
        try await withBridgeAndSimulator(BridgeSetup(accounts: Self.accounts)) { bridge, _ in
            let file = bridge.folder.file("config/smppost.yaml")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let changed = text.replacing(
                "reply_within: 10s", with: "reply_within: 10s\n  lockout: { attempts: 2, per: 1h }")
            try bridge.folder.write(changed, to: "config/smppost.yaml")
            let answer = try await Curl.run(
                CurlRequest(url: "http://127.0.0.1:\(bridge.monitorPort)/reload", method: "POST", body: ""))
            #expect(answer.status == 200 && answer.body.contains("\"needs_restart\":[]"), "\(answer.body)")
            let wrong = try await bridge.post((1...3).map { _ in Form.message(password: "wrong") })
            #expect(wrong.map(\.status) == [401, 401, 429])
            #expect((Int(wrong[2].headers["retry-after"] ?? "") ?? 0) > 3000)
        }
    }
}
