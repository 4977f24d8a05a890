import Messaging
import NIOCore
import SMPP
import TLS
import Testing

@testable import Intake

@Suite struct ChatTests {
    private static let token = "their-token"

    private func intake(
        ids: ContactIDs = .numbers, takesAttachments: Bool = true, automatic: IntakeReply? = ScriptedHandler.accepted
    ) throws -> EmbeddedIntake {
        let account = EmbeddedIntake.account { account in
            account.chat = ChatTerms(
                token: KeyHash(hashing: Array(Self.token.utf8)), providerID: "sms", ids: ids,
                takesAttachments: takesAttachments)
        }
        return try EmbeddedIntake(automatic: automatic, accounts: [account])
    }

    private static let fields = [
        "cmd=newMessage", "providerId=sms", "token=\(token)", "messageId=7", "message=hello+%D1%8F",
        "contactPhone=%2B79161234567", "userName=x",
    ]

    private func post(_ intake: EmbeddedIntake, _ fields: [String] = fields) throws -> ParsedReply? {
        try intake.reply(to: EmbeddedIntake.post(fields.joined(separator: "&"), path: "/planfix/chat"))
    }

    @Test func aMessageIsHandedOver() throws {
        let intake = try intake()
        // The scripted handler names no contact: without one there is no chat to name.
        #expect(try post(intake)?.status == 400)
        let request = try #require(intake.handler.requests.first)
        #expect((request.from, request.to, request.text) == ("", "+79161234567", "hello я"))
        #expect(request.chat?.messageID == "7" && request.account.name == "acme")
    }

    @Test func theContactIsNamed() throws {
        var reply = ScriptedHandler.accepted
        reply.contactID = "79161234567"
        #expect(try post(try intake(automatic: reply))?.body == #"{"chatId":"79161234567","contactId":"79161234567"}"#)
        var unknown = IntakeReply(.carrierTimeout, language: .ru)
        unknown.contactID = "79161234567"
        #expect(try post(try intake(automatic: unknown))?.status == 200)
        var refused = IntakeReply(.recipientBlocked, language: .ru)
        refused.contactID = "79161234567"
        let told = try post(try intake(automatic: refused))
        #expect(told?.status == 400)
        #expect(told?.body == "{\"error\":\"\(ReplyCode.recipientBlocked.text(in: .ru))\"}")
    }

    @Test func aChatIsANumber() throws {
        let sealed = ContactIDs.sealed(ContactIDs.SealKey("0123456789abcdef"))
        let intake = try intake(ids: sealed)
        let id = sealed.id(of: "79161234567")
        _ = try post(intake, Self.fields.dropLast(2) + ["chatId=\(id)"])
        #expect(intake.handler.requests.map(\.to) == ["+79161234567"])
        let forged = try post(intake, Self.fields.dropLast(2) + ["chatId=79161234567"])
        #expect(forged?.status == 400 && forged?.body == #"{"error":"Invalid parameters"}"#)
        #expect(intake.handler.requests.count == 1)
    }

