import Foundation
import TestPrograms
import Testing

/// Every reply of the table to PlanFix's chats, and what follows as a status.
@Suite(.timeLimit(.minutes(2))) struct ChatReplyTests {
    private static let phone = "+79165557702"

    private func run(
        _ keys: String = "", language: String = "ru", simulator arguments: [String] = ["--receipts", "100ms"],
        _ body: (Bridge, FakePlanFix, Simulator, String) async throws -> Void
    ) async throws {
        try await withPlanFix(arguments) { planFix, simulator, token in
            var setup = BridgeSetup(journal: BridgeSetup.ownJournal)
            setup.carriers[0].port = simulator.port
            setup.accounts = [AccountSetup(language: language, lines: [try await planFix.chat(keys)])]
            try await withBridge(setup) { try await body($0, planFix, simulator, token) }
        }
    }

    @Test func brokenFormsAndWrongTokens() async throws {
        try await run { bridge, planFix, simulator, token in
            let good = Form.chat("pf-1", "Hi", token: token, phone: Self.phone)
            for name in ["cmd", "providerId", "messageId", "contactPhone"] {
                let reply = try await bridge.chat(good.with(name, nil))
                #expect(reply.status == 400 && reply.body == "{\"error\":\"Invalid parameters\"}", "\(name)")
                #expect(reply.headers["content-type"] == "application/json")
            }
            for form in [good.with("cmd", "getTask"), good.with("providerId", "other"), good.with("chatId", "")] {
                let reply = try await bridge.chat(form)
                #expect(reply.status == (form.fields.contains { $0.name == "chatId" } ? 200 : 400))
            }
            for token in ["wrong", "", nil] {
                let wrong = try await bridge.chat(good.with("token", token))
                #expect(wrong.status == 401 && wrong.body == "{\"error\":\"Invalid token\"}")
            }
            // The plain form is where it was, and the chat's is not there.
            #expect(try await bridge.post(good).status == 400)
            #expect(try await bridge.post(.message()).status == 200)
            #expect(try await simulator.messages().count == 2)
        }
    }

    @Test func aRefusalSaysWhyAndAStatusFollows() async throws {
        try await run { bridge, planFix, simulator, token in
            let refused = try await bridge.chat(.chat("pf-1", "Hi", token: token, phone: "+79161670004"))
            #expect(refused.status == 400 && refused.outcome == "refused")
            #expect(refused.body.hasPrefix("{\"error\":\""))
            try await eventually("told") { try planFix.statuses(of: "pf-1") == ["error"] }
            let text = try #require(try planFix.statusText(of: "pf-1"))
            #expect(refused.body == "{\"error\":\"\(text)\"}")
            let wrong = try await bridge.chat(.chat("pf-2", "Hi", token: token, phone: "12"))
            #expect(wrong.status == 400)
            try await eventually("told") { try planFix.statuses(of: "pf-2") == ["error"] }
            #expect(try planFix.statusText(of: "pf-2")?.hasPrefix("Неверный номер получателя") == true)
        }
    }

    /// What was delivered stays so, whatever comes behind it under the same name.
    @Test func aRefusedRepeatTellsNothing() async throws {
        try await run { bridge, planFix, _, token in
            let form = Form.chat("pf-1", "Hi", token: token, phone: Self.phone)
            #expect(try await bridge.chat(form).status == 200)
            try await eventually("told") { try planFix.statuses(of: "pf-1") == ["sent", "read"] }
            #expect(try await bridge.chat(form.with("message", "")).status == 400)
            #expect(try await bridge.chat(form.with("contactPhone", "12")).status == 400)
            // Postings are read in order: what comes behind these has been told.
            #expect(try await bridge.chat(.chat("pf-2", "", token: token, phone: Self.phone)).status == 400)
            try await eventually("told") { try planFix.statuses(of: "pf-2") == ["error"] }
            #expect(try await bridge.chat(.chat("pf-3", "Hi", token: token, phone: Self.phone)).status == 200)
            try await eventually("told") { try planFix.statuses(of: "pf-3") == ["sent", "read"] }
            #expect(try planFix.statuses(of: "pf-1") == ["sent", "read"])
        }
    }

    /// The chat is named all the same where the account wants it so; a repeat while the first is under way waits for its answer.
    @Test func repliesAreAsConfigured() async throws {
        try await run(
            "replies: { refused: 200, unknown: 503 }, attachments: refuse", language: "en",
            simulator: ["--latency", "700ms"]
        ) { bridge, planFix, simulator, token in
            let refused = try await bridge.chat(.chat("pf-1", "Hi", token: token, phone: "+79161670004"))
            #expect(
                refused.status == 200 && refused.body == "{\"chatId\":\"79161670004\",\"contactId\":\"79161670004\"}")
            try await eventually("told") { try planFix.statuses(of: "pf-1") == ["error"] }
            let file = Form.chat("pf-2", "Look", token: token, phone: Self.phone).with(
                "attachments[url]", "https://files.example/1")
            let attached = try await bridge.chat(file)
            #expect(attached.status == 400 && attached.body.contains("Attachments cannot go by SMS"))
            try await eventually("told") { try planFix.statuses(of: "pf-2") == ["error"] }
            let form = Form.chat("pf-3", "Once", token: token, phone: Self.phone)
            async let one = bridge.chat(form)
            async let other = bridge.chat(form)
            let replies = try await [one, other]
            #expect(replies.allSatisfy { $0.status == 200 && $0.body == replies[0].body })
            #expect(replies.count { $0.headers["x-replayed"] == "true" } == 1)
            #expect(try await simulator.messages().count { $0.text == "Once" } == 1)
        }
    }

    @Test func linksGoBehindTheText() async throws {
        try await run { bridge, _, simulator, token in
            var form = Form.chat("pf-1", "Files", token: token, phone: Self.phone)
            for number in 1...2 {
                form.fields.append((name: "attachments[name]", value: "\(number).pdf"))
                form.fields.append((name: "attachments[url]", value: "https://files.example/\(number)"))
            }
            let reply = try await bridge.chat(form)
            let sent = try await simulator.messages().map(\.text)
            #expect(reply.status == 200)
            #expect(sent == ["Files\nhttps://files.example/1\nhttps://files.example/2"])
        }
    }

    /// Of an account with both the chat's messages are the chat's, the others the webhook's.
    @Test func aChatBesideAWebhook() async throws {
        try await withPlanFix(["--receipts", "100ms"]) { planFix, simulator, token in
            var setup = BridgeSetup(journal: BridgeSetup.ownJournal)
            setup.carriers[0].port = simulator.port
            let lines = [try await planFix.chat(), try await planFix.webhook("form")]
            setup.accounts = [AccountSetup(language: "en", lines: lines)]
            try await withBridge(setup) { bridge in
                let plain = try await bridge.post(.message())
                #expect(try await bridge.chat(.chat("pf-1", "Hi", token: token, phone: Self.phone)).status == 200)
                let refused = try await bridge.chat(.chat("pf-2", "Hi", token: token, phone: "+79161670004"))
                #expect(refused.status == 400 && refused.outcome == "refused")
                try await eventually("told") {
                    try planFix.statuses(of: "pf-1").last == "read" && planFix.statuses(of: "pf-2") == ["error"]
                        && planFix.calls().contains { $0.path.hasPrefix("/webhook/") }
                }
                #expect(try planFix.statusText(of: "pf-1")?.contains(#/^Delivered \d\d:\d\d$/#) == true)
                let webhook = try planFix.calls().filter { $0.path.hasPrefix("/webhook/") }
                #expect(webhook.map { $0.fields["id"] } == [plain.id])
                #expect(webhook.first?.fields["status_text"]?.hasPrefix("Delivered ") == true)
                #expect(try planFix.calls().allSatisfy(\.isTaken))
            }
        }
    }

    /// Receipts and refusals of the plain form, once a message, to a webhook.
    @Test(arguments: ["form", "json"]) func thePlainFormTellsAWebhook(_ format: String) async throws {
        try await withPlanFix(["--receipts", "100ms"]) { planFix, simulator, _ in
            var setup = BridgeSetup(journal: BridgeSetup.ownJournal)
            setup.carriers[0].port = simulator.port
            setup.accounts = [AccountSetup(lines: [try await planFix.webhook(format)])]
            try await withBridge(setup) { bridge in
                let long = try await bridge.post(.message(text: String(repeating: "Длинный текст. ", count: 12)))
                #expect(long.segmentCount == 3)
                let refused = try await bridge.post(.message(to: "79161670004"))
                try await eventually("told") { try planFix.calls().count >= 2 }
                let calls = try planFix.calls()
                #expect(calls.count == 2)
                #expect(calls.allSatisfy { $0.type.contains(format == "json" ? "json" : "urlencoded") })
                let delivered = try #require(calls.first { $0.fields["id"] == long.id }?.fields)
                #expect(delivered["status"] == "delivered" && delivered["segments"] == "3")
                #expect(delivered["status_text"]?.hasPrefix("Доставлено ") == true)
                #expect(delivered["to"] == "79161234567" && delivered["from"] == "ACME")
                let told = try #require(calls.first { $0.fields["id"] == refused.id }?.fields)
                #expect(told["status"] == "refused" && refused.body.hasPrefix(told["status_text"] ?? "?"))
                #expect(!bridge.process.current.everything.contains("secret-of-the-address"))
            }
        }
    }
}
