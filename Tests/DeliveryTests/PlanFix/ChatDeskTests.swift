import HTTPService
import Journal
import Messaging
import Settings
import TLS
import Testing

@testable import Delivery

/// Whose chat gets what a subscriber writes.
@Suite struct ChatDeskTests {
    private static let hour: UInt64 = 3_600_000
    private static let id = MessageID(rawValue: 5 << 22)!

    /// Two accounts with chats, one without, and a carrier that names one of them for a number.
    private func desk(_ change: (inout PlanFixChatSettings) -> Void = { _ in }) throws -> ChatDesk {
        let url = try #require(HTTPURL("https://planfix.example/webchat/api"))
        var settings = Settings()
        for (name, language) in [("acme", "ru"), ("other", "en"), ("plain", "ru")] {
            var account = AccountSettings()
            (account.name, account.language, account.country) = (name, language, .ru)
            if name != "plain" {
                var chat = PlanFixChatSettings(
                    token: KeyHash(hashing: Array(name.utf8)), url: url, planfixToken: "t", providerID: "p")
                change(&chat)
                account.planFixChat = chat
            }
            settings.accounts.append(account)
        }
        var carrier = CarrierSettings(name: "main")
        carrier.inboundChats = ["+79160000001": "other", "1234": "acme"]
        settings.carriers = [carrier]
        let desk = ChatDesk(conversations: 10)
        desk.know(settings)
        return desk
    }

    private func message(
        from: String = "79165550001", to: String = "7777", _ content: InboundContent? = nil
    ) -> AssembledMessage {
        AssembledMessage(
            id: Self.id, at: 0, from: from, to: to,
            content: content ?? InboundContent(alphabet: .latin1, octets: Array("Hi".utf8)), read: { _, _ in nil })
    }

    private func fields(_ desk: ChatDesk, _ message: AssembledMessage, at now: UInt64 = 0) -> [String: String]? {
        desk.posting(of: message, carrier: "main", id: Self.id, at: now).flatMap { record in
            var fields = FormCoding.decode(record.form[...])
            fields?["target"] = record.target
            return fields
        }
    }

    private func wrote(_ account: String, _ desk: ChatDesk, to number: String = "79165550001", at moment: UInt64) {
        // Ids count time from 2025.
        var generator = MessageIDGenerator(node: 0)
        desk.restore([
            SentMessage(id: generator.next(unixMilliseconds: moment), account: account, recipient: number)
        ])
    }

    private static let now: UInt64 = 1_764_000_000_000

    @Test func routesComeFirst() throws {
        let desk = try desk()
        wrote("other", desk, at: Self.now)
        #expect(fields(desk, message(to: "1234"), at: Self.now)?["target"] == "chat/acme/79165550001")
        #expect(fields(desk, message(to: "79160000001"), at: Self.now)?["target"] == "chat/other/79165550001")
        #expect(fields(desk, message(to: "+79160000001"), at: Self.now)?["target"] == "chat/other/79165550001")
    }

    @Test func elseWhoWroteLastWithinItsTime() throws {
        let desk = try desk { $0.conversationTTL = .seconds(2 * 3_600) }
        #expect(fields(desk, message(), at: Self.now) == nil)
        wrote("plain", desk, at: Self.now)
        #expect(fields(desk, message(), at: Self.now) == nil)
        wrote("acme", desk, at: Self.now)
        wrote("other", desk, at: Self.now + Self.hour)
        #expect(fields(desk, message(), at: Self.now + Self.hour)?["target"]?.hasPrefix("chat/other/") == true)
        // Written as people of the country do, it is the same number.
        for from in ["+79165550001", "89165550001", "9165550001"] {
            #expect(fields(desk, message(from: from), at: Self.now + Self.hour)?["chatId"] == "79165550001")
        }
        #expect(fields(desk, message(), at: Self.now + 3 * Self.hour) != nil)
        #expect(fields(desk, message(), at: Self.now + 3 * Self.hour + 1) == nil)
    }

    @Test func whatIsPosted() throws {
        let desk = try desk()
        let posted = try #require(fields(desk, message(to: "1234")))
        #expect(
            posted == [
                "cmd": "newMessage", "channel": "1234", "chatId": "79165550001", "contactId": "79165550001",
                "contactName": "+79165550001", "contactPhone": "+79165550001", "message": "Hi",
                "data_smppost_id": Self.id.description, "target": "chat/acme/79165550001",
            ])
        let named = try #require(fields(desk, message(from: "MegaBank", to: "1234")))
        #expect(named["contactId"] == "MegaBank" && named["contactName"] == "MegaBank" && named["contactPhone"] == nil)
        let channel = try self.desk { $0.channel = "sms" }
        #expect(fields(channel, message(to: "1234"))?["channel"] == "sms")
        let sealed = try self.desk { $0.idKey = "0123456789abcdef" }
        #expect(fields(sealed, message(to: "1234"))?["chatId"]?.contains("9165550001") == false)
    }

    @Test func whatIsNoTextIsSaidToBeSo() throws {
        let desk = try desk()
        let binary = InboundContent(alphabet: .octets(dataCoding: 4), octets: [1, 2, 3])
        #expect(
            fields(desk, message(to: "1234", binary))?["message"]
                == "[Двоичное сообщение, размер в байтах: 3. Его нельзя показать как текст.]")
        #expect(
            fields(desk, message(to: "79160000001", binary))?["message"]
                == "[A binary message, size in bytes: 3. It cannot be shown as text.]")
        var part = message(to: "1234")
        (part.parts, part.received) = (3, 2)
        #expect(fields(desk, part)?["message"] == "Hi\n[Пришло частей: 2 из 3.]")
        let empty = InboundContent(alphabet: .latin1, octets: [])
        #expect(fields(desk, message(to: "1234", empty))?["message"] == "[Пустое сообщение.]")
        #expect(fields(desk, message(to: "79160000001", empty))?["message"] == "[An empty message.]")
        let blank = InboundContent(alphabet: .latin1, octets: Array(" \r\n ".utf8))
        #expect(fields(desk, message(to: "1234", blank))?["message"] == "[В сообщении одни пробелы.]")
        #expect(fields(desk, message(to: "79160000001", blank))?["message"] == "[The message has only blanks.]")
    }
}