    @Test(arguments: 0..<6) func whatIsMissingIsTold(_ place: Int) throws {
        let intake = try intake()
        let isText = Self.fields[place].hasPrefix("message=")
        let isToken = Self.fields[place].hasPrefix("token=")
        let reply = try post(intake, Self.fields.enumerated().filter { $0.offset != place }.map(\.element))
        // An empty text is the handler's to refuse.
        #expect(intake.handler.requests.count == (isText ? 1 : 0))
        #expect(reply?.status == (isToken ? 401 : 400))
        if !isText { #expect(reply?.body == "{\"error\":\"Invalid \(isToken ? "token" : "parameters")\"}") }
    }

    @Test func anEmptyTokenIsAWrongOne() throws {
        let reply = try post(try intake(), Self.fields.map { $0.hasPrefix("token") ? "token=" : $0 } + ["cmd=x"])
        #expect(reply?.status == 400)
        for fields in [["token="], ["token=", "cmd=newMessage"], ["cmd=newMessage"]] {
            let reply = try post(try intake(), fields)
            #expect(reply?.status == 401 && reply?.body == #"{"error":"Invalid token"}"#)
        }
    }

    /// Its chat's message is another one: whatever the account wants, this is no success.
    @Test func aTakenNameIsNeverASuccess() {
        let reply = IntakeReply(.messageIDTaken, language: .en)
        for status in [200, 400, 503] {
            let told = ChatReply(reply, ChatTerms.Replies(refused: status))
            #expect(told.status != 200 && told.body == .error(ReplyCode.messageIDTaken.text(in: .en)))
        }
    }

    @Test(arguments: [
        "cmd=newMessage", "message=%FF", "message=%0", "messageId=" + String(repeating: "7", count: 129), "chatId=%00",
    ]) func whatIsBrokenIsTold(_ field: String) throws {
        let name = field.prefix { $0 != "=" } + "="
        let isTwice = field == "cmd=newMessage"
        let fields = Self.fields.filter { isTwice || !$0.hasPrefix(name) } + [field]
        let reply = try post(try intake(), fields)
        #expect(reply?.status == 400 && reply?.body == #"{"error":"Invalid parameters"}"#)
    }

    @Test func aWrongTokenLocksAsAWrongKeyDoes() throws {
        let intake = try intake()
        let wrong = Self.fields.map { $0.hasPrefix("token") ? "token=wrong" : $0 }
        for _ in 0..<10 {
            let reply = try post(intake, wrong)
            #expect(reply?.status == 401 && reply?.body == #"{"error":"Invalid token"}"#)
        }
        #expect(try post(intake, wrong)?.status == 429)
        // The right one is nobody's guess.
        _ = try post(intake)
        #expect(intake.handler.requests.count == 1)
    }

    @Test func attachments() throws {
        let files = ["attachments%5Bname%5D=a", "attachments[url]=https://f/1", "attachments%5Burl%5D=https://f/2"]
        let taking = try intake()
        _ = try post(taking, Self.fields + files)
        #expect(taking.handler.requests.map(\.text) == ["hello я\nhttps://f/1\nhttps://f/2"])
        #expect(taking.handler.requests.map(\.refusal) == [nil])
        let refusing = try intake(takesAttachments: false)
        _ = try post(refusing, Self.fields + files)
        #expect(refusing.handler.requests.map(\.refusal) == [.attachmentsRefused])
        let many = try post(try intake(), Self.fields + Array(repeating: files[1], count: 21))
        #expect(many?.body == #"{"error":"Invalid parameters"}"#)
    }

    /// With how many links they make; nil = they are refused.
    private static let spellings: [([String], Int?)] = [
        (["attachments[0][url]=https://f/1", "attachments[0][name]=n"], 1),
        (["attachments[url][]=https://f/1", "attachments[name][]=n"], 1),
        (["attachments%5Burl%5D%5B0%5D=https://f/1"], 1),
        (["attachments[0]url=https://f/1"], 1), (["attachments[]=https://f/1", "attachments[1]=http://f/2"], 2),
        (["attachments=https://f/1"], 1), (["attachments[url]=", "attachments[name]="], 0), (["attachments[]="], 0),
        (["attachments[name]=n", "attachments[name]=m", "attachments[url]=https://f/1"], nil),
        (["attachments[name]=n"], nil), (["attachments[url]=", "attachments[name]=n"], nil), (["attachments[]=n"], nil),
        (["attachments[url]=javascript:alert(1)"], nil), (["attachments[url]=https://f/1%0Ahttps://f/2"], nil),
        (["attachments[url]=https://f/1", "attachments[url]=ftp://f/2"], nil), (["attachments=https://f/1%0D2"], nil),
        (["attachments[url]=HTTPS://f/1"], 1),
        (["attachments=%5B%7B%22url%22:%22https://f/1%22%7D%5D"], nil),
    ]

    /// Each other spelling is appended, or handed over to be refused as a message of the chat; nothing is dropped.
    @Test(arguments: spellings) func attachmentsInOtherSpellings(_ fields: [String], _ links: Int?) throws {
        let (taking, refusing) = (try intake(), try intake(takesAttachments: false))
        for intake in [taking, refusing] { _ = try post(intake, Self.fields + fields) }
        let request = try #require(taking.handler.requests.first)
        #expect(request.refusal == (links == nil ? .attachmentsRefused : nil))
        #expect(refusing.handler.requests.map(\.refusal) == [links == 0 ? nil : .attachmentsRefused])
        switch links {
        case nil: break
        case 0: #expect(request.text == "hello я")
        case let links?:
            let lines = request.text.split(separator: "\n")
            #expect(lines.count == links + 1 && lines.dropFirst().allSatisfy { $0.contains("://f/") })
        }
    }

    @Test func otherMethodsAndPathsAreAsBefore() throws {
        let intake = try intake()
        #expect(try intake.reply(to: "GET /planfix/chat HTTP/1.1\r\nHost: h\r\n\r\n")?.status == 405)
        #expect(try intake.reply(to: EmbeddedIntake.post(path: "/planfix"))?.status == 404)
        #expect(try intake.reply(to: EmbeddedIntake.post())?.status == 200)
    }
}
