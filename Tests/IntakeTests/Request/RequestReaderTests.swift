import NIOCore
import SMPP
import Testing

@testable import Intake

/// The grammar of requests (RFC 9112), refusal by refusal.
@Suite struct RequestReaderTests {
    private static let form = "key=k&to=1&text=t"

    private func outcome(_ text: String) -> RequestDifferential.Outcome {
        RequestDifferential(Array(text.utf8)).outcome(pieces: [max(1, text.utf8.count)])
    }

    @Test(arguments: [
        "POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 17\r\n\r\n\(form)",
        "\r\n\r\nPOST /sms HTTP/1.1\r\nhOsT:h\r\ncontent-length:  017\r\n\r\n\(form)",
        "POST /sms HTTP/1.0\r\nContent-Length: \t17\r\n\r\n\(form)",
        "POST http://h:80/sms?a=b HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nX-Obs: \u{E9}\r\nContent-Length: 17\r\n\r\n\(form)",
        "POST /sms HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n5;x=y;z\r\nkey=k\r\n00C\r\n&to=1&text=t\r\n0\r\n\r\n",
        "POST /sms HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n\(form)\r\n0;end\r\nX-T: 1\r\nY:\r\n\r\n",
    ])
    func good(_ text: String) {
        let outcome = outcome(text + text)
        #expect(outcome.problem == nil)
        #expect(outcome.requests.count == (text.contains("1.0") ? 1 : 2))
        for request in outcome.requests {
            #expect(request.isWhole && request.terms.refusal == nil)
            #expect(String(decoding: request.body, as: UTF8.self) == Self.form)
        }
    }

    private static let head = "POST /sms HTTP/1.1\r\nHost: h\r\n"

    @Test(arguments: [
        // Request line
        "\n", "\rP", " POST /sms HTTP/1.1\r\n", "post", "POSTX", "PUSH /sms", "GET\t/sms HTTP/1.1\r\n",
        "POST  /sms HTTP/1.1\r\n",
        "POST\r\n", "POST /sms\r\n", "POST /sms  HTTP/1.1\r\n", "POST /sms HTTP/1.1 \r\n", "POST /sms HTTP/1.1\n",
        "POST /sms HTTP/1.2\r\n",
        "POST /sms HTTP/2.0\r\n", "POST /sms HTTP/0.9\r\n", "POST /sms http/1.1\r\n", "POST /sms HTTP/11\r\n",
        "POST /sms HTTP/1.1\rH",
        "POST sms HTTP/1.1\r\n", "POST * HTTP/1.1\r\n", "OPTIONS *x HTTP/1.1\r\n", "POST http:/h/sms HTTP/1.1\r\n",
        "POST http:///sms HTTP/1.1\r\n",
        "POST http://u@h/sms HTTP/1.1\r\n", "POST h:80 HTTP/1.1\r\n", "CONNECT /sms HTTP/1.1\r\n",
        "CONNECT http://h/ HTTP/1.1\r\n",
        "POST /s\u{0}ms HTTP/1.1\r\n", "POST /s\u{7F}ms HTTP/1.1\r\n", "POST /\u{E9} HTTP/1.1\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        // Fields
        head + " X: y\r\n", head + "\tX: y\r\n", head + "X : y\r\n", head + "X\t: y\r\n", head + ": y\r\n",
        head + "X\r\n", head + "X: a\n",
        head + "X: a\rb", head + "X: a\u{0}\r\n", head + "X: a\u{1B}\r\n", head + "X: a\u{7F}\r\n",
        head + "X: a\r\n b\r\n\r\n",
        head + "X Y: a\r\n", head + "X(: a\r\n", head + "\u{E9}: a\r\n", head + "\n", head + "\rX", head + "X: \rY",
        // Chunks
        chunked + "\r\n", chunked + ";x\r\n", chunked + "x\r\n", chunked + "-1\r\n", chunked + "0x1\r\n",
        chunked + " 1\r\n", chunked + "1 \r\n",
        chunked + "1\na", chunked + "1\r\nab", chunked + "1\r\na\n", chunked + "1\r\na\rb",
        chunked + "0000000000000001\r\n",
        chunked + "FFFFFFFFFFFFFFFF\r\n", chunked + "1;\u{0}\r\n", chunked + "1;\r\n", chunked + "1;a=\r\n",
        chunked + "1;a=b=c\r\n", chunked + "1;=a\r\n", chunked + "1;a:b\r\n",
        chunked + "1;a;\r\n", chunked + "1; a\r\n", chunked + "1;a=\"b\"\r\n", chunked + "1;a\n",
        chunked + "1;\(String(repeating: "x", count: 257))\r\n",
        chunked + "0\r\nX\r\n", chunked + "0\r\n X: y\r\n", chunked + "0\r\nContent-Length: 1\r\n",
        chunked + "0\r\nHost: h\r\n",
        chunked + "0\r\nTransfer-Encoding: chunked\r\n", chunked + "0\r\n\n", chunked + "0\r\nX: \u{0}\r\n",
    ])
    func malformed(_ text: String) {
        #expect(outcome(text).problem == .malformed)
    }

