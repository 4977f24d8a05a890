import Carriers
import NIOCore
import SMPP
import SMPPWire

/// A trace as blocks of a pcapng file: an interface for each bind, a packet for each PDU, or several for a long one.
///
/// The packets are made up: what the bridge knows of the connection are its ends and its octets. Of a connection with TLS they
/// show what is inside.
struct TraceDocument {
    private struct Interface {
        var number: Int
        var received: UInt64 = 0
        var dropped: UInt64 = 0
        /// Dropped since its last packet.
        var untold = 0
    }

    private let carrier: String
    private let showsTexts: Bool
    /// By the names of the binds.
    private var interfaces: [String: Interface] = [:]
    private(set) var pdus = 0
    private(set) var dropped = 0

    init(carrier: String, showsTexts: Bool) {
        self.carrier = carrier
        self.showsTexts = showsTexts
    }

    /// What the file begins with.
    func begin(into buffer: inout ByteBuffer) {
        PcapngBlock.writeSection(application: "smppost \(Version.text)", into: &buffer)
    }

    /// Appends what an entry tells, masked.
    mutating func write(_ entry: TraceEntry, into buffer: inout ByteBuffer) {
        let name = entry.bind
        var interface = interface(name, kind: entry.kind, into: &buffer)
        var comment: String?
        if interface.untold > 0 {
            comment = "\(interface.untold) PDUs before this one are missing: the file was not written fast enough"
            interface.untold = 0
        }
        switch entry.content {
        case .opened:
            // Both handshake numbers stand before the first octet.
            let syn = entry.segment(.syn, sequence: entry.sequence &- 1)
            let answer = PcapSegment(
                from: entry.destination, to: entry.source, sequence: entry.acknowledgement &- 1,
                acknowledgement: entry.sequence, flags: [.syn, .ack])
            let opening = comment ?? "the connection is open; TLS, where there is any, is not shown"
            write([(syn, opening)], of: entry, isInbound: entry.isInbound, in: &interface, into: &buffer)
            write([(answer, nil)], of: entry, isInbound: !entry.isInbound, in: &interface, into: &buffer)
        case .closed:
            let fin = entry.segment([.fin, .ack], sequence: entry.sequence)
            let closing = comment ?? (entry.isInbound ? "the connection has ended" : "the bridge closes the connection")
            write([(fin, closing)], of: entry, isInbound: entry.isInbound, in: &interface, into: &buffer)
        case .pdu(var frame):
            PDUMask.apply(to: &frame, showTexts: showsTexts)
            pdus += 1
            write(
                segments(frame, of: entry, comment), of: entry, isInbound: entry.isInbound, in: &interface,
                into: &buffer)
        }
        interfaces[name] = interface
    }

    /// More octets than this an entry does not take, its interface and comment included.
    static func maximumLength(of entry: TraceEntry) -> Int {
        switch entry.content {
        case .opened, .closed: 2048
        case .pdu(let frame): 2048 + frame.readableBytes + frame.readableBytes / PcapSegment.maximumPayload * 128
        }
    }

    /// Counts what was not written, by the names of binds.
    mutating func drop(_ counts: [String: Int], into buffer: inout ByteBuffer) {
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
            var interface = interface(name, kind: nil, into: &buffer)
            interface.untold += count
            interface.dropped += UInt64(clamping: count)
            interfaces[name] = interface
            dropped += count
        }
    }

    /// Appends what the file ends with: the counts of each bind, and why it ends.
    func end(_ words: String, time: UInt64, into buffer: inout ByteBuffer) {
        for interface in interfaces.values.sorted(by: { $0.number < $1.number }) {
            PcapngBlock.writeStatistics(
                interface: interface.number, time: time, received: interface.received, dropped: interface.dropped,
                comment: "the trace is over: \(words); \(interface.dropped) PDUs are missing", into: &buffer)
        }
    }

    private mutating func interface(_ name: String, kind: BindKind?, into buffer: inout ByteBuffer) -> Interface {
        if let interface = interfaces[name] { return interface }
        PcapngBlock.writeInterface(
            name: "\(carrier)/\(name)",
            description: "bind \(name) of \(carrier)" + (kind.map { ", \($0.rawValue)" } ?? "")
                + (showsTexts ? "; passwords are masked" : "; passwords, texts and numbers are masked"),
            into: &buffer)
        let interface = Interface(number: interfaces.count)
        interfaces[name] = interface
        return interface
    }

    private func segments(
        _ frame: ByteBuffer, of entry: TraceEntry, _ comment: String?
    ) -> [(PcapSegment, String?)] {
        var frame = frame
        var segments: [(PcapSegment, String?)] = []
        var sequence = entry.sequence
        while let piece = frame.readSlice(length: min(frame.readableBytes, PcapSegment.maximumPayload)),
            piece.readableBytes > 0
        {
            let flags: PcapSegment.Flags = frame.readableBytes == 0 ? [.psh, .ack] : .ack
            segments.append((entry.segment(flags, sequence: sequence, piece), segments.isEmpty ? comment : nil))
            sequence &+= UInt32(truncatingIfNeeded: piece.readableBytes)
        }
        return segments
    }

    private func write(
        _ segments: [(PcapSegment, String?)], of entry: TraceEntry, isInbound: Bool, in interface: inout Interface,
        into buffer: inout ByteBuffer
    ) {
        for (segment, comment) in segments {
            var packet = ByteBuffer()
            segment.writePacket(into: &packet)
            PcapngBlock.writePacket(
                interface: interface.number, time: entry.time, direction: isInbound ? .inbound : .outbound,
                comment: comment, packet, into: &buffer)
            interface.received += 1
        }
    }
}

extension TraceEntry {
    fileprivate func segment(
        _ flags: PcapSegment.Flags, sequence: UInt32, _ payload: ByteBuffer = ByteBuffer()
    ) -> PcapSegment {
        PcapSegment(
            from: source, to: destination, sequence: sequence,
            acknowledgement: flags.contains(.ack) ? acknowledgement : 0, flags: flags, payload: payload)
    }
}
