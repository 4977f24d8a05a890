import Foundation
import Intake
import Messaging
import NIOCore
import NIOHTTP1
import SMPP
import Testing

@Suite struct ReplyCodeTests {
    /// Design §1's table.
    private static let table: [Int: [String]] = [
        400: ["missing_field", "duplicate_field", "field_too_long", "bad_encoding", "bad_request", "https_required"],
        401: ["bad_credentials"],
        403: [
            "account_disabled", "ip_not_allowed", "sender_not_allowed", "destination_not_allowed", "recipient_blocked",
        ],
        404: ["not_found"], 405: ["method_not_allowed"], 408: ["request_timeout"], 413: ["body_too_large"],
        409: ["message_id_taken"],
        415: ["unsupported_media_type"], 431: ["headers_too_large"],
        422: [
            "bad_number", "several_numbers", "extension", "bad_sender", "bad_class", "bad_validity", "text_empty",
            "text_too_long", "attachments_refused",
        ],
        429: ["rate_limited", "quota_exceeded", "recipient_limited", "locked_out"], 500: ["internal"],
        502: ["partial", "carrier_refused"],
        503: ["no_bind", "busy", "draining", "no_journal"],
        504: ["carrier_timeout", "connection_lost", "partial_unknown", "not_recorded"],
    ]

    @Test func everyCodeHasItsRow() {
        #expect(Self.table.values.joined().count == ReplyCode.allCases.count)
        for (status, names) in Self.table {
            for name in names { #expect(ReplyCode(rawValue: name)?.status == status, "\(name)") }
        }
    }

    @Test(arguments: ReplyCode.allCases, Language.allCases)
    func textsAreSafe(_ code: ReplyCode, _ language: Language) {
        let text = code.text(in: language)
        #expect(text.hasSuffix("."))
        #expect(text.count <= 120)
        #expect(!text.contains { "<>&\n\r".contains($0) })
        #expect(code.reason.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !code.reason.isEmpty)
        let isCyrillic = text.unicodeScalars.contains { (0x0410...0x044F).contains($0.value) }
        #expect(isCyrillic == (language == .ru))
    }

    @Test(arguments: ReplyCode.allCases)
    func onlyWhatWasNotSentMayBeRepeated(_ code: ReplyCode) {
        let reply = IntakeReply(code, language: .en)
        #expect(reply.retry == (reply.outcome == .notSent))
        #expect((reply.retryAfter != nil) == [429, 503].contains(reply.status))
        #expect((reply.allow == "POST") == (reply.status == 405))
        #expect((reply.outcome == .unknown) == (reply.status == 504))
    }

    @Test func detailsStandBeforeTheStop() {
        #expect(ReplyCode.missingField.text(in: .en, detail: "text") == "A required field is missing: text.")
        #expect(
            ReplyCode.badSender.text(in: .en, detail: "x") == "Wrong sender name: x. Up to 11 Latin letters and digits."
        )
    }
}

@Suite struct ReplyWriterTests {
    private let id: MessageID
    private let posted: RequestTerms

    init() throws {
        id = try #require(MessageID(parsing: "01arz3ndektsv"))
        posted = Self.terms(.POST, [])
    }

    private static func terms(_ method: HTTPMethod, _ fields: [(String, String)], _ version: HTTPVersion = .http1_1)
        -> RequestTerms
    {
        HeadWriter.terms(
            method, "/sms", fields + [("Host", "h")], version,
            rules: .init(path: "/sms", maxBodyBytes: 100, maxHeaderBytes: 1000))
    }

    private func text(
        _ reply: IntakeReply, _ terms: RequestTerms? = nil, closes: Bool = false, profile: ReplyProfile = .strict,
        tls: Bool = false
    ) -> String {
        var writer = ReplyWriter(strictTransportSecurity: tls)
        var buffer = ByteBuffer()
        writer.write(
            reply, .init(id: id, terms: terms ?? posted, closes: closes, profile: profile), unixSeconds: 784_111_777,
            into: &buffer)
        return String(buffer: buffer)
    }

    private var json: RequestTerms { Self.terms(.POST, [("Accept", "application/json")]) }

