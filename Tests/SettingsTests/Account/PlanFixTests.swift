import HTTPService
import Testing

@testable import Settings

@Suite struct PlanFixTests {
    private static let chat = [
        "token": "\"\(FullConfiguration.key)\"", "url": "https://acme.planfix.example/webchat/api",
        "planfix_token": "theirs",
    ]

    /// `accounts.yaml` and `smppost.yaml` with an account that has only a chat.
    private func fixture(_ chat: [String: String] = chat, more: String = "", journal: Bool = true) throws -> Fixture {
        let keys = chat.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        let fixture = try Fixture()
        try fixture.write(
            "config/accounts.yaml",
            """
            accounts:
              - name: acme
                default_sender: ACME
                carriers: [main]
                country: RU
                planfix_chat: { \(keys) }
                \(more)
            """)
        if journal {
            let service = Fixture.valid["config/smppost.yaml"] ?? ""
            try fixture.write("config/smppost.yaml", service + "\njournal: { url: \"sqlite:smppost.db\" }\n")
        }
        return fixture
    }

    @Test func aChatAloneIsAnAccount() throws {
        let chat = try #require(try fixture().load().accounts[0].planFixChat)
        #expect(chat.providerID == "smppost" && chat.delivered == .read && chat.takesAttachments)
        #expect(
            chat.conversationTTL == .seconds(48 * 3600) && chat.replies.refused == 400 && chat.replies.unknown == 200)
        #expect("\(chat)" == "PlanFixChatSettings")
    }

    @Test func everyKeyIsRead() throws {
        let fixture = try Fixture(FullConfiguration.files)
        try FullConfiguration.addSecrets(to: fixture)
        let settings = try fixture.load()
        let chat = try #require(settings.accounts[0].planFixChat)
        #expect(chat.url.description == "https://acme.planfix.example/webchat/api" && chat.planfixToken == "of PlanFix")
        #expect(chat.providerID == "our-sms" && chat.channel == "sms" && chat.sender == "ACME")
        #expect(chat.carriers.map(\.name) == ["main"] && chat.idKey == "0123456789abcdef")
        #expect(chat.conversationTTL == .seconds(3 * 86_400) && chat.delivered == .sent && !chat.takesAttachments)
        #expect(chat.texts == [.sent: "gone", .delivered: "there {time}", .undeliverable: "not there, {code}"])
        #expect(chat.zone == "Asia/Almaty" && chat.giveUpAfter == .seconds(3 * 3600) && chat.caFile != nil)
        #expect((chat.replies.refused, chat.replies.notSent, chat.replies.unknown) == (200, 503, 400))
        #expect(settings.carriers[0].inboundChats == ["1234": "acme"])
        #expect(settings.intake.chatPath == "/chats" && settings.intake.conversationMemory == 7_000)
    }

    @Test(arguments: [
        ("token", "theirs", "\"token\" must be the hash"), ("token", nil, "\"token\" is missing"),
        ("url", "ftp://x", "\"url\" must be an address"), ("url", nil, "\"url\" is missing"),
        ("planfix_token", nil, "\"planfix_token_file\" is missing"), ("provider_id", "a~b", "\"provider_id\" must be"),
        ("ids", "sealed", "\"id_key_file\" is missing"), ("id_key", "0123456789abcdef", "belongs to \"ids: sealed\""),
        ("conversation_ttl", "5m", "a duration from 1h to 30d"), ("delivered", "seen", "one of sent, read"),
        ("replies", "{ refused: 500 }", "one of 200, 400, 503"), ("texts", "{ lost: x }", "unknown key"),
        ("carriers", "[nobody]", "there is no carrier"), ("sender", "\"much too long a name\"", "\"sender\" must be"),
    ])
    func whatIsWrongIsTold(_ key: String, _ value: String?, _ words: String) throws {
        var chat = Self.chat
        chat[key] = value
        let problems = try fixture(chat).problems()
        #expect(problems.contains { $0.contains(words) }, "\(problems)")
        #expect(!problems.contains { $0.contains("theirs") })
    }

    @Test func whatElseItNeedsIsTold() throws {
        #expect(try fixture(journal: false).problems().contains { $0.contains("needs \"journal\"") })
        let both = "receipts: { url: \"https://x.example/\", secret: 0123456789abcdef }"
        let webhook = "planfix_webhook: { url: \"https://x.example/webhook/post/secret-part\" }"
        let problems = try fixture(more: both + "\n    " + webhook).problems()
        #expect(problems.contains { $0.contains("in place of \"receipts\"") } && !"\(problems)".contains("secret-part"))
        #expect(try fixture(more: webhook).load().accounts[0].planFixWebhook != nil)
        let routed = try fixture()
        let carrier = Fixture.valid["carriers/main.yaml"] ?? ""
        try routed.write("carriers/main.yaml", carrier + "\ninbound: { chats: { \"1234\": nobody } }\n")
        #expect(routed.problems().contains { $0.contains("no account with \"planfix_chat\"") })
        try routed.write("carriers/main.yaml", carrier + "\ninbound: { chats: { \"1234\": acme } }\n")
        #expect(try routed.load().carriers[0].inboundChats == ["1234": "acme"])
    }

    @Test func aTokenIsOneAccounts() throws {
        let second = """
            language: ru
              - name: second
                default_sender: ACME
                carriers: [main]
                country: RU
                planfix_chat: { token: "\(FullConfiguration.key)", url: "https://x.example/", planfix_token: theirs }
            """
        let fixture = try fixture(more: second)
        #expect(fixture.problems().contains { $0.contains("another account has this token already") })
    }
}
