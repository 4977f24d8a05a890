import Foundation
import NIOCore
import SMPP
import TestPrograms
import Testing

@testable import SMPPWire

/// Capture files: what is written comes back, whatever the packets went through, and nothing from outside can trap.
@Suite struct PcapTests {
    static let ours = PcapEndpoint(IPAddress(ipv4: 0x7F00_0001), port: 40_000)
    static let theirs = PcapEndpoint(IPAddress(ipv4: 0xC0A8_0102), port: 2775)
    static let ours6 = PcapEndpoint(IPAddress(ipv6: 0x2001_0DB8_0000_0000, 1), port: 40_001)
    static let theirs6 = PcapEndpoint(IPAddress(ipv6: 0, 1), port: 2775)

    /// Some PDUs, the last one long.
    static func pdus() throws -> [ByteBuffer] {
        try Samples.all.map { buffer(try encode($0)) } + [
            buffer(
                try encode(
                    PDU(
                        sequence: 99,
                        .data(DataMessage(tlvs: [TLV(.messagePayload, Array(repeating: 0x41, count: 50_000))])))))
        ]
    }

    /// The stream cut into segments.
    static func segments(
        _ stream: ByteBuffer, from source: PcapEndpoint = ours, to destination: PcapEndpoint = theirs,
        first: UInt32 = 1, size: () -> Int
    ) -> [PcapSegment] {
        var rest = stream
        var sequence = first
        var segments: [PcapSegment] = []
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(size(), rest.readableBytes)) {
            segments.append(
                PcapSegment(
                    from: source, to: destination, sequence: sequence, acknowledgement: 1, flags: [.ack, .psh],
                    payload: piece))
            sequence &+= UInt32(piece.readableBytes)
        }
        return segments
    }

    static func joined(_ buffers: [ByteBuffer]) -> ByteBuffer {
        var all = ByteBuffer()
        for buffer in buffers { all.writeImmutableBuffer(buffer) }
        return all
    }

    /// A pcapng file of these segments, a microsecond apart.
    static func file(_ segments: [PcapSegment]) -> ByteBuffer {
        var file = ByteBuffer()
        PcapngBlock.writeSection(application: "tests", into: &file)
        PcapngBlock.writeInterface(name: "main/1", description: "a bind", into: &file)
        for (place, segment) in segments.enumerated() {
            var packet = ByteBuffer()
            segment.writePacket(into: &packet)
            PcapngBlock.writePacket(
                interface: 0, time: 1_764_000_000_000_000_000 + UInt64(place) * 1_000, direction: .outbound,
                comment: place == 0 ? "the first" : nil, packet, into: &file)
        }
        PcapngBlock.writeStatistics(
            interface: 0, time: 1_764_000_001_000_000_000, received: UInt64(segments.count), dropped: 3,
            comment: "over",
            into: &file)
        return file
    }

    /// A pcap file of these packets.
    static func classic(
        _ packets: [ByteBuffer], linkType: UInt32, magic: UInt32 = 0xA1B2_C3D4, endianness: Endianness = .little
    ) -> ByteBuffer {
        var file = ByteBuffer()
        file.writeMultipleIntegers(
            magic, UInt16(2), UInt16(4), UInt32(0), UInt32(0), UInt32(262_144), linkType, endianness: endianness)
        for packet in packets {
            let length = UInt32(packet.readableBytes)
            file.writeMultipleIntegers(UInt32(1_764_000_000), UInt32(7), length, length, endianness: endianness)
            file.writeImmutableBuffer(packet)
        }
        return file
    }

    static func events(_ file: ByteBuffer, ports: Set<UInt16>? = nil) throws(PcapError) -> [PcapPDUs.Event] {
        var pdus = try PcapPDUs(file, ports: ports)
        var events: [PcapPDUs.Event] = []
        while let event = try pdus.next() { events.append(event) }
        return events
    }

    static func frames(_ events: [PcapPDUs.Event]) -> [ByteBuffer] {
        events.compactMap { if case .pdu(let frame, _, _) = $0 { frame } else { nil } }
    }

    // MARK: What is written comes back

    @Test func bothFamiliesComeBack() throws {
        let pdus = try Self.pdus()
        for (source, destination) in [(Self.ours, Self.theirs), (Self.theirs6, Self.ours6)] {
            let segments = Self.segments(Self.joined(pdus), from: source, to: destination) { 16_384 }
            let events = try Self.events(Self.file(segments))
            #expect(Self.frames(events) == pdus)
            #expect(events.count == pdus.count)
            guard case .pdu(_, let flow, let time) = try #require(events.first) else { return }
            #expect(flow == PcapFlow(source: source, destination: destination))
            #expect(time == 1_764_000_000_000_000_000)
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func orderAndRepeatsDoNotMatter(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let pdus = try Self.pdus()
        let first = UInt32.random(in: UInt32.max - 60_000 ... .max, using: &generator)
        var segments = Self.segments(Self.joined(pdus), first: first) { Int.random(in: 1...2_000, using: &generator) }
        var syn = segments[0]
        syn.flags = .syn
        syn.sequence = first &- 1
        syn.payload = ByteBuffer()
        for _ in 0..<30 {
            let place = Int.random(in: 0..<segments.count, using: &generator)
            segments.swapAt(place, min(place + Int.random(in: 1...20, using: &generator), segments.count - 1))
        }
        for _ in 0..<10 {
            let place = Int.random(in: 0..<segments.count, using: &generator)
            // Sent again, and put together differently.
            var again = segments[place]
            again.payload = again.payload.getSlice(at: again.payload.readerIndex, length: 1) ?? again.payload
            segments.insert(again, at: Int.random(in: place..<segments.count, using: &generator))
            segments.insert(segments[place], at: Int.random(in: place..<segments.count, using: &generator))
        }
        let events = try Self.events(Self.file([syn] + segments))
        #expect(Self.frames(events) == pdus)
        #expect(events.count == pdus.count)
    }

    @Test func aMissingSegmentIsToldAndPassed() throws {
        let pdus = try Self.pdus().filter { $0.readableBytes < 1_000 }
        var sequence: UInt32 = 1
        var segments = pdus.map { pdu in
            defer { sequence &+= UInt32(pdu.readableBytes) }
            return PcapSegment(
                from: Self.ours, to: Self.theirs, sequence: sequence, acknowledgement: 1, flags: .ack, payload: pdu)
        }
        let lost = segments.remove(at: 3)
        let flow = PcapFlow(source: Self.ours, destination: Self.theirs)
        var events = try Self.events(Self.file(segments))
        #expect(events.contains(.gap(flow, octets: lost.payload.readableBytes)))
        #expect(Self.frames(events) == Array(pdus[..<3] + pdus[4...]))
        // The other end's word that it has all tells at once that the capture has not.
        let answer = PcapSegment(
            from: Self.theirs, to: Self.ours, sequence: 1, acknowledgement: segments[4].sequence, flags: .ack)
        segments.insert(answer, at: 5)
        events = try Self.events(Self.file(segments))
        #expect(events.firstIndex(of: .gap(flow, octets: lost.payload.readableBytes)) == 3)
    }

    @Test func aStreamJoinedInItsMiddleIsUnderstoodFromAPDUOn() throws {
        let pdus = try Self.pdus()
        let flow = PcapFlow(source: Self.ours, destination: Self.theirs)
        let middle = Self.segments(Self.joined([buffer([1, 2, 3, 4, 5])] + [pdus[0]])) { 5 }[..<1]
        let rest = Self.segments(Self.joined(pdus), first: 6) { 10_000 }
        let events = try Self.events(Self.file(middle + rest))
        #expect(events.first == .skipped(flow, octets: 5))
        #expect(Self.frames(events) == pdus)
    }

    @Test func whatIsNotSMPPIsPassedOver() throws {
        let web = PcapEndpoint(IPAddress(ipv4: 1), port: 80)
        let page = Self.segments(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: smsc\r\n\r\n"), to: web) { 100 }
        let found = Self.segments(try Self.pdus()[0], to: PcapEndpoint(IPAddress(ipv4: 1), port: 8000)) { 100 }
        #expect(Self.frames(try Self.events(Self.file(page + found))).count == 1)
        #expect(try Self.events(Self.file(page + found)).count == 1)
        // A port that was asked for tells what it cannot read, and the others nothing.
        let flow = PcapFlow(source: Self.ours, destination: web)
        #expect(try Self.events(Self.file(page + found), ports: [80]) == [.skipped(flow, octets: 30)])
    }

    // MARK: The formats

    @Test func everyLinkTypeIsRead() throws {
        let pdu = try Self.pdus()[0]
        for (source, destination, ethertype) in [
            (Self.ours, Self.theirs, UInt16(0x0800)), (Self.ours6, Self.theirs6, 0x86DD),
        ] {
            var ip = ByteBuffer()
            Self.segments(pdu, from: source, to: destination) { 1_000 }[0].writePacket(into: &ip)
            let type = [UInt8(ethertype >> 8), UInt8(ethertype & 0xFF)]
            let zeros = { Array(repeating: UInt8(0), count: $0) }
            let links: [(UInt32, [UInt8])] = [
                (0, [2, 0, 0, 0]), (108, [0, 0, 0, 2]), (1, zeros(12) + type), (12, []), (14, []), (101, []),
                (228, []), (229, []), (1, zeros(12) + [0x81, 0x00, 0, 7] + type),
                (1, zeros(12) + [0x88, 0xA8, 0, 7, 0x81, 0x00, 0, 9] + type), (113, zeros(14) + type),
                (276, type + zeros(18)),
            ]
            for (linkType, header) in links {
                // Ethernet pads what is short.
                let packet = Self.joined([buffer(header), ip, buffer([0, 0, 0])])
                let formats: [(UInt32, Endianness)] = [
                    (0xA1B2_C3D4, .little), (0xA1B2_C3D4, .big), (0xA1B2_3C4D, .little), (0xA1B2_3C4D, .big),
                ]
                for (magic, endianness) in formats {
                    let file = Self.classic([packet], linkType: linkType, magic: magic, endianness: endianness)
                    let events = try Self.events(file)
                    let time: UInt64 = 1_764_000_000_000_000_000 + (magic == 0xA1B2_C3D4 ? 7_000 : 7)
                    let flow = PcapFlow(source: source, destination: destination)
                    #expect(events == [.pdu(pdu, flow, time: time)], "link type \(linkType)")
                }
            }
        }
    }

    @Test func fragmentsAndOthersAreCounted() throws {
        var ip = ByteBuffer()
        Self.segments(try Self.pdus()[0]) { 1_000 }[0].writePacket(into: &ip)
        var fragment = ip
        fragment.setInteger(UInt16(0x2000), at: 6)
        var udp = ip
        udp.setInteger(UInt8(17), at: 9)
        var pdus = try PcapPDUs(Self.classic([fragment, udp, ip], linkType: 101))
        var count = 0
        while try pdus.next() != nil { count += 1 }
        #expect(count == 1)
        #expect(pdus.totals == PcapPDUs.Totals(packets: 3, fragments: 1, ignored: 0))
    }

    // MARK: Bytes from outside

    /// Cut anywhere, a file tells what it held before the cut.
    @Test func anyBeginningIsRead() throws {
        let file = Self.file(Self.segments(Self.joined(Array(try Self.pdus().prefix(4)))) { 60 })
        let whole = Self.frames(try Self.events(file))
        for length in 0..<file.readableBytes {
            let beginning = try #require(file.getSlice(at: 0, length: length))
            do throws(PcapError) {
                var pdus = try PcapPDUs(beginning)
                var frames: [ByteBuffer] = []
                defer { #expect(frames == Array(whole.prefix(frames.count))) }
                while let event = try pdus.next() { frames += Self.frames([event]) }
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test(arguments: UInt64(0)..<80)
    func changedOctetsDoNoHarm(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let segments = Self.segments(Self.joined(try Self.pdus())) { Int.random(in: 1...3_000, using: &generator) }
        var file = Self.file(segments)
        for _ in 0..<Int.random(in: 1...40, using: &generator) {
            let place = Int.random(in: 0..<file.readableBytes, using: &generator)
            file.setInteger(generator.octet(), at: place)
        }
        if let events = try? Self.events(file) {
            #expect(Self.frames(events).reduce(0) { $0 + $1.readableBytes } <= file.readableBytes)
        }
    }

    @Test func whatIsNoCaptureIsToldSo() {
        #expect(throws: PcapError.notACapture) { try PcapPDUs(buffer([1, 2, 3, 4, 5])) }
        #expect(throws: PcapError.notACapture) { try PcapPDUs(buffer([])) }
    }

    // MARK: Other programs

    /// Wireshark takes the file, its checksums, its comments, and every PDU in it.
    @Test(.enabled(if: runSucceeds("tshark", ["--version"]), "tshark is not installed"))
    func tsharkAgrees() async throws {
        let pdus = try Self.pdus().filter {
            PDUHeader(peeking: $0).map { $0.id != .replaceSM && $0.id != .submitMulti } ?? false
        }
        let file = NSTemporaryDirectory() + "smppost-\(UUID()).pcapng"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let segments =
            Self.segments(Self.joined(pdus)) { 16_384 }
            + Self.segments(Self.joined(pdus), from: Self.ours6, to: Self.theirs6) { 700 }
        try Data(Self.file(segments).readableBytesView).write(to: URL(fileURLWithPath: file))
        let flags = [
            "-r", file, "-d", "tcp.port==2775,smpp", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
        ]
        func fields(_ filter: String, _ name: String) async throws -> [String] {
            let output = try await run("tshark", flags + ["-Y", filter, "-T", "fields", "-e", name])
            #expect(output.exitCode == 0, "\(output.standardError)")
            return output.standardOutput.split(separator: "\n").flatMap { $0.split(separator: ",") }.map(String.init)
        }
        #expect(try await fields("smpp", "smpp.sequence_number").count == 2 * pdus.count)
        #expect(try await fields("tcp.checksum.status == 0 || ip.checksum.status == 0", "frame.number") == [])
        #expect(try await fields("tcp.checksum.status == 1", "frame.number").count == segments.count)
        #expect(try await fields("tcp.analysis.flags", "frame.number") == [])
        #expect(try await fields("frame.comment", "frame.comment") == ["the first"])
        #expect(try await Set(fields("frame", "frame.interface_name")) == ["main/1"])
    }
}
