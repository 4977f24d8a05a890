package import NIOCore
import SMPP

/// Finds the PDUs in a file of captured packets: follows every TCP connection, both ways, and splits what it carries.
///
/// Which connections are of SMPP the given ports tell; where none are given, port 2775 and every stream with a plausible
/// header where a segment begins. A stream that is joined in its middle, or has a gap, is understood from such a header on.
package struct PcapPDUs {
    /// What stands in the capture, in the order in which it becomes whole.
    package enum Event: Hashable, Sendable {
        /// The time is that of the packet that made it whole, in nanoseconds since 1970.
        case pdu(ByteBuffer, PcapFlow, time: UInt64)
        /// So many octets of the stream were not captured.
        case gap(PcapFlow, octets: Int)
        /// So many octets make no PDU: the stream was joined in its middle, has a gap, or is not of SMPP.
        case skipped(PcapFlow, octets: Int)
    }

    /// What else was in the file.
    package struct Totals: Hashable, Sendable {
        package var packets = 0
        /// Pieces of IP packets, which are not put together.
        package var fragments = 0
        /// Packets of connections beyond `maximumStreams`.
        package var ignored = 0
    }

    /// Directions of connections that are followed at once.
    static let maximumStreams = 65_536
    static let standardPort: UInt16 = 2775

    package private(set) var totals = Totals()
    private var reader: PcapReader
    /// nil = none were given.
    private let ports: Set<UInt16>?
    private var streams: [PcapFlow: PDUStream] = [:]
    private var events = CircularBuffer<Event>()
    private var hasEnded = false
    private var problem: PcapError?

    /// - Throws: where `file` is not a capture.
    package init(_ file: ByteBuffer, ports: Set<UInt16>? = nil) throws(PcapError) {
        reader = try PcapReader(file)
        self.ports = ports
    }

    /// The next event; nil at the end.
    ///
    /// - Throws: where the file is broken or cut short, after all that could be read of it.
    package mutating func next() throws(PcapError) -> Event? {
        while events.isEmpty, !hasEnded {
            do throws(PcapError) {
                if let packet = try reader.next() { take(packet) } else { finish() }
            } catch {
                problem = error
                finish()
            }
        }
        if let event = events.popFirst() { return event }
        if let problem {
            self.problem = nil
            throw problem
        }
        return nil
    }

    private mutating func take(_ packet: PcapReader.Packet) {
        totals.packets += 1
        switch packet.content {
        case .other: break
        case .fragment: totals.fragments += 1
        case .tcp(let segment): take(segment, time: packet.time)
        }
    }

    private mutating func take(_ segment: PcapSegment, time: UInt64) {
        let flow = PcapFlow(source: segment.source, destination: segment.destination)
        let named = ports ?? [Self.standardPort]
        let isNamed = named.contains(flow.source.port) || named.contains(flow.destination.port)
        guard isNamed || ports == nil else { return }
        if segment.flags.contains(.ack), let index = streams.index(forKey: flow.reversed) {
            let pieces = streams.values[index].order.acknowledged(segment.acknowledgement)
            if !pieces.isEmpty { streams.values[index].take(pieces, flow.reversed, &events) }
        }
        let hasContent = segment.payload.readableBytes > 0 || segment.flags.contains(.syn)
        if hasContent, streams[flow] == nil {
            guard streams.count < Self.maximumStreams else {
                totals.ignored += 1
                return
            }
            streams[flow] = PDUStream(firstPacket: totals.packets, isNamed: isNamed)
        }
        guard let index = streams.index(forKey: flow) else { return }
        if hasContent {
            let pieces = streams.values[index].order.take(segment, time: time)
            streams.values[index].take(pieces, flow, &events)
        }
        // What nobody asked for is forgotten with its end.
        if !segment.flags.isDisjoint(with: [.fin, .rst]), !streams.values[index].isSMPP {
            streams.remove(at: index)
        }
    }

    private mutating func finish() {
        hasEnded = true
        for (flow, stream) in streams.sorted(by: { $0.value.firstPacket < $1.value.firstPacket }) {
            var stream = stream
            let pieces = stream.order.finish()
            stream.take(pieces, flow, &events)
            stream.end(flow, &events)
        }
        streams = [:]
    }
}

