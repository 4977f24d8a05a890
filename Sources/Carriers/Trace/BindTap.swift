import Glibc
import NIOCore
import SMPP
import SMPPWire

/// What a bind does for a trace, on its event loop: copies PDUs and gives them to the trace's queue once a turn.
final class BindTap {
    /// So many entries are not gathered: they are handed over at once.
    private static let maximumBatch = 256

    let queue: TraceQueue
    private let bind: String
    private let kind: BindKind
    /// Ours and the carrier's.
    private var ends: (local: PcapEndpoint, remote: PcapEndpoint)?
    /// The next sequence numbers of both.
    private var sent: UInt32 = 1
    private var received: UInt32 = 1
    private var batch: [TraceEntry] = []

    init(_ queue: TraceQueue, bind: String, kind: BindKind) {
        self.queue = queue
        self.bind = bind
        self.kind = kind
    }

    /// A connection is there; `isNew` is false for one that was open when the trace began.
    func connected(local: SocketAddress?, remote: SocketAddress?, isNew: Bool) {
        guard let local = local.flatMap(PcapEndpoint.init), let remote = remote.flatMap(PcapEndpoint.init),
            local.address.isIPv6 == remote.address.isIPv6
        else {
            ends = nil
            return
        }
        ends = (local, remote)
        sent = 1
        received = 1
        if isNew { add(.opened, isInbound: false) }
    }

    func closed(byCarrier: Bool) {
        if ends != nil { add(.closed, isInbound: byCarrier) }
        ends = nil
    }

    /// A whole PDU. It is copied: neither the socket's buffers are held nor the next write is slowed.
    func pdu(_ octets: ByteBufferView, isInbound: Bool) {
        guard ends != nil else { return }
        add(.pdu(ByteBuffer(bytes: octets)), isInbound: isInbound)
        let count = UInt32(truncatingIfNeeded: octets.count)
        if isInbound { received &+= count } else { sent &+= count }
    }

    /// Whether the batch must be handed over at this turn's end: it has its first entry.
    var isBegun: Bool { batch.count == 1 }

    func handOver() {
        guard !batch.isEmpty else { return }
        queue.add(batch)
        batch.removeAll(keepingCapacity: true)
    }

    private func add(_ content: TraceEntry.Content, isInbound: Bool) {
        guard let ends else { return }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        if batch.count >= Self.maximumBatch { handOver() }
        batch.append(
            TraceEntry(
                bind: bind, kind: kind, time: UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec),
                isInbound: isInbound, source: isInbound ? ends.remote : ends.local,
                destination: isInbound ? ends.local : ends.remote, sequence: isInbound ? received : sent,
                acknowledgement: isInbound ? sent : received, content: content))
    }
}

extension PcapEndpoint {
    /// nil where the address is none of IP.
    fileprivate init?(_ address: SocketAddress) {
        guard let host = address.ipAddress.flatMap(IPAddress.init),
            let port = address.port.flatMap(UInt16.init(exactly:))
        else { return nil }
        self.init(host, port: port)
    }
}