    private static let chunked = head + "Transfer-Encoding: chunked\r\n\r\n"

    @Test(arguments: [
        "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5, 5\r\n", "Content-Length: +5\r\n",
        "Content-Length: 5 \r\n",
        "Content-Length: 0x5\r\n", "Content-Length:\r\n", "Content-Length: 9223372036854775808\r\n", "Host: h\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, gzip\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked \r\n",
        "Transfer-Encoding:\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    ])
    func ambiguous(_ fields: String) throws {
        let outcome = outcome(Self.head + fields + "\r\nabcde")
        let request = try #require(outcome.requests.first)
        #expect(request.terms.refusal == .badRequest && request.terms.mustClose && !request.isWhole)
    }

    @Test func nothingIsReadBehindAnUnclearBody() throws {
        var reader = RequestReader(maxFields: 100)
        let rules = RequestTerms.Rules(path: "/sms", maxBodyBytes: 100, maxHeaderBytes: 100)
        reader.receive(ByteBuffer(string: "POST /sms HTTP/1.1\r\n\r\nPOST /sms HTTP/1.1\r\nHost: h\r\n\r\n"))
        _ = try reader.next(rules)
        #expect(throws: RequestProblem.malformed) { try reader.next(rules) }
    }

    @Test func boundsCountEveryByte() {
        // Target 4, Host 4 + 1, X 1 + n.
        let rules = 64
        for (size, problem) in [(54, nil), (55, RequestProblem.headersTooLarge)] as [(Int, RequestProblem?)] {
            for text in [
                "X: \(String(repeating: "v", count: size))\r\n\r\n",
                "X:\(String(repeating: " ", count: size + 1))\r\n\r\n",
                "X\(String(repeating: "n", count: size)): \r\n\r\n",
            ] {
                let bytes = Array((Self.head + text).utf8)
                let outcome = RequestDifferential(bytes, maxHeaderBytes: rules).outcome(pieces: [7])
                #expect(outcome.problem == problem, "\(size) \(text)")
            }
        }
        let fields = Array((Self.chunked.dropLast() + "A: 1\r\n\r\n0\r\nB: 1\r\n\r\n").utf8)
        #expect(RequestDifferential(fields, maxFields: 4).outcome(pieces: [99]).problem == nil)
        #expect(RequestDifferential(fields, maxFields: 3).outcome(pieces: [99]).problem == .headersTooLarge)
        // A head that never ends is refused when the bound is reached, not kept.
        #expect(outcome("POST /" + String(repeating: "x", count: 16_384)).problem == .headersTooLarge)
    }

    @Test func aRequestInOnePieceComesWhole() throws {
        let rules = RequestTerms.Rules(path: "/sms", maxBodyBytes: 100, maxHeaderBytes: 1000)
        let request = "\(Self.head)Content-Length: 3\r\n\r\nabc"
        var reader = RequestReader(maxFields: 100)
        reader.receive(ByteBuffer(string: request + request.dropLast()))
        guard case .whole(let terms, let body) = try reader.next(rules) else { throw RequestProblem.malformed }
        #expect(terms.keepAlive && terms.contentLength == 3 && body == ByteBuffer(string: "abc"))
        // The second one lacks a byte.
        guard case .head = try reader.next(rules) else { throw RequestProblem.malformed }
        guard case .body(let piece) = try reader.next(rules) else { throw RequestProblem.malformed }
        #expect(piece == ByteBuffer(string: "ab"))
        let nothing = try reader.next(rules)
        #expect(nothing == nil)
        // Whoever waits for leave to send the body, or is not to send it, is answered by the head.
        for field in ["Expect: 100-continue\r\n", "Content-Length: 101\r\n"] {
            let length = field.hasPrefix("Content") ? "" : "Content-Length: 3\r\n"
            var reader = RequestReader(maxFields: 100)
            reader.receive(ByteBuffer(string: "\(Self.head)\(length)\(field)\r\n" + String(repeating: "x", count: 101)))
            guard case .head = try reader.next(rules) else { throw RequestProblem.malformed }
        }
    }

    @Test func whatIsReadIsForgotten() throws {
        var reader = RequestReader(maxFields: 100)
        let rules = RequestTerms.Rules(path: "/sms", maxBodyBytes: 100, maxHeaderBytes: 1000)
        let request = Array("\(Self.head)Content-Length: 3\r\n\r\nabc".utf8)
        // Reads end in the middle of requests for ever.
        var ends = 0
        for turn in 0..<10_000 {
            let piece = (0..<17).map { request[(turn * 17 + $0) % request.count] }
            reader.receive(ByteBuffer(bytes: piece))
            while let part = try reader.next(rules) {
                switch part {
                case .end, .whole: ends += 1
                case .head, .body: break
                }
            }
        }
        #expect(ends == 170_000 / request.count)
        #expect(reader.heldBytes < 200)
        reader.receive(ByteBuffer(repeating: 0x0D, count: 1))
        reader.receive(ByteBuffer(repeating: 0x0A, count: 1))
        while try reader.next(rules) != nil {}
        _ = try reader.next(rules)
        #expect(reader.heldBytes == 0)
    }
}

/// Random requests and broken ones, against NIOHTTP1.
@Suite struct RequestDifferentialTests {
    private static let pieces = [
        EmbeddedIntake.post(), EmbeddedIntake.post("", "Accept: */*\r\n"), "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /sms HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n0\r\n\r\n",
        "POST /sms HTTP/1.1\r\n", "GET /x?y HTTP/1.1\r\n", "HEAD http://h/sms HTTP/1.0\r\n", "CONNECT h:1 HTTP/1.1\r\n",
        "OPTIONS * HTTP/1.1\r\n",
        "POST /sms HTTP/1.1\r\nHost: h\r\n", "hello", "5\r\nhello\r\n", "5;a=b\r\nhello\r\n", "0\r\n\r\n",
        "0\r\nX: y\r\n\r\n", "\n", "\r", " ", "\t", ":", "\u{0}", "\u{80}", "X : y\r\n", " folded\r\n", "00",
        "FFFF\r\n", ",", ";",
        "\r\n", "\r\n\r\n",
    ].map { Array($0.utf8) }
    private static let fields = [
        "Host: h\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n", "Connection: close\r\n", "Connection: keep-alive, x\r\n",
        "Connection: upgrade\r\nUpgrade: h2c\r\n", "Accept: application/json\r\n", "Expect: 100-continue\r\n",
        "Content-Type: text/plain\r\n", "Content-Encoding: gzip\r\n", "X:  y \r\n",
    ].map { Array($0.utf8) }

    private static func random(
        _ count: ClosedRange<Int>, of pieces: [[UInt8]], _ random: inout SplitMix64
    ) -> [UInt8] {
        (0..<Int.random(in: count, using: &random)).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
    }

    @Test func acceptsOnlyWhatNIOHTTP1Accepts() throws {
        var random = SplitMix64(seed: 9_112)
        var whole = 0
        for _ in 0..<4_000 {
            var bytes = Self.random(1...9, of: Self.pieces + Self.fields, &random)
            if Bool.random(using: &random) {
                let fields = Self.random(0...3, of: Self.fields, &random)
                bytes = Array("POST /sms HTTP/1.1\r\nHost: h\r\n".utf8) + fields + Array("\r\n".utf8) + bytes
            }
            if Int.random(in: 0..<3, using: &random) == 0, !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let differential = RequestDifferential(bytes, maxHeaderBytes: 200, maxFields: 6)
            let sizes = (0..<8).map { _ in Int.random(in: 1...20, using: &random) }
            let difference = differential.difference(pieces: sizes)
            #expect(difference == nil, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
            whole += differential.outcome(pieces: [bytes.count]).requests.filter(\.isWhole).count
        }
        #expect(whole > 500, "\(whole)")
    }
}
