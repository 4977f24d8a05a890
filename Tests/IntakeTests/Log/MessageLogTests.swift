import Foundation
import Messaging
import NIOCore
import NIOEmbedded
import SMPP
import Synchronization
import TestPrograms
import Testing

@testable import Intake

@Suite struct MessageLogTests {
    /// What was handed over: its text, and how many lines it was said to be.
    private final class Output: Sendable {
        let handed = Mutex<[(text: String, count: Int)]>([])

        func log(_ format: LogFormat) -> MessageLog {
            MessageLog(
                MessageLogOutput(format) { [self] lines, count in
                    handed.withLock { $0.append((String(decoding: lines, as: UTF8.self), count)) }
                })
        }

        var texts: [String] { handed.withLock { $0.map(\.text) } }
    }

    private static let time: UInt64 = 1_764_530_989_007

    private func line(
        _ reply: IntakeReply, account: String? = "acme", carrier: String? = nil, clientGone: Bool = false
    ) throws -> MessageLine {
        var reply = reply
        reply.carrier = carrier
        reply.recipient = "79161234567"
        return MessageLine(
            id: try #require(MessageID(parsing: "070rbe8q87r20")), account: account, reply: reply, milliseconds: 12,
            peer: try SocketAddress(ipAddress: "192.0.2.7", port: 1), clientGone: clientGone)
    }

    private static let accepted = IntakeReply.accepted(segments: 1, carrierIDs: ["1"], language: .en)

    @Test func text() throws {
        let output = Output()
        var log = output.log(.text)
        var refused = IntakeReply(.carrierRefused, language: .ru)
        refused.status = 422
        refused.smppStatus = ("0x0000000B", "ESME_RINVDSTADR")
        #expect(log.append(try line(Self.accepted, carrier: "main"), unixMilliseconds: Self.time))
        #expect(!log.append(try line(refused, carrier: "two words"), unixMilliseconds: Self.time + 1))
        let unknown = IntakeReply(.badCredentials, language: .ru)
        #expect(!log.append(try line(unknown, account: nil, clientGone: true), unixMilliseconds: Self.time + 1000))
        #expect(output.texts.isEmpty, "they go once a turn")
        log.handOver()
        let start = "info message 070rbe8q87r20 account"
        let expected = [
            "2025-11-30T19:29:49.007Z \(start)=acme status=200 code=ok outcome=accepted ms=12"
                + " carrier=main command_status=0x00000000 to=7916*****67",
            "2025-11-30T19:29:49.008Z \(start)=acme status=422 code=carrier_refused outcome=refused ms=12"
                + " carrier=\"two words\" command_status=0x0000000B to=7916*****67",
            "2025-11-30T19:29:50.007Z \(start)=- status=401 code=bad_credentials outcome=refused ms=12"
                + " peer=192.0.2.7 client=gone to=7916*****67",
        ]
        #expect(output.texts == [expected.map { $0 + "\n" }.joined()])
        #expect(output.handed.withLock { $0[0].count } == 3)
        // The same room again, and nothing twice.
        #expect(log.append(try line(Self.accepted), unixMilliseconds: Self.time + 1000))
        log.handOver()
        log.handOver()
        #expect(output.texts.count == 2 && output.texts[1].hasSuffix("ms=12 to=7916*****67\n"))
    }

    @Test func json() throws {
        struct Line: Decodable, Equatable {
            var time: String
            var level: String
            var message: String
            var carrier: String?
            var commandStatus: String?
            var to: String?
        }
        let output = Output()
        var log = output.log(.json)
        _ = log.append(try line(Self.accepted, carrier: "a \"b\""), unixMilliseconds: Self.time)
        _ = log.append(try line(IntakeReply(.noBind, language: .en)), unixMilliseconds: Self.time)
        log.handOver()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let lines = try output.texts[0].split(separator: "\n").map {
            try decoder.decode(Line.self, from: Data($0.utf8))
        }
        let message = "message 070rbe8q87r20 account=acme status="
        #expect(
            lines == [
                Line(
                    time: "2025-11-30T19:29:49.007Z", level: "info",
                    message: message + "200 code=ok outcome=accepted ms=12", carrier: "a \"b\"",
                    commandStatus: "0x00000000", to: "7916*****67"),
                Line(
                    time: "2025-11-30T19:29:49.007Z", level: "info",
                    message: message + "503 code=no_bind outcome=not-sent ms=12", to: "7916*****67"),
            ])
    }

    /// A turn of any length holds so much and no more.
    @Test func manyLinesOfATurnDoNotWait() throws {
        let output = Output()
        var log = output.log(.text)
        for _ in 0..<2_000 { _ = log.append(try line(Self.accepted, carrier: "main"), unixMilliseconds: Self.time) }
        log.handOver()
        let handed = output.handed.withLock { $0 }
        #expect(handed.map(\.count).reduce(0, +) == 2_000)
        #expect(handed.count > 1 && handed.allSatisfy { $0.text.utf8.count < 66_000 })
        #expect(handed.allSatisfy { $0.text.split(separator: "\n").count == $0.count })
    }

    /// From a form to its line, once its turn is over; a text is in none.
    @Test func aFormHasItsLine() throws {
        let intake = try EmbeddedIntake()
        _ = try intake.reply(to: EmbeddedIntake.post())
        intake.time.run()
        #expect(intake.lines.all.count == 1)
        #expect(
            intake.lines.all[0].wholeMatch(
                of: #/info message [0-9a-z]{13} account=acme status=200 code=ok outcome=accepted ms=0/#) != nil)
    }
}