    @Test func wholeReply() {
        #expect(
            text(.accepted(segments: 2, carrierIDs: ["a"], language: .en), closes: true, tls: true)
                == """
                HTTP/1.1 200 Accepted\r
                Date: Sun, 06 Nov 1994 08:49:37 GMT\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Length: 53\r
                Content-Language: en\r
                Cache-Control: no-store\r
                X-Message-Id: 01arz3ndektsv\r
                X-Outcome: accepted\r
                X-Segments: 2/2\r
                Strict-Transport-Security: max-age=31536000\r
                Connection: close\r
                \r
                Accepted by the carrier, parts: 2. ID: 01arz3ndektsv
                """.replacing("Content-Length: 53", with: "Content-Length: 52"))
    }

    @Test func fieldsThatApply() throws {
        var reply = IntakeReply(.carrierRefused, language: .ru)
        reply.status = 422
        reply.smppStatus = ("0x0000000B", "ESME_RINVDSTADR")
        reply.totalSegments = 3
        reply.replayed = true
        let parsed = try #require(ParsedReply.all(in: text(reply))?.first)
        #expect(parsed.status == 422)
        #expect(parsed.reason == "Carrier refused")
        #expect(parsed["X-Smpp-Status"] == "0x0000000B ESME_RINVDSTADR")
        #expect(parsed["X-Segments"] == "0/3")
        #expect(parsed["X-Replayed"] == "true")
        #expect(parsed["Content-Language"] == "ru")
        #expect(parsed["Retry-After"] == nil)
        #expect(parsed["Connection"] == nil)
        #expect(parsed["Strict-Transport-Security"] == nil)
    }

    @Test(arguments: ReplyCode.allCases, Language.allCases)
    func everyCodeAsTextAndJSON(_ code: ReplyCode, _ language: Language) throws {
        let reply = IntakeReply(code, language: language)
        let plain = try #require(ParsedReply.all(in: text(reply))?.first)
        #expect(plain.status == code.status)
        #expect(plain["X-Outcome"] == code.outcome.rawValue)
        #expect(plain.body == code.text(in: language) + " ID: 01arz3ndektsv")
        #expect(plain.body.count <= 200)
        let parsed = try #require(ParsedReply.all(in: text(reply, json))?.first)
        #expect(parsed["Content-Type"] == "application/json")
        #expect(parsed.json["error"] as? String == code.rawValue)
        #expect(parsed.json["message"] as? String == code.text(in: language))
        #expect(parsed.json["retry"] as? Bool == code.retry)
        #expect(parsed.json["id"] as? String == "01arz3ndektsv")
        #expect(parsed.json["smpp_status"] == nil)
    }

    @Test func jsonShapes() throws {
        let accepted = try #require(
            ParsedReply.all(in: text(.accepted(segments: 2, carrierIDs: ["a\"\\\n", "é"], language: .ru), json))?.first)
        #expect(Set(accepted.json.keys) == ["status", "id", "segments", "carrier_ids"])
        #expect(accepted.json["status"] as? String == "accepted")
        #expect(accepted.json["segments"] as? Int == 2)
        #expect(accepted.json["carrier_ids"] as? [String] == ["a\"\\\n", "é"])
        var refused = IntakeReply(.carrierRefused, language: .en)
        refused.smppStatus = ("0x0000000B", "ESME_RINVDSTADR")
        let parsed = try #require(ParsedReply.all(in: text(refused, json))?.first)
        #expect(Set(parsed.json.keys) == ["error", "message", "retry", "id", "smpp_status"])
        #expect(parsed.json["smpp_status"] as? String == "0x0000000B")
    }

    @Test func nothingUnsafeGetsOut() throws {
        var reply = IntakeReply(.carrierRefused, language: .ru)
        reply.message = "<b>a&b</b>\r\nX: y\u{2028}\u{85}" + String(repeating: "я", count: 300)
        reply.reason = "Bad\r\nX-Evil: 1 я" + String(repeating: "x", count: 300)
        reply.smppStatus = ("0x\r\n", "a\nb")
        let parsed = try #require(ParsedReply.all(in: text(reply))?.first)
        #expect(parsed["X-Evil"] == nil)
        #expect(parsed.body.count == 200)
        #expect(!parsed.body.contains { "<>&\r\n\u{2028}\u{85}".contains($0) })
        #expect(parsed.body.hasSuffix(" ID: 01arz3ndektsv"))
        #expect(parsed["X-Smpp-Status"] == "0x?? a?b")
        reply.message = "Отказ — «оператор» №1"
        #expect(try #require(ParsedReply.all(in: text(reply))?.first).body.hasPrefix("Отказ — «оператор» №1 ID"))
    }

    @Test func always200() throws {
        let reply = IntakeReply(.noBind, language: .ru, retryAfter: 7)
        let parsed = try #require(ParsedReply.all(in: text(reply, profile: .always200))?.first)
        #expect(parsed.status == 200)
        #expect(parsed.reason == "Not sent, no carrier connection")
        #expect(parsed["X-Outcome"] == "not-sent")
        #expect(parsed["Retry-After"] == "7")
    }

    @Test func headAndOldClients() throws {
        let text = text(IntakeReply(.methodNotAllowed, language: .en), Self.terms(.HEAD, []))
        let head = try #require(ParsedReply.all(in: text, toHead: true))
        #expect(head.count == 1)
        let old = Self.terms(.POST, [("Connection", "keep-alive")], .http1_0)
        let parsed = try #require(ParsedReply.all(in: self.text(ScriptedHandler.accepted, old))?.first)
        #expect(parsed["Connection"] == "keep-alive")
    }
}

