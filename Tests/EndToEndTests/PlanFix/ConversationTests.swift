import Foundation
import TestPrograms
import Testing

/// A conversation between somebody at PlanFix and a subscriber, over real sockets, with the bridge killed in between.
@Suite(.timeLimit(.minutes(3))) struct ConversationTests {
    private static let phone = "+7 (916) 555-77-01"
    private static let number = "79165557701"
    private static let answer = String(repeating: "Ответ абонента 👍 в двух частях. ", count: 3)

    private func setup(_ planFix: FakePlanFix, _ simulator: Simulator, keys: String = "") async throws -> BridgeSetup {
        var setup = BridgeSetup(journal: BridgeSetup.ownJournal)
        setup.carriers[0].port = simulator.port
        setup.accounts = [AccountSetup(lines: [try await planFix.chat(keys)])]
        setup.logLevel = "trace"
        return setup
    }

    private func killed(_ bridge: Bridge) async throws -> Bridge {
        bridge.process.kill()
        _ = try await bridge.process.waitForExit()
        let next = try await bridge.startAgain()
        try await next.awaitReady()
        return next
    }

    private func answer(_ text: String, over simulator: Simulator) async throws {
        let form: Form = ["from": Self.number, "to": "1234", "text": text]
        #expect(try await simulator.post("/inbound", form.encoded).status == 202)
    }

    @Test func nothingTwiceNothingLostInOrder() async throws {
        try await withPlanFix(["--receipts", "700ms"]) { planFix, simulator, token in
            let first = try await Bridge.start(try await setup(planFix, simulator))
            defer { first.discard() }
            try await first.awaitReady()
            var logs = ""

            // The first message, to a phone: the reply names the chat, and the ticks follow.
            let begin = Form.chat("pf-1", "Здравствуйте! Ваш заказ готов.", token: token, phone: Self.phone)
            let reply = try await first.chat(begin)
            #expect(
                reply.status == 200 && reply.body == "{\"chatId\":\"\(Self.number)\",\"contactId\":\"\(Self.number)\"}")
            try await eventually("ticks") { try planFix.statuses(of: "pf-1") == ["sent", "read"] }
            #expect(try planFix.statusText(of: "pf-1")?.contains(#/^Доставлено \d\d:\d\d$/#) == true)

            // Killed; PlanFix repeats: answered, not sent.
            let second = try await killed(first)
            defer { second.process.kill() }
            logs += first.process.current.everything
            let again = try await second.chat(begin)
            #expect(again.body == reply.body && again.headers["x-replayed"] == "true")

            // PlanFix is down. The subscriber answers in parts, and then once more; the bridge is killed meanwhile.
            try planFix.set(.down)
            try await answer(Self.answer, over: simulator)
            try await answer("И ещё одно.", over: simulator)
            try await eventually("tried") { try planFix.calls().contains { $0.status == 503 } }
            let third = try await killed(second)
            defer { third.process.kill() }
            logs += second.process.current.everything
            let meanwhile = Form.chat("pf-2", "Минуту.", token: token, chat: Self.number)
            let unheard = try await third.chat(meanwhile)
            #expect(unheard.status == 200)
            try await eventually("its receipt is kept") {
                try await third.monitor("/messages/\(unheard.id ?? "")").body.contains("\"state\":\"delivered\"")
            }
            let fourth = try await killed(third)
            defer { fourth.process.kill() }
            logs += third.process.current.everything
            try planFix.set(.slow)
            try await eventually("all came", atMost: .seconds(40)) {
                try planFix.messages().count >= 2 && planFix.statuses(of: "pf-2").count >= 1
            }
            let came = try planFix.messages()
            #expect(came.map { $0["message"] } == [Self.answer, "И ещё одно."])
            #expect(came.allSatisfy { $0["chatId"] == Self.number && $0["contactId"] == Self.number })
            #expect(came.allSatisfy { $0["contactPhone"] == "+" + Self.number && $0["channel"] == "1234" })
            #expect(Set(came.map { $0["data_smppost_id"] }).count == 2)
            // Both its outcome and its receipt were known when it was told: only the last counts.
            #expect(try planFix.statuses(of: "pf-2") == ["read"])

            // The person answers into the chat.
            try planFix.set(.ok)
            #expect(
                try await fourth.chat(.chat("pf-3", "Спасибо!", token: token, chat: Self.number)).status == 200)
            try await eventually("ticks") { try planFix.statuses(of: "pf-3") == ["sent", "read"] }

            #expect(try await fourth.stop().exitCode == 0)
            logs += fourth.process.current.everything
            let sent = try await simulator.messages()
            #expect(sent.map(\.destination) == [Self.number, Self.number, Self.number])
            #expect(sent.map(\.source) == ["1234", "1234", "1234"])
            #expect(sent.map(\.text) == ["Здравствуйте! Ваш заказ готов.", "Минуту.", "Спасибо!"])
            #expect(try planFix.messages().count == 2)
            #expect(try planFix.calls().allSatisfy { [200, 503].contains($0.status) })
            for secret in [token, FakePlanFix.token, "$sha256$", "заказ", "Ответ", "5557701", "Минуту", "555-77-01"] {
                #expect(!logs.contains(secret), "\(secret) in the log")
            }
        }
    }

    /// In English, over each database: what nobody knows after a kill is told by itself, once; a name is one chat's for ever; what a
    /// subscriber wrote meanwhile comes after the start.
    @Test(arguments: JournalKind.there) func whatAKillLeavesIsTold(kind: JournalKind) async throws {
        try await withPlanFix(["--latency", "3s"]) { planFix, simulator, token in
            var setup = BridgeSetup(replyWithin: "2s", journal: try await kind.url())
            setup.carriers[0].port = simulator.port
            setup.accounts = [AccountSetup(language: "en", lines: [try await planFix.chat()])]
            let first = try await Bridge.start(setup)
            defer { first.discard() }
            try await first.awaitReady()
            let form = Form.chat("pf-1", "Your order is ready.", token: token, phone: Self.phone)
            async let lost = try? first.chat(form)
            try await eventually("under way") { try await simulator.messages().count == 1 }
            let second = try await killed(first)
            defer { second.process.kill() }
            _ = await lost
            try await eventually("told", atMost: .seconds(30)) { try planFix.statuses(of: "pf-1") == ["error"] }
            #expect(
                try planFix.statusText(of: "pf-1")
                    == "Result unknown: the service was restarted, the message may have gone, do not repeat.")

            try planFix.set(.down)
            try await answer("Thank you", over: simulator)
            try await answer("And one more", over: simulator)
            // What is not acknowledged the SMSC gives to the next process again.
            try await eventually("kept") { try await simulator.counters().inboundAcknowledged == 2 }
            try await eventually("tried") { try planFix.calls().contains { $0.status == 503 } }
            let third = try await killed(second)
            defer { third.process.kill() }
            try planFix.set(.ok)
            let again = try await third.chat(form)
            #expect(again.status == 200 && again.body.contains(Self.number) && again.headers["x-replayed"] == "true")
            let other = try await third.chat(form.with("contactPhone", "+7 916 555-77-99"))
            #expect(other.status == 400 && other.body.contains("messageId was used for another chat"))
            try await eventually("came", atMost: .seconds(40)) { try planFix.messages().count == 2 }
            let texts = try planFix.messages().map { $0["message"] }
            #expect(texts == ["Thank you", "And one more"])
            #expect(try planFix.statuses(of: "pf-1") == ["error"])
            let sent = try await simulator.messages()
            #expect(sent.map(\.text) == ["Your order is ready."])
        }
    }

    /// What PlanFix took but did not answer is told again; the same name shows that it is the same.
    @Test func aLostAnswerIsRepeatedUnderTheSameName() async throws {
        try await withPlanFix(["--receipts", "100ms"]) { planFix, simulator, token in
            try await withBridge(try await setup(planFix, simulator)) { bridge in
                _ = try await bridge.chat(.chat("pf-1", "Hi", token: token, phone: Self.phone))
                try await eventually("ticks") { try planFix.statuses(of: "pf-1").last == "read" }
                try planFix.set(.lost)
                try await answer("once", over: simulator)
                try await eventually("taken") { try planFix.messages().count == 1 }
                try planFix.set(.ok)
                try await eventually("again") { try planFix.messages().count == 2 }
                #expect(Set(try planFix.messages().map { $0["data_smppost_id"] }).count == 1)
            }
        }
    }

    /// Routes by what was written to come first; a chat of sealed numbers is found again by its name alone.
    @Test func sealedChatsAndRoutesByAddress() async throws {
        try await withPlanFix(["--receipts", "100ms"]) { planFix, simulator, token in
            var setup = try await setup(
                planFix, simulator, keys: "ids: sealed, id_key: 0123456789abcdef, delivered: sent")
            setup.carriers[0].lines = ["inbound: { chats: { \"1234\": acme } }"]
            try await withBridge(setup) { bridge in
                // Nobody wrote to it before.
                try await answer("first", over: simulator)
                try await eventually("came") { try planFix.messages().count == 1 }
                let chat = try planFix.messages().first?["chatId"] ?? ""
                #expect(chat.count > 20 && !chat.contains("5557701"))
                let reply = try await bridge.chat(.chat("pf-1", "Hi", token: token, chat: chat))
                #expect(reply.body == "{\"chatId\":\"\(chat)\",\"contactId\":\"\(chat)\"}")
                let sent = try await simulator.messages()
                #expect(sent.map(\.destination) == [Self.number])
                try await eventually("ticks") { try planFix.statuses(of: "pf-1") == ["sent", "sent"] }
                let forged = try await bridge.chat(.chat("pf-2", "Hi", token: token, chat: String(chat.reversed())))
                #expect(forged.status == 400 && forged.body == "{\"error\":\"Invalid parameters\"}")
            }
        }
    }
}
