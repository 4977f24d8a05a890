import Intake
import Messaging
import NIOCore
import NIOEmbedded
import SMPP
import Testing

/// One request after another over a connection without sockets.
@Suite struct IntakeHandlerTests {
    @Test func accepted() throws {
        let intake = try EmbeddedIntake()
        let reply = try #require(try intake.reply(to: EmbeddedIntake.post()))
        #expect(reply.status == 200)
        #expect(reply["X-Outcome"] == "accepted")
        #expect(reply["X-Segments"] == "1/1")
        #expect(reply["Cache-Control"] == "no-store")
        let request = try #require(intake.handler.requests.first)
        #expect(reply["X-Message-Id"] == request.id.description)
        #expect(reply.body == "Принято оператором. ID: \(request.id)")
        #expect(request.to == "79161234567" && request.text == "hello" && request.from == "")
        #expect(request.account.name == "acme" && request.loopIndex == 3)
        #expect(request.deadline == intake.time.now + .seconds(10))
        #expect(try intake.reply(to: EmbeddedIntake.post())?.status == 200)
    }

    /// What is refused before the handler: the request, the status, the code.
    private static let refusals: [(String, Int, String)] = [
        (EmbeddedIntake.post("key=secret-key&to=1"), 400, "missing_field"),
        (EmbeddedIntake.post(EmbeddedIntake.form + "&to=1"), 400, "duplicate_field"),
        (EmbeddedIntake.post(EmbeddedIntake.form + "&login=x"), 400, "duplicate_field"),
        (EmbeddedIntake.post("key=\(String(repeating: "x", count: 257))&to=1&text=t"), 400, "field_too_long"),
        (EmbeddedIntake.post("key=secret-key&to=1&text=%FF"), 400, "bad_encoding"),
        (EmbeddedIntake.post("key=wrong&to=1&text=t"), 401, "bad_credentials"),
        (EmbeddedIntake.post(path: "/other"), 404, "not_found"),
        ("GET /sms HTTP/1.1\r\nHost: h\r\n\r\n", 405, "method_not_allowed"),
        ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 405, "method_not_allowed"),
        (EmbeddedIntake.post("x", "Content-Type: multipart/form-data; boundary=b\r\n"), 415, "unsupported_media_type"),
    ]

    @Test func refusalsKeepTheConnection() throws {
        let intake = try EmbeddedIntake()
        for (request, status, code) in Self.refusals {
            let reply = try #require(
                try intake.reply(to: request.replacing("Host: h", with: "Host: h\r\nAccept: application/json")))
            #expect(reply.status == status, "\(code)")
            #expect(reply.json["error"] as? String == code)
            #expect(reply["X-Outcome"] == "refused")
            #expect(reply["Connection"] == nil)
            #expect((reply["Allow"] == "POST") == (status == 405))
        }
        #expect(intake.handler.requests.isEmpty)
        #expect(try intake.reply(to: EmbeddedIntake.post())?.status == 200)
    }

    @Test(arguments: [
        ("POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n", 413),
        ("POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde", 400),
        ("POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /sms HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", 400),
        ("POST /sms HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("POST /sms HTTP/1.1\r\nHost: h\r\nBad Name: x\r\n\r\n", 400),
        ("POST /sms HTTP/2.0\r\nHost: h\r\n\r\n", 400),
        ("BREW /sms HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("\u{16}\u{3}\u{1}", 400),
        ("POST /sms HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 17_000))\r\n\r\n", 431),
        ("POST /\(String(repeating: "x", count: 17_000)) HTTP/1.1\r\nHost: h\r\n\r\n", 431),
        ("POST /sms HTTP/1.1\r\n" + (0..<200).map { "X\($0): x\r\n" }.joined() + "\r\n", 431),
        ("GET /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", 405),
    ])
    func refusalsThatClose(_ request: String, _ status: Int) throws {
        let intake = try EmbeddedIntake()
        let reply = try #require(try intake.reply(to: request))
        #expect(reply.status == status)
        #expect(reply["Connection"] == "close")
        #expect(reply["X-Message-Id"]?.count == 13)
        #expect(intake.channel.isActive, "the client has time to read")
        intake.send(EmbeddedIntake.post())
        #expect(try intake.output() == "")
        intake.time.advanceTime(by: .seconds(1))
        #expect(!intake.channel.isActive)
        #expect(intake.handler.requests.isEmpty)
    }

    @Test func chunkedBodies() throws {
        let intake = try EmbeddedIntake()
        let head = "POST /sms HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunks = "a\r\nkey=secret\r\n1f;x=y\r\n-key&to=79161234567&text=a%20b%\r\n2\r\n41\r\n0\r\nX: y\r\n\r\n"
        for character in head + chunks {
            #expect(try intake.output() == "")
            intake.send(String(character))
        }
        #expect(try intake.replies()?.map(\.status) == [200])
        #expect(intake.handler.requests.first?.text == "a bA")
        intake.send(head)
        for _ in 0..<3 { intake.send("5555\r\n" + String(repeating: "x", count: 0x5555) + "\r\n") }
        #expect(try intake.output() == "")
        intake.send("5555\r\n" + String(repeating: "x", count: 0x5555) + "\r\n")
        #expect(try intake.replies()?.map(\.status) == [413])
    }

    @Test func exactBounds() throws {
        let intake = try EmbeddedIntake()
        let filler = String(repeating: "x", count: 65_536 - EmbeddedIntake.form.utf8.count)
        #expect(try intake.reply(to: EmbeddedIntake.post(EmbeddedIntake.form + filler))?.status == 200)
    }

    @Test func continueIsSaidOnlyForWhatIsWanted() throws {
        let intake = try EmbeddedIntake(automatic: nil)
        let form = EmbeddedIntake.form
        let head = "POST /sms HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: \(form.utf8.count)\r\n\r\n"
        intake.send(head)
        #expect(try intake.output() == "HTTP/1.1 100 Continue\r\n\r\n")
        intake.send(form)
        // A second request waits for its turn to be told.
        intake.send(head)
        #expect(try intake.output() == "")
        intake.handler.answer("hello", ScriptedHandler.accepted)
        #expect(try intake.replies()?.map(\.status) == [200, 100])
    }

    @Test func oldClients() throws {
        let intake = try EmbeddedIntake()
        let form = EmbeddedIntake.form
        let keep = "POST /sms HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: \(form.utf8.count)\r\n\r\n\(form)"
        #expect(try intake.reply(to: keep)?["Connection"] == "keep-alive")
        #expect(intake.channel.isActive)
        let reply = try intake.reply(to: keep.replacing("Connection: keep-alive\r\n", with: ""))
        #expect(reply?.status == 200 && reply?["Connection"] == "close")
        intake.time.run()
        #expect(!intake.channel.isActive)
    }

    @Test func headHasNoBody() throws {
        let intake = try EmbeddedIntake()
        let reply = try #require(try intake.reply(to: "HEAD /sms HTTP/1.1\r\nHost: h\r\n\r\n", toHead: true))
        #expect(reply.status == 405 && reply["Content-Length"] != "0")
    }

    @Test func languages() throws {
        let english = EmbeddedIntake.account {
            $0.language = .en
            $0.enabled = false
        }
        let intake = try EmbeddedIntake(accounts: [english])
        let disabled = try intake.reply(to: EmbeddedIntake.post())
        #expect(disabled?.status == 403 && disabled?["Content-Language"] == "en")
        #expect(disabled?.body.hasPrefix("The account is disabled. Ask the administrator. ID: ") == true)
        #expect(try intake.reply(to: EmbeddedIntake.post("key=x&to=1&text=t"))?["Content-Language"] == "ru")
        let other = try EmbeddedIntake { $0.defaultLanguage = .en }
        #expect(
            try other.reply(to: EmbeddedIntake.post("to=1"))?.body.hasPrefix("A required field is missing: login.")
                == true)
    }

    @Test func addresses() throws {
        let account = EmbeddedIntake.account {
            $0.allowFrom = [AddressBlock(parsing: "203.0.113.0/24")].compactMap { $0 }
        }
        let outside = try EmbeddedIntake(accounts: [account])
        let reply = try outside.reply(
            to: EmbeddedIntake.post("key=secret-key&to=1&text=t", "Accept: application/json\r\n"))
        #expect(reply?.status == 403 && reply?.json["error"] as? String == "ip_not_allowed")
        let inside = try EmbeddedIntake(accounts: [account], from: "::ffff:203.0.113.9")
        #expect(try inside.reply(to: EmbeddedIntake.post())?.status == 200)
    }

    @Test func always200() throws {
        let intake = try EmbeddedIntake(
            automatic: IntakeReply(.noBind, language: .ru),
            accounts: [EmbeddedIntake.account { $0.replyProfile = .always200 }])
        let reply = try intake.reply(to: EmbeddedIntake.post())
        #expect(reply?.status == 200 && reply?["X-Outcome"] == "not-sent" && reply?["Retry-After"] == "5")
        #expect(try intake.reply(to: EmbeddedIntake.post("key=x&to=1&text=t"))?.status == 401)
    }

    @Test func rate() throws {
        let intake = try EmbeddedIntake(accounts: [EmbeddedIntake.account { $0.rate = 2 }])
        for status in [200, 200, 429] { #expect(try intake.reply(to: EmbeddedIntake.post())?.status == status) }
        let reply = try intake.reply(to: EmbeddedIntake.post(EmbeddedIntake.form, "Accept: application/json\r\n"))
        #expect(reply?["Retry-After"] == "1" && reply?["X-Outcome"] == "not-sent")
        #expect(reply?.json["error"] as? String == "rate_limited" && reply?.json["retry"] as? Bool == true)
        intake.time.advanceTime(by: .milliseconds(500))
        #expect(try intake.reply(to: EmbeddedIntake.post())?.status == 200)
    }

    @Test func lockOut() throws {
        let intake = try EmbeddedIntake { $0.lockOut = .init(attempts: 3, window: .minutes(5)) }
        let wrong = EmbeddedIntake.post("key=x&to=1&text=t")
        for status in [401, 401, 401, 429] { #expect(try intake.reply(to: wrong)?.status == status) }
        #expect(try intake.reply(to: wrong)?["Retry-After"] == "300")
        #expect(intake.handler.requests.isEmpty)
        intake.time.advanceTime(by: .seconds(50))
        #expect(try intake.reply(to: EmbeddedIntake.post("to=1"))?.status == 400, "the form comes first")
        intake.time.advanceTime(by: .seconds(50))
        #expect(try intake.reply(to: wrong)?["Retry-After"] == "200")
        #expect(try intake.reply(to: EmbeddedIntake.post())?.status == 200, "a key that is right is never locked out")
    }
}
