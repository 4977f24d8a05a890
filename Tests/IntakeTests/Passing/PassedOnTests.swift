import Messaging
import NIOCore
import Testing

@testable import Intake

/// What nodes say to each other, octet by octet.
@Suite struct PassedOnTests {
    private func read(_ text: String) -> PassedOn? { PassedOn(text.utf8.span) }

    @Test(arguments: ["192.0.2.1 9900", "2001:db8::1 1", "delivered 0123456789abc", ":: 60000"])
    func readAsWritten(text: String) {
        #expect(read(text)?.text == text)
    }

    @Test(arguments: [
        "", "192.0.2.1", "192.0.2.1 0", "192.0.2.1 60001", "192.0.2.1 -5", "192.0.2.1 9900 x", "host 9900",
        "delivered", "delivered u", "9900 192.0.2.1", "192.0.2.1:80 9900",
    ])
    func anythingElse(text: String) {
        #expect(read(text) == nil)
    }

    @Test func whatANodeReadsIsWhatWasWritten() throws {
        let client = try #require(SourceAddress(parsing: "203.0.113.9"))
        for (charset, wantsJSON, path) in [
            (FormCharset.utf8, false, "/sms"), (.windows1251, true, "/planfix/chat"),
        ] {
            let form = FormToPass(
                path: path, charset: charset, wantsJSON: wantsJSON, client: client, body: ByteBuffer(string: "a=b"))
            var rules = RequestTerms.Rules(
                path: "/sms", chatPath: "/planfix/chat", maxBodyBytes: 100, maxHeaderBytes: 1000)
            rules.ofNode = true
            var reader = RequestReader(maxFields: 10)
            reader.receive(form.request(to: "node-b:8443", milliseconds: 700))
            guard case .whole(let terms, let body) = try reader.next(rules) else {
                Issue.record("not whole")
                return
            }
            #expect(terms.refusal == nil && terms.keepAlive && terms.client == client)
            #expect(terms.passedOn == .form(client: client, milliseconds: 700))
            #expect((terms.charset, terms.wantsJSON, terms.isChat) == (charset, wantsJSON, path != "/sms"))
            #expect(String(buffer: body) == "a=b")
        }
    }

    /// A node says of each request what it is; everybody else's word is passed over.
    @Test(arguments: [
        ("", ReplyCode.badRequest), ("X-Passed-On: nonsense\r\n", .badRequest),
        ("X-Passed-On: 192.0.2.1 9\r\nX-Passed-On: 192.0.2.1 9\r\n", .badRequest),
        ("X-PASSED-ON: 192.0.2.1 9\r\n", nil),
    ])
    func believedOfNodesOnly(field: String, refusal: ReplyCode?) throws {
        for ofNode in [true, false] {
            var rules = RequestTerms.Rules(path: "/sms", maxBodyBytes: 100, maxHeaderBytes: 1000)
            rules.ofNode = ofNode
            var reader = RequestReader(maxFields: 10)
            reader.receive(ByteBuffer(string: EmbeddedIntake.post("a", field)))
            let part = try reader.next(rules)
            let terms: RequestTerms? =
                switch part {
                case .whole(let terms, _), .head(let terms): terms
                case .body, .end, nil: nil
                }
            #expect(terms?.refusal == (ofNode ? refusal : nil))
            #expect((terms?.passedOn != nil) == (ofNode && refusal == nil))
        }
    }
}

@Suite struct PassedReplyTests {
    private static let reply =
        "HTTP/1.1 401 Bad credentials\r\nDate: now\r\nContent-Length: 4\r\nX-Message-Id: 0123456789abc\r\n"
        + "X-Outcome: refused\r\nConnection: close\r\n\r\nbody"

    @Test(arguments: [1, 7, 1000]) func inWhateverPieces(size: Int) throws {
        var reader = PassedReplyReader()
        var bytes = ByteBuffer(string: Self.reply + Self.reply)
        var replies: [PassedReply] = []
        while let piece = bytes.readSlice(length: min(size, bytes.readableBytes)), piece.readableBytes > 0 {
            reader.receive(piece)
            while let reply = try reader.next() { replies.append(reply) }
        }
        #expect(replies.count == 2)
        for reply in replies {
            #expect((reply.status, reply.outcome, reply.closes) == (401, .refused, true))
            #expect(reply.id?.description == "0123456789abc")
            var buffer = ByteBuffer()
            reply.write(closes: false, announcesKeepAlive: false, into: &buffer)
            #expect(String(buffer: buffer) == Self.reply.replacing("Connection: close\r\n", with: ""))
        }
    }

    @Test func onlyTheConnectionIsOurs() throws {
        var reader = PassedReplyReader()
        reader.receive(ByteBuffer(string: Self.reply.replacing("close", with: "keep-alive")))
        let reply = try #require(try reader.next())
        #expect(!reply.closes)
        for (closes, announces, field) in [(true, true, "close"), (false, true, "keep-alive")] {
            var buffer = ByteBuffer()
            reply.write(closes: closes, announcesKeepAlive: announces, into: &buffer)
            let written = try #require(ParsedReply.all(in: String(buffer: buffer))?.first)
            #expect(written["Connection"] == field && written.reason == "Bad credentials" && written.body == "body")
        }
    }

    @Test(arguments: [
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n", "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
        "nonsense\r\n\r\n", String(repeating: "x", count: 16_385),
    ])
    func whatNoNodeWrites(text: String) {
        var reader = PassedReplyReader()
        reader.receive(ByteBuffer(string: text))
        #expect(throws: PassedReplyReader.Problem.self) { try reader.next() }
    }
}
