import NIOCore
import SMPP
import SMPPWire
import Synchronization
import Testing

@testable import Carriers

/// What the binds copy for a trace.
@Suite(.timeLimit(.minutes(1))) struct TraceTests {
    /// Collects what a queue brings.
    private final class Collector: Sendable {
        private let state = Mutex((entries: [TraceEntry](), dropped: [String: Int]()))

        func queue(limit: Int = 1 << 20) -> TraceQueue {
            TraceQueue(limit: limit) { queue in self.drain(queue) }
        }

        func drain(_ queue: TraceQueue) {
            while true {
                let (entries, dropped) = queue.take()
                if entries.isEmpty, dropped.isEmpty { return }
                state.withLock { state in
                    state.entries += entries
                    state.dropped.merge(dropped, uniquingKeysWith: +)
                }
            }
        }

        var entries: [TraceEntry] { state.withLock { $0.entries } }
        var dropped: [String: Int] { state.withLock { $0.dropped } }

        /// `>bind_transceiver`, `<bind_transceiver_resp`…
        var words: [String] {
            entries.map { entry in
                let direction = entry.isInbound ? "<" : ">"
                switch entry.content {
                case .opened: return direction + "opened"
                case .closed: return direction + "closed"
                case .pdu(let frame): return direction + (PDUHeader(peeking: frame)?.id.name ?? "nothing")
                }
            }
        }
    }

    @Test func aTraceSeesBothWaysAndEnds() async throws {
        let rig = try await Rig.start()
        let collector = Collector()
        let queue = collector.queue()
        try await rig.carrier.beginTrace(queue).get()
        #expect(await rig.submit("one").isAccepted)
        _ = try await rig.carrier.rebind(bind: nil).get()
        try await rig.bound()
        try await rig.carrier.endTrace(queue).get()
        #expect(await rig.submit("two").isAccepted)
        #expect(
            collector.words == [
                ">submit_sm", "<submit_sm_resp", ">unbind", "<unbind_resp", ">closed", ">opened", ">bind_transceiver",
                "<bind_transceiver_resp",
            ])
        let entries = collector.entries
        #expect(entries.allSatisfy { $0.bind == "1" && $0.kind == .transceiver })
        #expect(entries.allSatisfy { ($0.isInbound ? $0.source : $0.destination).port == UInt16(rig.port) })
        #expect(entries[0].sequence == 1 && entries[0].acknowledgement == 1)
        for (before, after) in zip(entries, entries.dropFirst()) { #expect(before.time <= after.time) }
        try await rig.end()
    }

    /// The numbers of each way go on by the octets that went before.
    @Test func sequencesAreContinuous() async throws {
        let rig = try await Rig.start {
            $0.setup.lanes = 1
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 2)]
        }
        let collector = Collector()
        let queue = collector.queue()
        try await rig.carrier.beginTrace(queue).get()
        #expect(await rig.submitMany(500).areAccepted)
        try await rig.carrier.endTrace(queue).get()
        var next: [PcapFlowKey: UInt32] = [:]
        for entry in collector.entries {
            guard case .pdu(let frame) = entry.content else { continue }
            let key = PcapFlowKey(bind: entry.bind, isInbound: entry.isInbound)
            #expect(entry.sequence == next[key, default: 1])
            next[key] = entry.sequence + UInt32(frame.readableBytes)
        }
        #expect(collector.entries.count == 1000)
        #expect(Set(collector.entries.map(\.bind)) == ["1", "2"])
        try await rig.end()
    }

    private struct PcapFlowKey: Hashable {
        var bind: String
        var isInbound: Bool
    }

    /// A writer that does not come costs PDUs of the trace, never a message, and no more memory than the limit.
    @Test func aFullQueueDropsAndCounts() async throws {
        let rig = try await Rig.start()
        let calls = Atomic<Int>(0)
        let queue = TraceQueue(limit: 4_000) { _ in calls.wrappingAdd(1, ordering: .relaxed) }
        try await rig.carrier.beginTrace(queue).get()
        #expect(await rig.submitMany(200).areAccepted)
        try await rig.carrier.endTrace(queue).get()
        #expect(calls.load(ordering: .relaxed) == 1)
        let (entries, dropped) = queue.take()
        #expect(entries.count > 5 && entries.reduce(0) { $0 + $1.cost } <= 4_000)
        #expect(entries.count + dropped["1", default: 0] == 400)
        #expect(queue.take().entries.isEmpty)
        try await rig.end()
    }

    /// A second trace takes over, and the end of the first one does not end it.
    @Test func onlyItsOwnEndEndsIt() async throws {
        let rig = try await Rig.start()
        let (first, second) = (Collector(), Collector())
        let (one, two) = (first.queue(), second.queue())
        try await rig.carrier.beginTrace(one).get()
        try await rig.carrier.beginTrace(two).get()
        try await rig.carrier.endTrace(one).get()
        #expect(await rig.submit("text").isAccepted)
        try await rig.carrier.endTrace(two).get()
        #expect(first.words == [])
        #expect(second.words == [">submit_sm", "<submit_sm_resp"])
        try await rig.end()
    }
}
