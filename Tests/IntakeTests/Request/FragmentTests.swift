import Intake
import NIOCore
import NIOEmbedded
import SMPP
import Testing

/// Whatever comes, in whatever pieces: whole replies, and the same ones.
@Suite struct FragmentTests {
    private static let pieces = [
        "POST /sms HTTP/1.1\r\nHost: h\r\n", "GET /sms HTTP/1.1\r\nHost: h\r\n", "POST /sms HTTP/1.0\r\n", "\r\n",
        "\r\n\r\n",
        "Content-Length: 40\r\n\r\n", "Content-Length: 0\r\n\r\n", "Content-Length: 70000\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n", "28\r\n", "0\r\n\r\n", "key=secret-key&to=79161234567&text=hello",
        "text=%",
        "Connection: close\r\n", "Expect: 100-continue\r\n", "Content-Type: text/plain\r\n", "X: \u{0}\r\n", "nonsense",
        "POST /sms HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 40\r\n\r\n",
        EmbeddedIntake.post(), EmbeddedIntake.post("key=x&to=1&text=t"), EmbeddedIntake.post(path: "/no"),
    ]

    private func statuses(_ stream: [UInt8], random: inout SplitMix64, whole: Bool) throws -> [Int]? {
        let intake = try EmbeddedIntake {
            $0.maxPipelined = 2
            $0.lockOut = .init(attempts: 1_000, window: .minutes(5))
        }
        var rest = stream[...]
        while !rest.isEmpty {
            let size = whole ? rest.count : Int.random(in: 1...min(40, rest.count), using: &random)
            intake.channel.pipeline.fireChannelRead(ByteBuffer(bytes: rest.prefix(size)))
            intake.channel.pipeline.fireChannelReadComplete()
            rest = rest.dropFirst(size)
        }
        intake.time.advanceTime(by: .minutes(2))
        #expect(!intake.channel.isActive)
        return try intake.replies()?.map(\.status)
    }

    @Test func sameRepliesInAnyPieces() throws {
        var random = SplitMix64(seed: 2_025)
        var seen: Set<Int> = []
        for _ in 0..<1_500 {
            let count = Int.random(in: 1...6, using: &random)
            let stream = (0..<count).flatMap { _ in Array((Self.pieces.randomElement(using: &random) ?? "").utf8) }
            let whole = try #require(try statuses(stream, random: &random, whole: true))
            let cut = try #require(try statuses(stream, random: &random, whole: false))
            // In one read, a head that is not whole goes unnoticed behind a request: its connection is idle.
            if whole.last != 408, cut.last != 408 {
                #expect(whole == cut, "\(String(decoding: stream, as: UTF8.self))")
            }
            seen.formUnion(whole)
        }
        #expect(seen.isSuperset(of: [100, 200, 400, 401, 404, 405, 408, 413, 415]))
    }
}
