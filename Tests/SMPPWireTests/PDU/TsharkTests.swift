import Foundation
import Messaging
import NIOCore
import SMPP
import TestPrograms
import Testing

/// Wireshark's dissector, which is not ours, finds nothing malformed in what we write.
@Suite(.enabled(if: Tshark.isInstalled, "tshark and text2pcap are not installed")) struct TsharkTests {
    /// Texts with shift tables, classes, both forms of a validity and a carrier's own parameters.
    private static var texts: [PDU] {
        get throws {
            let shifted = TextPolicy(shiftTables: [.turkish, .portuguese])
            let rows: [(String, TextPolicy)] = [
                ("şarkı", shifted), (String(repeating: "ğ", count: 200), shifted), ("flash", TextPolicy().ofClass(0)),
                ("вспышка", TextPolicy().ofClass(0)),
            ]
            return try rows.flatMap { text, policy in
                let result = try Segmenter.segment(text, policy: policy) { 7 }
                return result.segments.enumerated().map { number, segment in
                    PDU(
                        sequence: 20,
                        .submit(
                            ShortMessage(
                                destination: SMPPAddress(ton: 1, npi: 1, "79161234567"),
                                esmClass: segment.hasUDH ? 0x40 : 0,
                                validityPeriod: number == 0 ? SMPPTime.absolute(1_793_000_000) : SMPPTime.relative(60),
                                dataCoding: result.dataCoding, shortMessage: segment.octets,
                                tlvs: [TLV(TLVTag(rawValue: 0x1400), [1, 2])])))
                }
            }
        }
    }

    @Test func nothingIsMalformed() async throws {
        let pdus = Samples.all.filter { if case .unknown = $0.body { false } else { true } } + (try Self.texts)
        let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("smppost-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let dump = folder.appendingPathComponent("pdus.txt")
        let capture = folder.appendingPathComponent("pdus.pcap")
        var text = ""
        for pdu in pdus {
            // text2pcap begins a packet at each offset 0.
            text += "000000 " + (try encode(pdu)).map { UInt32($0).hexDigits(2) }.joined(separator: " ") + "\n"
        }
        try text.write(to: dump, atomically: true, encoding: .utf8)
        _ = try await Tshark.run("text2pcap", "-q", "-T", "40000,2775", dump.path, capture.path)
        let flags = ["-r", capture.path, "-d", "tcp.port==2775,smpp"]
        let fields = ["-T", "fields", "-e", "smpp.command_id"]
        let seen = try await Tshark.run("tshark", flags + ["-Y", "smpp"] + fields)
        #expect(seen.split(separator: "\n").count == pdus.count)
        let malformed = "_ws.malformed || (smpp && _ws.expert.severity>=0x600000)"
        #expect(try await Tshark.run("tshark", flags + ["-Y", malformed] + fields) == "")
    }
}

private enum Tshark {
    static var isInstalled: Bool {
        ["tshark", "text2pcap"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0) }
    }

    static func run(_ tool: String, _ arguments: String...) async throws -> String {
        try await run(tool, arguments)
    }

    static func run(_ tool: String, _ arguments: [String]) async throws -> String {
        let ended = try await ProcessHandle("/usr/bin/" + tool, arguments).waitForExit()
        #expect(ended.exitCode == 0, "\(tool): \(ended.standardError)")
        return ended.standardOutput
    }
}