@Suite struct HTTPDateTests {
    @Test func dates() {
        var date = HTTPDate()
        #expect(date.text(unixSeconds: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(date.text(unixSeconds: 0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(date.text(unixSeconds: 951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
        #expect(date.text(unixSeconds: 1_735_689_599) == "Tue, 31 Dec 2024 23:59:59 GMT")
        #expect(date.text(unixSeconds: 4_107_542_400) == "Mon, 01 Mar 2100 00:00:00 GMT")
    }

    @Test func agreesWithFoundation() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        var date = HTTPDate()
        for step in 0..<500 {
            let seconds = Int64(step) * 7_654_321
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(date.text(unixSeconds: seconds) == expected)
        }
    }
}

/// Replies that are copies of those before them.
@Suite struct ReplyCopyTests {
    private let terms = HeadWriter.terms(
        .POST, "/sms", [("Host", "h")], .http1_1, rules: .init(path: "/sms", maxBodyBytes: 100, maxHeaderBytes: 1000))

    private static func kinds() -> [IntakeReply] {
        var refused = IntakeReply(.carrierRefused, language: .ru)
        refused.smppStatus = ("0x0000000B", "ESME_RINVDSTADR")
        var other = refused
        other.smppStatus = ("0x0000000B", "ESME_OTHER")
        var replayed = IntakeReply.accepted(segments: 1, carrierIDs: ["x"], language: .ru)
        replayed.replayed = true
        return [
            .accepted(segments: 1, carrierIDs: ["a"], language: .ru),
            .accepted(segments: 1, carrierIDs: [], language: .en),
            .accepted(segments: 2, carrierIDs: ["b"], language: .ru), replayed, refused, other,
            IntakeReply(.busy, language: .ru), IntakeReply(.busy, language: .ru, retryAfter: 7),
            IntakeReply(.missingField, language: .ru, detail: "to"),
            IntakeReply(.missingField, language: .ru, detail: "text"), IntakeReply(.methodNotAllowed, language: .ru),
        ]
    }

    /// One writer for all, in turn and in many orders, against a fresh one for each.
    @Test func areWhatTheyWouldBe() throws {
        var generator = SystemRandomNumberGenerator()
        var writer = ReplyWriter(strictTransportSecurity: true)
        for step in 0..<3_000 {
            let reply = try #require(Self.kinds().randomElement(using: &generator))
            let id = try #require(MessageID(rawValue: UInt64.random(in: 0...UInt64(Int64.max), using: &generator)))
            var terms = terms
            terms.omitsBody = Int.random(in: 0..<8, using: &generator) == 0
            terms.announcesKeepAlive = Int.random(in: 0..<8, using: &generator) == 0
            terms.wantsJSON = Int.random(in: 0..<8, using: &generator) == 0
            let frame = ReplyWriter.Frame(
                id: id, terms: terms, closes: Int.random(in: 0..<8, using: &generator) == 0,
                profile: Int.random(in: 0..<8, using: &generator) == 0 ? .always200 : .strict)
            var (copied, made) = (ByteBuffer(string: "before"), ByteBuffer(string: "before"))
            writer.write(reply, frame, unixSeconds: Int64(step / 40), into: &copied)
            var fresh = ReplyWriter(strictTransportSecurity: true)
            fresh.write(reply, frame, unixSeconds: Int64(step / 40), into: &made)
            #expect(String(buffer: copied) == String(buffer: made))
        }
    }
}
