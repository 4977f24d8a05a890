import TestPrograms
import Testing

/// The good path: a form goes in, the carrier has the text, the reply says so.
@Suite struct AcceptanceTests {
    @Test func everyLoginIsAccepted() async throws {
        let key = try await TestSecrets.shared().key
        try await withBridgeAndSimulator { bridge, simulator in
            let forms: [Form] = [
                .message(text: "login"),
                Form.message(text: "username").with("login", nil).with("username", TestAccount.login),
                .keyed(key, text: "key"),
            ]
            for reply in try await bridge.post(forms) {
                #expect(reply.status == 200)
                #expect(reply.outcome == "accepted")
                #expect(reply.headers["x-segments"] == "1/1")
            }
            let messages = try await simulator.messages()
            #expect(messages.map(\.text) == ["login", "username", "key"])
            #expect(messages.map(\.source) == ["ACME", "ACME", "ACME"])
            #expect(Set(messages.map(\.destination)) == ["79161234567"])
        }
    }

    /// GSM letters, Cyrillic, emoji and signs of the extension table come out of the other end as they went in.
    @Test(arguments: [LongMethod.udh8, .udh16, .sar, .payload])
    func textsArriveAsSent(by method: LongMethod) async throws {
        let texts: [(text: String, parts: Int)] = [
            ("Hello, world", 1),
            ("Ваш заказ № 1042 готов. Ждём вас до 20:00!", 1),
            ("Готово 🎉👨‍👩‍👧‍👦 до встречи", 1),
            ("Price: 10 € [today] {only} ~ ^ \\ |", 1),
            ("Ligne 1\nLigne 2: àéèùìòÇ ñ Ñ ß", 1),
            (String(repeating: "a", count: 160), 1),
            (String(repeating: "a", count: 161), 2),
            (String(repeating: "я", count: 70), 1),
            (String(repeating: "я", count: 71), 2),
            (thousand(of: "The quick brown fox jumps over the lazy dog. "), 7),
            (String(thousand(of: "Съешь ещё этих мягких булок. ").prefix(600)), 9),
            (String(repeating: "🎉", count: 200), 7),
        ]
        let carrier = CarrierSetup(lines: ["text: { long: \(method.rawValue), max_parts: 20 }"])
        try await withBridgeAndSimulator(BridgeSetup(carriers: [carrier])) { bridge, simulator in
            let replies = try await bridge.post(texts.map { .message(text: $0.text) })
            for ((text, parts), reply) in zip(texts, replies) {
                #expect(reply.status == 200, "\(text): \(reply.text)")
                // A payload takes a long text in one PDU; 16-bit references leave one octet less for text.
                if method == .udh8 {
                    #expect(reply.headers["x-segments"] == "\(parts)/\(parts)", "\(text)")
                }
                if method == .payload {
                    #expect(reply.headers["x-segments"] == "1/1", "\(text)")
                }
            }
            var arrived = try await simulator.messages()[...]
            for ((text, _), reply) in zip(texts, replies) {
                let parts = Array(arrived.prefix(reply.segmentCount))
                arrived = arrived.dropFirst(parts.count)
                #expect(parts.map(\.text).joined() == text)
                expectConcatenation(parts, by: method)
            }
            #expect(arrived.isEmpty)
        }
    }

    /// Parts in a header have one reference and their numbers in order.
    private func expectConcatenation(_ parts: [ReceivedMessage], by method: LongMethod) {
        let headers = parts.map {
            ReceivedText(hex: $0.octets, esmClass: $0.esmClass, dataCoding: $0.dataCoding).concatenation
        }
        switch method {
        case .udh8 where parts.count > 1, .udh16 where parts.count > 1:
            for (index, header) in headers.enumerated() {
                #expect(header?.reference == headers[0]?.reference)
                #expect(header?.total == parts.count)
                #expect(header?.number == index + 1)
            }
        case .udh8, .udh16, .sar, .payload:
            #expect(headers.allSatisfy { $0 == nil })
        }
    }

    /// Methods of `text.long`.
    enum LongMethod: String, Sendable {
        case udh8, udh16, sar, payload
    }

    private func thousand(of sentence: String) -> String {
        String(String(repeating: sentence, count: 1 + 1_000 / sentence.count).prefix(1_000))
    }

