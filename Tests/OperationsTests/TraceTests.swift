import Carriers
import Foundation
import NIOCore
import SMPP
import SMPPWire
import Synchronization
import Testing

@testable import Operations

/// A trace's file, without a bridge around it.
@Suite(.timeLimit(.minutes(1))) struct TraceTests {
    private static let pdu = frame(
        PDU(
            sequence: 1,
            .submit(
                ShortMessage(
                    destination: SMPPAddress(ton: 1, npi: 1, "79161234567"), shortMessage: Array("secret".utf8)))))

    private static func frame(_ pdu: PDU) -> ByteBuffer {
        var buffer = ByteBuffer()
        do { try PDUEncoder.encode(pdu, into: &buffer) } catch { Issue.record(error) }
        return buffer
    }

    private static func entry(_ content: TraceEntry.Content, bind: String = "1", sequence: UInt32 = 1) -> TraceEntry {
        TraceEntry(
            bind: bind, kind: .transceiver, time: 1_764_000_000_000_000_000, isInbound: false,
            source: PcapEndpoint(IPAddress(ipv4: 1), port: 40_000),
            destination: PcapEndpoint(IPAddress(ipv4: 2), port: 2775),
            sequence: sequence, acknowledgement: 1, content: content)
    }

    private static func events(_ file: ByteBuffer) throws -> [PcapPDUs.Event] {
        var pdus = try PcapPDUs(file)
        var events: [PcapPDUs.Event] = []
        while let event = try pdus.next() { events.append(event) }
        return events
    }

    @Test func whatIsDroppedIsToldInTheFile() throws {
        var document = TraceDocument(carrier: "main", showsTexts: false)
        var file = ByteBuffer()
        document.begin(into: &file)
        document.write(Self.entry(.opened), into: &file)
        document.write(Self.entry(.pdu(Self.pdu)), into: &file)
        document.drop(["1": 2, "7": 1], into: &file)
        let octets = UInt32(Self.pdu.readableBytes)
        document.write(Self.entry(.pdu(Self.pdu), sequence: 1 + 3 * octets), into: &file)
        document.write(Self.entry(.closed, sequence: 1 + 4 * octets), into: &file)
        document.end("it was stopped", time: 1_764_000_001_000_000_000, into: &file)
        #expect(document.pdus == 2 && document.dropped == 3)
        let events = try Self.events(file)
        #expect(events.count == 3)
        guard case .gap(_, let missing) = events[1] else {
            Issue.record("\(events[1])")
            return
        }
        #expect(missing == Int(2 * octets))
        let text = String(decoding: file.readableBytesView, as: UTF8.self)
        #expect(text.contains("2 PDUs before this one are missing"))
        #expect(text.contains("the trace is over: it was stopped; 2 PDUs are missing"))
        #expect(text.contains("bind 1 of main, transceiver"))
        #expect(!text.contains("secret") && !text.contains("79161234567"))
    }

    @Test func noEntryTakesMoreThanItsMaximum() {
        let long = DataMessage(tlvs: [TLV(.messagePayload, Array(repeating: 0x41, count: 65_000))])
        let contents: [TraceEntry.Content] = [
            .opened, .closed, .pdu(Self.pdu), .pdu(Self.frame(PDU(sequence: 1, .data(long)))),
        ]
        for content in contents {
            var document = TraceDocument(carrier: String(repeating: "c", count: 64), showsTexts: true)
            var buffer = ByteBuffer()
            document.drop(["1": 1], into: &buffer)
            document.write(Self.entry(content), into: &buffer)
            #expect(buffer.readableBytes <= TraceDocument.maximumLength(of: Self.entry(content)))
        }
    }

    /// A full disk ends the trace, once, and says why.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full"))
    func aFullDiskEndsTheTrace() async throws {
        let handle = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let ends = Mutex([TraceStatus.End]())
        let writer = TraceWriter(TraceDocument(carrier: "main", showsTexts: false), to: handle, limit: 1 << 20) { end in
            ends.withLock { $0.append(end) }
        }
        let queue = TraceQueue { writer.wake($0) }
        let progress = await withCheckedContinuation { continuation in
            writer.end(queue, .failed("disk")) { continuation.resume(returning: $0) }
        }
        #expect(progress.octets == 0)
        let seen = ends.withLock { $0 }
        #expect(seen.count == 1)
        guard case .failed = try #require(seen.first) else {
            Issue.record("\(seen)")
            return
        }
    }

    @Test(arguments: [
        ("/carriers/main/trace", "main false"), ("/carriers/main/trace/stop", "main true"),
        ("/carriers/main/stop", "nil"), ("/carriers/main/trace/stop/x", "nil"), ("/carriers/main/binds/1/trace", "nil"),
        ("/x/main/trace", "nil"), ("/carriers/trace/stop", "nil"), ("/carriers//trace", " false"),
    ])
    func pathsAreRead(_ path: String, _ told: String) {
        #expect(TraceRequest.target(path: path).map { "\($0.carrier) \($0.stops)" } ?? "nil" == told)
    }
}
