package import NIOCore
package import SMPP
package import SMPPWire
import Synchronization

/// What a bind's connection did, for a trace.
package struct TraceEntry: Sendable {
    /// What happened.
    package enum Content: Sendable {
        case opened
        /// A whole PDU, with secrets and texts in it.
        case pdu(ByteBuffer)
        /// Whoever is the sender closed it.
        case closed
    }

    /// The bind's name within its carrier.
    package var bind: String
    package var kind: BindKind
    /// Nanoseconds since 1970.
    package var time: UInt64
    /// Whether the carrier is the sender.
    package var isInbound: Bool
    /// The sender's end of the connection.
    package var source: PcapEndpoint
    package var destination: PcapEndpoint
    /// The TCP sequence number of the first octet, counted from the trace's or the connection's beginning.
    package var sequence: UInt32
    /// What the sender has received until then.
    package var acknowledgement: UInt32
    package var content: Content

    package init(
        bind: String, kind: BindKind, time: UInt64, isInbound: Bool, source: PcapEndpoint, destination: PcapEndpoint,
        sequence: UInt32, acknowledgement: UInt32, content: Content
    ) {
        self.bind = bind
        self.kind = kind
        self.time = time
        self.isInbound = isInbound
        self.source = source
        self.destination = destination
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.content = content
    }

    /// Octets that it takes while it waits, about.
    var cost: Int {
        switch content {
        case .opened, .closed: Self.overhead
        case .pdu(let frame): Self.overhead + frame.readableBytes
        }
    }

    private static let overhead = 256
}

/// Hands entries from the binds' event loops to the one who writes them, never waiting for it.
///
/// At most `limit` octets wait. What comes on top is dropped and counted by bind.
package final class TraceQueue: Sendable {
    private struct State {
        var entries: [TraceEntry] = []
        var octets = 0
        var dropped: [String: Int] = [:]
        var isCalled = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let wake: @Sendable (TraceQueue) -> Void

    /// - Parameters:
    ///   - limit: octets, 16 MiB by default.
    ///   - wake: called from an event loop when there is something to take, not again until `take` has found nothing.
    package init(limit: Int = 16 << 20, wake: @escaping @Sendable (TraceQueue) -> Void) {
        self.limit = limit
        self.wake = wake
    }

    /// Adds what one turn of an event loop brought.
    func add(_ batch: [TraceEntry]) {
        let calls = state.withLock { state in
            for entry in batch {
                guard state.octets + entry.cost <= limit else {
                    state.dropped[entry.bind, default: 0] += 1
                    continue
                }
                state.octets += entry.cost
                state.entries.append(entry)
            }
            defer { state.isCalled = true }
            return !state.isCalled
        }
        if calls { wake(self) }
    }

    /// All that waits, and how many were dropped since the last take. Nothing of both: `wake` is called for the next one.
    package func take() -> (entries: [TraceEntry], dropped: [String: Int]) {
        state.withLock { state in
            defer {
                state.isCalled = !state.entries.isEmpty || !state.dropped.isEmpty
                state.entries = []
                state.octets = 0
                state.dropped = [:]
            }
            return (state.entries, state.dropped)
        }
    }
}