/// One direction of a connection.
package struct PcapFlow: Hashable, Sendable {
    package var source: PcapEndpoint
    package var destination: PcapEndpoint

    var reversed: PcapFlow { PcapFlow(source: destination, destination: source) }
}

/// The PDUs of one direction.
private struct PDUStream {
    private enum Step {
        /// A PDU may begin where a segment begins.
        case lost
        /// The connection's first PDU begins here, if it is one of SMPP.
        case atBeginning
        /// PDU follows PDU.
        case found
    }

    var order = PcapStream()
    /// The order of the streams' first packets.
    let firstPacket: Int
    /// Whether SMPP is known or expected here.
    private(set) var isSMPP: Bool
    private var step = Step.lost
    private var buffer = ByteBuffer()
    private var skipped = 0

    init(firstPacket: Int, isNamed: Bool) {
        self.firstPacket = firstPacket
        isSMPP = isNamed
    }

    mutating func take(_ pieces: [PcapStream.Piece], _ flow: PcapFlow, _ events: inout CircularBuffer<PcapPDUs.Event>) {
        for piece in pieces {
            switch piece {
            case .beginning:
                leave(flow, &events)
                step = .atBeginning
            case .gap(let octets):
                leave(flow, &events)
                if isSMPP { events.append(.gap(flow, octets: octets)) }
            case .octets(let octets, let time): take(octets, flow, time, &events)
            }
        }
    }

    /// Tells what is left over.
    mutating func end(_ flow: PcapFlow, _ events: inout CircularBuffer<PcapPDUs.Event>) {
        leave(flow, &events)
        reportSkipped(flow, &events)
    }

    private mutating func take(
        _ octets: ByteBuffer, _ flow: PcapFlow, _ time: UInt64, _ events: inout CircularBuffer<PcapPDUs.Event>
    ) {
        switch step {
        case .lost:
            guard Self.isPlausible(octets) else {
                skipped += octets.readableBytes
                return
            }
            buffer.writeImmutableBuffer(octets)
        case .atBeginning:
            buffer.writeImmutableBuffer(octets)
            guard buffer.readableBytes >= PDUHeader.length else { return }
            guard Self.isPlausible(buffer) else { return leave(flow, &events) }
        case .found:
            buffer.writeImmutableBuffer(octets)
        }
        step = .found
        isSMPP = true
        reportSkipped(flow, &events)
        do throws(FrameError) {
            while let frame = try PDUFrame.next(from: &buffer) { events.append(.pdu(frame, flow, time: time)) }
            buffer.discardReadBytes()
        } catch {
            leave(flow, &events)
        }
    }

    /// What is here of a PDU will not become whole.
    private mutating func leave(_ flow: PcapFlow, _ events: inout CircularBuffer<PcapPDUs.Event>) {
        skipped += buffer.readableBytes
        buffer = ByteBuffer()
        step = .lost
    }

    private mutating func reportSkipped(_ flow: PcapFlow, _ events: inout CircularBuffer<PcapPDUs.Event>) {
        if skipped > 0, isSMPP { events.append(.skipped(flow, octets: skipped)) }
        skipped = 0
    }

    /// Whether these may be a PDU's first octets: a length that is taken, and a command that the standard names.
    private static func isPlausible(_ octets: ByteBuffer) -> Bool {
        guard let header = PDUHeader(peeking: octets), PDUHeader.length...PDUFrame.maximumLength ~= Int(header.length)
        else { return false }
        return header.id.isNamed
    }
}

extension CommandID {
    /// Whether the standard has a name for it.
    fileprivate var isNamed: Bool { !name.hasPrefix("command ") }
}
