import Foundation
import TestPrograms
import Testing

/// Logs, at the most talkative level, carry neither secrets nor texts nor whole numbers.
@Suite struct SecretsTests {
    @Test(arguments: ["text", "json"])
    func logsCarryNoSecrets(format: String) async throws {
        let key = try await TestSecrets.shared().key
        let written = try await withSimulator { simulator -> [String] in
            var setup = BridgeSetup(carriers: [CarrierSetup(port: simulator.port)])
            setup.logLevel = "trace\n  format: \(format)"
            setup.accounts.append(AccountSetup(name: "open", login: "open", anySender: true))
            let bridge = try await Bridge.start(setup)
            defer { bridge.discard() }
            try await bridge.awaitReady()
            let text = "Секретный text of nobody's business"
            let forms: [Form] = [
                .message(to: "+7 916 555-11-22", text: text), .keyed(key, to: "79165551122", text: text),
                .message(to: "79161670004", text: text), .message(to: "79165551122 ext 7", text: text),
                .message(to: "79165551122", text: text, password: "wrong-password"),
                .keyed("wrong-key", to: "79165551122", text: text),
                .message(to: "79165551122", text: text, from: "Имя", login: "open"),
                .message(to: "79165551122", text: text).with("text", "more").with("to", "79165551122,79165551123"),
            ]
            let replies = try await bridge.post(forms)
            #expect(replies.map(\.status) == [200, 200, 422, 422, 401, 401, 422, 422])
            for reply in replies {
                #expect(!reply.body.contains("5551122"))
                #expect(!reply.body.contains("business"))
            }
            let ended = try await bridge.stop()
            #expect(ended.exitCode == 0)
            // Every log line of a message carries its id.
            #expect(ended.everything.contains(replies[0].id ?? "none"))
            return [ended.everything, simulator.process.current.everything]
        }
        let secrets = [
            TestAccount.password, "correct horse", "correct+horse", "correct%20horse", "wrong-password", "wrong-key",
            key, Simulator.password, "business", "Секретный", "9165551122", "555-11-22", "5551122", "79161670004",
            "$scrypt$", "$sha256$",
        ]
        for log in written {
            for secret in secrets {
                #expect(!log.contains(secret), "\(secret) in the log")
            }
        }
    }
}
