import NIOCore
import SMPP
import Testing

@testable import LoadTest

@Suite struct ReplyReaderTests {
    private static let bridge =
        "HTTP/1.1 200 Accepted\r\nX-Message-Id: 1\r\nx-outcome:  accepted \r\nX-Segments: 2/3\r\n"
        + "Content-Length: 5\r\nX-Replayed: true\r\n\r\nabcde"

    /// The replies of a stream that comes in pieces of `size`.
    private func replies(_ text: String, pieces size: Int) -> [ReplyReader.Reply] {
        var reader = ReplyReader()
        var replies: [ReplyReader.Reply] = []
        var bytes = ByteBuffer(string: text)
        while bytes.readableBytes > 0 {
            var piece = bytes.readSlice(length: min(size, bytes.readableBytes)) ?? ByteBuffer()
            while case .reply(let reply) = reader.read(&piece) { replies.append(reply) }
        }
        return replies
    }

    @Test(arguments: [1, 2, 3, 7, 40, 1_000])
    func readsInPieces(size: Int) {
        let expected = ReplyReader.Reply(
            status: 200, outcome: .accepted, acceptedSegments: 2, segments: 3, closes: false, isReplayed: true)
        #expect(replies(Self.bridge + Self.bridge, pieces: size) == [expected, expected])
        let chunks = "5;a=b\r\nabcde\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n"
        let chunked = "HTTP/1.1 502 x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
        #expect(replies(chunked + Self.bridge, pieces: size).map(\.status) == [502, 200])
        let interim = "HTTP/1.1 100 Continue\r\n\r\n"
        #expect(replies(interim + Self.bridge, pieces: size).map(\.status) == [200])
        let empty = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
        #expect(replies(empty, pieces: size) == [ReplyReader.Reply(status: 204, closes: true)])
    }

    @Test(arguments: [
        "HTTP/2 200\r\n\r\n", "SSH-2.0-OpenSSH_9.2p1 Debian\r\n\r\n", "HTTP/1.1 xyz no\r\n\r\n", "\r\n\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999\r\n\r\n",
    ])
    func refuses(text: String) {
        var reader = ReplyReader()
        var bytes = ByteBuffer(string: text)
        #expect(reader.read(&bytes) == .broken)
    }

    @Test func aHeadHasABound() {
        var reader = ReplyReader()
        var bytes = ByteBuffer(string: "HTTP/1.1 200 OK\r\nX: ")
        #expect(reader.read(&bytes) == .needsBytes)
        bytes = ByteBuffer(repeating: UInt8(ascii: "a"), count: ReplyReader.maximumHead + 1)
        #expect(reader.read(&bytes) == .broken)
    }

    @Test func aBodyMayEndWithItsConnection() {
        var reader = ReplyReader()
        var bytes = ByteBuffer(string: "HTTP/1.1 503 Busy\r\nX-Outcome: not-sent\r\n\r\nsome")
        #expect(reader.read(&bytes) == .needsBytes)
        #expect(reader.end()?.outcome == .notSent)
        var fresh = ReplyReader()
        #expect(fresh.end() == nil)
    }

    /// Random bytes and cut streams never trap, and never go on for ever.
    @Test func survivesAnything() {
        var random = SplitMix64(seed: 11)
        let alphabet = Array("HTTP/1. 200\r\n:;abcX-ContentLengthTransferEncodingchunked0123456789\u{0}ÿ".utf8)
        for _ in 0..<5_000 {
            var reader = ReplyReader()
            for _ in 0..<4 {
                var bytes = ByteBuffer()
                if random.below(2) == 0 { bytes.writeString("HTTP/1.1 200 OK\r\n") }
                for _ in 0..<random.below(80) { bytes.writeInteger(alphabet[random.below(alphabet.count)]) }
                for _ in 0..<10 {
                    guard case .reply = reader.read(&bytes) else { break }
                }
            }
        }
    }

    @Test(arguments: [
        (200, LoadOutcome.accepted), (204, .unknown), (400, .refused), (401, .refused), (422, .refused),
        (429, .notSent),
        (500, .unknown), (502, .refused), (503, .notSent), (504, .unknown), (302, .unknown),
    ])
    func statusesOfAnyServer(status: Int, outcome: LoadOutcome) {
        #expect(FormLink.outcome(of: ReplyReader.Reply(status: status)) == outcome)
        #expect(FormLink.outcome(of: ReplyReader.Reply(status: status, outcome: .partial)) == .partial)
    }
}