    /// Everything that a reply must carry, in text and in JSON.
    @Test func replyIsCompleteInTextAndJSON() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let long = thousand(of: "Lorem ipsum dolor sit amet. ")
            let russian = try await bridge.post(.message(text: long))
            #expect(russian.status == 200)
            #expect(russian.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(russian.headers["content-language"] == "ru")
            #expect(russian.headers["cache-control"] == "no-store")
            #expect(russian.headers["content-length"] == "\(russian.body.utf8.count)")
            #expect(russian.headers["x-segments"] == "7/7")
            #expect(russian.headers["retry-after"] == nil)
            let id = try #require(russian.id)
            #expect(russian.text.contains(id))
            expectPresentable(russian)

            let english = try await bridge.post(.message(login: "english"))
            #expect(english.status == 200)
            #expect(english.headers["content-language"] == "en")
            #expect(english.text.contains("ccepted"))
            expectPresentable(english)
            #expect(english.id != id)

            let reply = try await bridge.post(.message(text: long), headers: ["Accept: application/json"])
            let json = try reply.json()
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"]?.hasPrefix("application/json") == true)
            #expect(json.status == "accepted")
            #expect(json.id == reply.id)
            #expect(json.segments == 7)
            #expect(json.carrierIDs?.count == 7)
            #expect(Set(json.carrierIDs ?? []).count == 7)
        }
    }

    @Test func numbersAreUnderstoodAsPeopleWriteThem() async throws {
        let written = [
            "+7 916 123-45-67", "8 (916) 123-45-67", "007 916 123 45 67", "8 10 7 916 123 45 67", "9161234567",
            "7.916.123.45.67", "7\u{a0}916\u{202f}123\u{2009}45\u{2011}67",
        ]
        try await withBridgeAndSimulator { bridge, simulator in
            let replies = try await bridge.post(written.map { .message(to: $0) })
            #expect(replies.map(\.status) == written.map { _ in 200 })
            let destinations = try await simulator.messages().map(\.destination)
            #expect(destinations == written.map { _ in "79161234567" })
        }
    }

    /// A `+` that the client forgot to encode arrives as a space; windows-1251 is honoured.
    @Test func otherEncodingsOfTheFormAreHonoured() async throws {
        try await withBridgeAndSimulator { bridge, simulator in
            var plus = try await bridge.request(.message())
            plus.body = Form.message().with("to", nil).encoded + "&to=+79161234567"
            var cyrillic = try await bridge.request(
                Form.message(), headers: ["Content-Type: application/x-www-form-urlencoded; charset=windows-1251"])
            cyrillic.body = Form.message().with("text", nil).encoded + "&text=%CF%F0%E8%E2%E5%F2"
            var untyped = try await bridge.request(.message(text: "untyped"), headers: ["Content-Type:"])
            untyped.method = "POST"
            let replies = try await Curl.run([plus, cyrillic, untyped])
            #expect(replies.map(\.status) == [200, 200, 200])
            let messages = try await simulator.messages()
            #expect(messages.first?.destination == "79161234567")
            #expect(messages.map(\.text) == ["Hello", "Привет", "untyped"])
        }
    }

    @Test func senderIsTheFormsOrTheAccountsDefault() async throws {
        try await withBridgeAndSimulator { bridge, simulator in
            let forms: [Form] = [
                .message(from: "Acme Shop"), .message(from: ""), Form.message().with("from", nil),
                .message(from: "79160000001"), .message(from: "1234"),
            ]
            let replies = try await bridge.post(forms)
            #expect(replies.map(\.status) == [200, 200, 200, 200, 200])
            let sources = try await simulator.messages().map(\.source)
            #expect(sources == ["Acme Shop", "ACME", "ACME", "79160000001", "1234"])
        }
    }
}

/// PlanFix shows the body to a person: one line, at most 200 characters, no markup; clients that show only the status
/// line find ASCII there.
func expectPresentable(_ reply: Reply, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(!reply.text.contains { $0.isNewline }, sourceLocation: sourceLocation)
    #expect((1...200).contains(reply.text.count), "\(reply.text)", sourceLocation: sourceLocation)
    #expect(!reply.text.contains { "<>&".contains($0) }, "\(reply.text)", sourceLocation: sourceLocation)
    #expect(!reply.reason.isEmpty, sourceLocation: sourceLocation)
    #expect(
        reply.reason.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) }, "\(reply.reason)",
        sourceLocation: sourceLocation)
}
