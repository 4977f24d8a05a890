import TestPrograms
import Testing

/// Each refusal of the reply table, as a client sees it; nothing of it reaches the carrier.
@Suite struct RefusalTests {
    /// A request that must be refused, and how.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let status: Int
        let code: String
        var form: Form = .message()
        /// The body as it stands, instead of `form`.
        var body: String?
        var method: String?
        var path: String?
        var headers: [String] = []

        var testDescription: String { "\(status) \(code)" }

        init(
            _ status: Int, _ code: String, _ form: Form = .message(), body: String? = nil, method: String? = nil,
            path: String? = nil, headers: [String] = []
        ) {
            self.status = status
            self.code = code
            self.form = form
            self.body = body
            self.method = method
            self.path = path
            self.headers = headers
        }
    }

    private static func encoded(_ extra: String) -> String { Form.message().encoded + extra }

    static let brokenRequests: [Refusal] = [
        Refusal(400, "missing_field", Form.message().with("to", nil)),
        Refusal(400, "missing_field", Form.message().with("text", nil)),
        Refusal(400, "missing_field", Form.message().with("password", nil)),
        Refusal(400, "missing_field", Form.message().with("login", nil)),
        Refusal(400, "missing_field", body: ""),
        Refusal(400, "duplicate_field", body: encoded("&to=79161234568")),
        Refusal(400, "duplicate_field", body: encoded("&text=again")),
        Refusal(400, "duplicate_field", Form.message().with("key", "some-key")),
        Refusal(400, "duplicate_field", Form.message().with("username", TestAccount.login)),
        Refusal(400, "field_too_long", .message(from: String(repeating: "A", count: 3_000))),
        Refusal(400, "bad_encoding", body: Form.message().with("text", nil).encoded + "&text=%ZZ"),
        Refusal(400, "bad_encoding", body: Form.message().with("text", nil).encoded + "&text=cut%4"),
        Refusal(400, "bad_encoding", body: Form.message().with("text", nil).encoded + "&text=%C3%28"),
        Refusal(400, "bad_encoding", body: Form.message().with("text", nil).encoded + "&text=%ED%A0%80"),
        Refusal(404, "not_found", path: "/elsewhere"),
        Refusal(404, "not_found", path: "/sms/more"),
        Refusal(405, "method_not_allowed", method: "PUT"),
        Refusal(405, "method_not_allowed", method: "DELETE"),
        Refusal(413, "body_too_large", .message(text: String(repeating: "a", count: 70_000))),
        Refusal(415, "unsupported_media_type", headers: ["Content-Type: application/json"]),
        Refusal(415, "unsupported_media_type", headers: ["Content-Type: text/plain"]),
        Refusal(431, "headers_too_large", headers: ["X-Padding: " + String(repeating: "p", count: 20_000)]),
    ]

    static let wrongMessages: [Refusal] = [
        Refusal(401, "bad_credentials", .message(password: "wrong")),
        Refusal(401, "bad_credentials", .message(login: "nobody")),
        Refusal(401, "bad_credentials", .keyed("no-such-key")),
        Refusal(403, "account_disabled", .message(login: "disabled")),
        Refusal(403, "ip_not_allowed", .message(login: "elsewhere")),
        Refusal(403, "sender_not_allowed", .message(from: "OTHER")),
        Refusal(403, "destination_not_allowed", .message(to: "+49 151 12345678", login: "russia")),
        Refusal(422, "bad_number", .message(to: "nobody")),
        Refusal(422, "bad_number", .message(to: "")),
        Refusal(422, "bad_number", .message(to: "12345")),
        Refusal(422, "bad_number", .message(to: "1234567890123456")),
        Refusal(422, "several_numbers", .message(to: "79161234567, 79161234568")),
        Refusal(422, "several_numbers", .message(to: "79161234567;79161234568")),
        Refusal(422, "extension", .message(to: "79161234567 доб. 12")),
        Refusal(422, "extension", .message(to: "79161234567 ext 12")),
        Refusal(422, "bad_sender", .message(from: "TwelveLetter", login: "open")),
        Refusal(422, "bad_sender", .message(from: "Имя", login: "open")),
        Refusal(422, "text_empty", .message(text: "")),
        Refusal(422, "text_empty", .message(text: " \n ")),
        Refusal(422, "text_too_long", .message(text: String(repeating: "я", count: 700))),
    ]

    static let accounts: [AccountSetup] = [
        AccountSetup(hasKey: true),
        AccountSetup(name: "english", login: "english", language: "en"),
        AccountSetup(name: "disabled", login: "disabled", lines: ["enabled: false"]),
        AccountSetup(name: "elsewhere", login: "elsewhere", lines: ["allow_from: [\"203.0.113.0/24\"]"]),
        AccountSetup(name: "russia", login: "russia", lines: ["destinations: [\"7\"]"]),
    ]

    /// With an account that may use any sender: what a sender may be is then the only question.
    private static let setup = BridgeSetup(
        accounts: accounts + [AccountSetup(name: "open", login: "open", anySender: true)])

    @Test(arguments: [brokenRequests, wrongMessages])
    func refusalsAreToldAndReachNoCarrier(_ refusals: [Refusal]) async throws {
        try await withBridgeAndSimulator(Self.setup) { bridge, simulator in
            let template = try await bridge.request(.message())
            let requests = refusals.map { refusal in
                var request = template
                request.url = refusal.path.map { bridge.url.replacing("/sms", with: $0) } ?? bridge.url
                request.method = refusal.method
                request.body = refusal.body ?? refusal.form.encoded
                request.headers = refusal.headers
                return request
            }
            let texts = try await Curl.run(requests)
            let documents = try await Curl.run(
                requests.map { request in
                    var request = request
                    request.headers.append("Accept: application/json")
                    return request
                })
            for ((refusal, text), document) in zip(zip(refusals, texts), documents) {
                let name = Comment(rawValue: "\(refusal.testDescription): \(text.status) \(text.text)")
                #expect(text.status == refusal.status, name)
                #expect(document.status == refusal.status, name)
                // Headers that were not read to their end may hide what the client accepts: it gets text.
                if refusal.status == 431 { continue }
                let json = try document.json()
                #expect(json.error == refusal.code, name)
                #expect(json.retry == false, name)
                #expect(json.id == document.id, name)
                #expect(json.message?.isEmpty == false, name)
                #expect(json.smppStatus == nil, name)
                for reply in [text, document] {
                    #expect(reply.id?.isEmpty == false, name)
                    #expect(reply.outcome == "not-sent" || reply.outcome == "refused", name)
                    #expect(reply.headers["cache-control"] == "no-store", name)
                    #expect(reply.headers["content-language"] == "ru", name)
                    #expect(reply.headers["content-length"] == "\(reply.body.utf8.count)", name)
                    #expect(reply.headers["allow"] == (refusal.status == 405 ? "POST" : nil), name)
                }
                expectPresentable(text)
            }
            #expect(try await simulator.counters().submits == 0)
        }
    }

    /// The reply's language is the account's, and what was sent is not echoed.
    @Test func refusalsSpeakTheAccountsLanguageAndEchoNothing() async throws {
        try await withBridgeAndSimulator(Self.setup) { bridge, _ in
            let forms: [Form] = [
                .message(to: "79169998877, 79169998878", text: "Tale<b>", login: "english"),
                .message(to: "79169998877, 79169998878", text: "Tale<b>"),
            ]
            let replies = try await bridge.post(forms)
            #expect(replies.map { $0.headers["content-language"] } == ["en", "ru"])
            #expect(replies[0].text.unicodeScalars.allSatisfy { $0.isASCII })
            #expect(replies[1].text.unicodeScalars.contains { (0x410...0x44F).contains($0.value) })
            for reply in replies {
                #expect(!reply.text.contains("9998877"))
                #expect(!reply.text.contains("Tale"))
            }
        }
    }

    /// What is wanted is said: a number as the account's country writes it, and what is missing.
    @Test func refusalsSayWhatIsWanted() async throws {
        let examples = [
            "RU": "+7 916 123-45-67", "BY": "+375 29 123-45-67", "KZ": "+7 701 123-45-67", "UA": "+380 67 123-45-67",
        ]
        let accounts = ["ru", "en"].flatMap { language in
            examples.keys.sorted().map { country in
                AccountSetup(
                    name: "\(country)-\(language)", login: "\(country)-\(language)", language: language,
                    defaultSender: nil, country: country)
            }
        }
        try await withBridgeAndSimulator(BridgeSetup(accounts: [AccountSetup()] + accounts)) { bridge, _ in
            for account in accounts {
                let login = account.name
                // The last is one of another country, written as at home.
                let replies = try await bridge.post([
                    .message(to: "12345", login: login), .message(to: " ", login: login),
                    .message(from: "", login: login), .message(to: "020 7946 0958", login: login),
                ])
                let example = try #require(examples[account.country])
                let isRussian = account.language == "ru"
                let number = isRussian ? "Укажите его так: \(example)" : "Write it as \(example)"
                let wanted = [
                    number, isRussian ? "Не указан номер получателя" : "The recipient number is missing",
                    isRussian ? "Не указано имя отправителя" : "The sender name is missing", number,
                ]
                for (reply, words) in zip(replies, wanted) {
                    #expect(reply.status == 422 && reply.text.contains(words), "\(login): \(reply.text)")
                }
            }
        }
    }

    /// One text for every cause of a 401.
    @Test func wrongCredentialsAreToldAlike() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let replies = try await bridge.post([
                .message(password: "wrong"), .message(login: "nobody"), .keyed("wrong"),
            ])
            let texts = replies.map { $0.text.replacing($0.id ?? "", with: "") }
            #expect(Set(texts).count == 1, "\(texts)")
            #expect(Set(replies.map(\.reason)).count == 1)
        }
    }

    /// `GET` with no body, as a browser sends it.
    @Test func getNamesTheMethod() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            var request = try await bridge.request(.message())
            request.body = nil
            let reply = try await Curl.run(request)
            #expect(reply.status == 405)
            #expect(reply.headers["allow"] == "POST")
        }
    }
}
